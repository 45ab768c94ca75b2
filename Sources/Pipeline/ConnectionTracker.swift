import Findings
import Sessions
import Wire

/// Follows every connection on the mail ports: finds the one a segment belongs to, keeps it in order, and lets its
/// session reader have the octets. Finished sessions collect in `finished`.
package struct ConnectionTracker {
    private let options: TrackerOptions
    private var flows = FlowTable()
    private var connections: [TrackedConnection?] = []
    /// Closed connections in the order in which they may be forgotten.
    private var closing = ClosingQueue()
    private var closed = ClosedFlows()
    private var context = SessionContext()
    private var clock = CaptureClock()
    /// Connections seen while a leap of the clock was in doubt: if it is believed, they are alive after it.
    private var seenInDoubt: [Int] = []
    /// When it was last looked for what has expired.
    private var lastExpiry: Timestamp?
    private var heldCost = 0
    /// Memory of all readers, roughly, in octets.
    private var stateCost = 0
    /// Connections that are to be ended at the end of the capture, the last one leading.
    private var remaining: [Int]?
    package private(set) var counters = CaptureCounters()
    /// Sessions that are complete and were not taken yet, in the order in which they became so.
    package private(set) var finished: [MailSession] = []

    package init(_ options: TrackerOptions) { self.options = options }

    package mutating func takeFinished() -> [MailSession] {
        guard !finished.isEmpty else { return [] }
        defer { finished = [] }
        return finished
    }

    /// Takes the next segment of the capture. `octets` is its frame's original length; `paths` belongs to the decoder
    /// that the segment comes from.
    package mutating func take(
        _ segment: borrowing TCPSegment, octets: Int, frame: FrameNumber, at time: Timestamp,
        paths: borrowing PathTable
    ) {
        let now = advanceClock(to: time)
        expire(now)
        guard let slot = slot(of: segment, frame, time, now, paths), let connection = connections[slot] else {
            counters.withoutPayload += 1
            return
        }
        let side = connection.side(of: segment)
        connection.count(segment, from: side, octets: octets, frame: frame, at: time)
        place(segment, connection, side, frame, time)
        connection.lastSeen = now
        if clock.isInDoubt { seenInDoubt.append(slot) }
        flows.touch(slot, in: connection.isEstablished ? .established : .halfOpen)
        noteEnd(connection, slot, now)
        limitState(connection, slot)
    }

    /// Takes the segment that `decoder` has put together last, in the frame that completed it.
    package mutating func takeReassembled(
        of decoder: borrowing PacketDecoder, octets: Int, frame: FrameNumber, at time: Timestamp
    ) throws(WireError) {
        let segment = try decoder.reassembledSegment()
        take(segment, octets: octets, frame: frame, at: time, paths: decoder.paths)
    }

    /// The capture has ended: what is open is complete as far as it will ever be.
    package mutating func finish() {
        while finishSome() {}
    }

    /// Ends some of the open connections, so that not all their sessions need to be kept at once; `false` when none
    /// was left.
    package mutating func finishSome() -> Bool {
        var slots = remaining ?? openSlots()
        let some = slots.suffix(256)
        for slot in some.reversed() { end(slot, as: .open) }
        slots.removeLast(some.count)
        remaining = slots
        return !some.isEmpty
    }

    /// By their opening frames, the latest one leading.
    private func openSlots() -> [Int] {
        connections.indices.filter { connections[$0] != nil }.sorted { left, right in
            (connections[left]?.transport.firstFrame ?? FrameNumber(0))
                > (connections[right]?.transport.firstFrame ?? FrameNumber(0))
        }
    }

    private mutating func advanceClock(to time: Timestamp) -> Timestamp {
        let hasLeapt = clock.observe(time)
        let now = clock.now ?? time
        if hasLeapt { for slot in seenInDoubt { connections[slot]?.lastSeen = now } }
        if !clock.isInDoubt, !seenInDoubt.isEmpty { seenInDoubt = [] }
        return now
    }

    // MARK: Finding the connection

    private mutating func slot(
        of segment: borrowing TCPSegment, _ frame: FrameNumber, _ time: Timestamp, _ now: Timestamp,
        _ paths: borrowing PathTable
    ) -> Int? {
        let key = FlowKey(segment)
        if let slot = flows.slot(of: key) {
            guard let connection = connections[slot], isAnother(segment, connection) else { return slot }
            end(slot, as: .closed)
        } else if segment.flags.contains(.rst) || segment.flags.isDisjoint(with: .syn) && segment.carriesNothing {
            // Nothing is known of its connection, and nothing can be learned from it.
            return nil
        } else if closed.isRepetition(segment) {
            return nil
        }
        return begin(key, segment, frame, time, now, paths[segment.path])
    }

    private mutating func begin(
        _ key: FlowKey, _ segment: borrowing TCPSegment, _ frame: FrameNumber, _ time: Timestamp, _ now: Timestamp,
        _ path: NetworkPath
    ) -> Int {
        makeRoom()
        let isFromClient = options.isFromClient(segment)
        let server = isFromClient ? segment.destination : segment.source
        let slot = flows.insert(key)
        while connections.count <= slot { connections.append(nil) }
        connections[slot] = TrackedConnection(
            client: isFromClient ? segment.source : segment.destination, server: server, path: path,
            role: options.role(of: server.port), start: time, frame: frame, now: now)
        return slot
    }

    /// Whether a segment begins a new connection between the ends of one that is known.
    private func isAnother(_ segment: borrowing TCPSegment, _ connection: TrackedConnection) -> Bool {
        let side = connection.side(of: segment)
        if segment.flags.contains(.syn), !segment.flags.contains(.ack), side == .client {
            let initial = segment.sequence.advanced(by: -1)
            guard initial != connection.order.client.initial else { return false }
            if connection.closesAt != nil || !connection.hasPayload { return true }
            // Its client is done, or no answer of the server will ever be seen.
            if connection.order.client.isFinished || !connection.order.status.serverIsSeen { return true }
            // The old connection is alive as far as can be seen: the server's answer decides.
            connection.successor = initial
            return false
        }
        guard segment.flags.contains(.synAck), side == .server else { return false }
        if let successor = connection.successor { return segment.acknowledgment == successor.advanced(by: 1) }
        // Where the client is not captured, its SYN never shows.
        return !connection.order.status.clientIsSeen
            && segment.sequence.advanced(by: -1) != connection.order.server.initial
    }

    // MARK: Octets

    private mutating func place(
        _ segment: borrowing TCPSegment, _ connection: TrackedConnection, _ side: Side, _ frame: FrameNumber,
        _ time: Timestamp
    ) {
        switch connection.order.accept(segment, from: side, frame: frame, at: time) {
        case .deliver(let skip, let offset, let acknowledged):
            let position = StreamPosition(frame: frame, offset: offset, acknowledged: acknowledged)
            read(segment.payload.extracting(droppingFirst: skip), connection, side, position)
        case .held: counters.outOfOrder += 1
        case .duplicate: counters.retransmissions += 1
        case .copy: counters.duplicates += 1
        case .outOfWindow: counters.outOfWindow += 1
        case .empty: break
        }
        guard connection.order.status.hasWork else { return }
        drain(connection, time, forced: false)
        heldCost += connection.order.status.heldCost - connection.countedCost
        connection.countedCost = connection.order.status.heldCost
        if connection.order.status.heldCost > TCPConnection.heldBudget || heldCost > options.heldBudget {
            drain(connection, time, forced: true)
            heldCost += connection.order.status.heldCost - connection.countedCost
            connection.countedCost = connection.order.status.heldCost
        }
    }

    private mutating func drain(_ connection: TrackedConnection, _ time: Timestamp, forced: Bool) {
        while let ready = connection.order.nextReady(at: time, forced: forced) {
            switch ready {
            case .octets(let piece, let skip, let side):
                let position = StreamPosition(
                    frame: piece.frame, offset: piece.offset + Int64(skip), acknowledged: piece.acknowledged)
                read(piece.octets.span.extracting(droppingFirst: skip), connection, side, position)
            case .gap(let count, let offset, let side):
                counters.gaps += 1
                counters.gapOctets &+= UInt64(max(0, count))
                connection.noteGap(count, at: offset, of: side)
                openReader(connection)
                connection.reader?.session.lose(count, at: offset, of: side, &context)
            case .conflict: break
            }
        }
    }

    private mutating func read(
        _ octets: Span<UInt8>, _ connection: TrackedConnection, _ side: Side, _ position: StreamPosition
    ) {
        guard !octets.isEmpty else { return }
        openReader(connection)
        if side == .client {
            connection.transport.toServer.payload &+= UInt64(octets.count)
        } else {
            connection.transport.toClient.payload &+= UInt64(octets.count)
        }
        connection.reader?.session.read(octets, from: side, position, &context)
    }

    private func openReader(_ connection: TrackedConnection) {
        guard connection.reader == nil else { return }
        connection.reader = TrackedConnection.OpenReader(
            SessionReader(role: connection.role, startIsSeen: connection.order.status.sawStart))
    }

    // MARK: Ends

    /// A closed connection lingers, so that late segments still find it.
    private mutating func noteEnd(_ connection: TrackedConnection, _ slot: Int, _ now: Timestamp) {
        guard connection.closesAt == nil, connection.transport.reset != nil || connection.order.status.isFinished else {
            return
        }
        let deadline = Timestamp(
            nanoseconds: now.nanoseconds.addingReportingOverflow(TrackerOptions.linger).partialValue)
        connection.closesAt = deadline
        closing.append(slot, connection)
        // By a clock that stands still none of them would ever be forgotten.
        while closing.count > options.maximumClosing { forgetOldestClosed() }
    }

    private mutating func forgetOldestClosed() {
        guard let (slot, connection) = closing.removeFirst() else { return }
        guard connections[slot] === connection else { return }
        if let key = flows.key(of: slot) { closed.insert(key, client: connection.client, connection.order) }
        end(slot, as: .closed)
    }

    private mutating func expire(_ now: Timestamp) {
        // Looking on every packet would cost more than it brings.
        if let lastExpiry, now.since(lastExpiry) < TrackerOptions.expiryInterval, now >= lastExpiry { return }
        lastExpiry = now
        while let deadline = closing.deadline, now.since(deadline) >= 0 { forgetOldestClosed() }
        expire(.halfOpen, after: TrackerOptions.halfOpenTimeout, now)
        expire(.established, after: TrackerOptions.idleTimeout, now)
    }

    private mutating func expire(_ queue: FlowTable.Queue, after limit: Int64, _ now: Timestamp) {
        while let slot = flows.stalest(queue), let connection = connections[slot],
            now.since(connection.lastSeen) > limit
        {
            end(slot, as: .timedOut)
        }
    }

    private mutating func makeRoom() {
        while flows.count(.halfOpen) >= options.maximumHalfOpen, let slot = flows.stalest(.halfOpen) { evict(slot) }
        while flows.count(.established) >= options.maximumEstablished, let slot = flows.stalest(.established) {
            evict(slot)
        }
    }

    /// Who makes the sessions' memory grow beyond its budget pays for it; where it is the sum of many small ones, who
    /// was silent longest.
    private mutating func limitState(_ connection: TrackedConnection, _ slot: Int) {
        guard let cost = connection.reader?.session.cost, cost != connection.countedState else { return }
        stateCost += cost - connection.countedState
        connection.countedState = cost
        if stateCost > options.stateBudget, cost > TrackerOptions.modestState, connections[slot] === connection {
            evict(slot)
        }
        while stateCost > options.stateBudget, let stalest = flows.stalest(.established) { evict(stalest) }
    }

    private mutating func evict(_ slot: Int) {
        counters.evicted += 1
        end(slot, as: .evicted)
    }

    private mutating func end(_ slot: Int, as state: ConnectionState) {
        guard let connection = connections[slot] else { return }
        drain(connection, connection.transport.end, forced: true)
        heldCost -= connection.countedCost
        stateCost -= connection.countedState
        connections[slot] = nil
        flows.remove(slot)
        guard connection.reader != nil else {
            if connection.quality == .halfOpen { counters.halfOpen += 1 } else { counters.withoutPayload += 1 }
            return
        }
        connection.reader?.session.end(&context)
        connection.transport.capture = connection.quality
        connection.transport.state = connection.state(ended: state)
        counters.truncatedSegments += connection.transport.truncatedSegments
        if let session = connection.finishedSession() {
            for error in session.errors { counters.unreadable[error.value.layer, default: 0] += 1 }
            finished.append(session)
        }
        // The queue of closed connections may know this one for a while.
        connection.reader = nil
    }
}

/// Slots of closed connections, oldest first, in a ring that reuses its room.
private struct ClosingQueue {
    private var entries: [(slot: Int, connection: TrackedConnection?)] = []
    private var head = 0

    var count: Int { entries.count - head }
    /// When the oldest may be forgotten.
    var deadline: Timestamp? { head < entries.count ? entries[head].connection?.closesAt : nil }

    mutating func append(_ slot: Int, _ connection: TrackedConnection) { entries.append((slot, connection)) }

    mutating func removeFirst() -> (slot: Int, connection: TrackedConnection)? {
        guard head < entries.count, let connection = entries[head].connection else { return nil }
        let slot = entries[head].slot
        entries[head].connection = nil
        head += 1
        if head > 1024, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return (slot, connection)
    }
}

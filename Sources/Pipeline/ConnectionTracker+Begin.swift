import Findings
import Sessions
import Wire

/// Finding the connection that a segment belongs to, or beginning one.
extension ConnectionTracker {
    /// The slot of the segment's connection, which is `known` where the table has it; `nil` where there is none to follow
    /// (yet). Such a segment is counted.
    mutating func slot(
        _ known: Int?, of segment: borrowing TCPSegment, _ key: FlowKey, _ hash: UInt64, octets: Int,
        _ frame: FrameNumber, _ time: Timestamp, _ now: Timestamp, _ path: (PathID) -> NetworkPath
    ) -> Int? {
        if let slot = known {
            if !connections.isAwake(slot) { wake(slot, now) }
            var opening: HalfOpenConnection?
            if let syn = LoneSYN(segment) {
                opening = HalfOpenRecord(syn, octets: octets, frame: frame, at: time, now: now).connection(
                    nil, before: frame.order)
            }
            switch relation(segment, slot, opening, now) {
            case .same: return slot
            case .stranger:
                counters.outOfWindow += 1
                return nil
            case .another(let opening):
                if connections[slot].isBegun(by: segment, at: time) { counters.lateBeginnings += 1 }
                // A SYN says that nothing is left of the one before.
                end(slot, as: segment.flags.contains(.syn) || connections[slot].closesAt != nil ? .closed : .open)
                if let opening {
                    let slot = promote(opening, key, hash, time, now, path)
                    connections[slot].noteMultipath(opening, segment, frame)
                    return slot
                }
                if isWorthless(segment, key, hash) {
                    counters.withoutPayload += 1
                    return nil
                }
            }
        } else if let known = halfOpen.slot(of: key, hash) {
            let before = halfOpen[known]
            if before.isRepeated(by: segment) {
                if halfOpen.count(known, segment, octets: octets, frame: frame, at: time, now: now) {
                    counters.duplicates += 1
                }
                return nil
            }
            if before.isForeign(segment) {
                counters.outOfWindow += 1
                return nil
            }
            halfOpen.remove(known)
            guard before.isReplaced(by: segment, options.ports) else {
                let slot = promote(before, key, hash, time, now, path)
                connections[slot].noteMultipath(before, segment, frame)
                return slot
            }
            counters.halfOpen += 1
        } else if isWorthless(segment, key, hash) {
            counters.withoutPayload += 1
            return nil
        }
        if overload != .none, isGivenUp(segment) { return nil }
        if let syn = LoneSYN(segment) {
            note(syn, hash, octets: octets, frame, time, now)
            return nil
        }
        return begin(key, hash, segment, frame, time, now, path)
    }

    /// Takes a SYN where nothing else is known of its connection, as of those of floods; answers whether it was such a one. What
    /// `take` would do with its segment, and less than a third of the work.
    @inline(__always)
    mutating func takeNew(
        _ syn: borrowing LoneSYN, hash: UInt64, octets: Int, frame: FrameNumber, at time: Timestamp, now: Timestamp
    ) -> Bool {
        if expiry.isDue(now) {
            expire(now)
            expire(syn.key, hash)
        }
        guard overload == .none, !keepsEvidence, flows.slot(of: syn.key, hash) == nil,
            halfOpen.slot(of: syn.key, hash) == nil
        else { return false }
        note(syn, hash, octets: octets, frame, time, now)
        return true
    }

    @inline(__always)
    private mutating func note(
        _ syn: borrowing LoneSYN, _ hash: UInt64, octets: Int, _ frame: FrameNumber, _ time: Timestamp,
        _ now: Timestamp
    ) {
        if halfOpen.insert(syn, hash, octets: octets, frame: frame, at: time, now: now) {
            counters.evicted += 1
            counters.halfOpen += 1
        }
    }

    /// Nothing is known of its connection, and nothing can be learned from it.
    private func isWorthless(_ segment: borrowing TCPSegment, _ key: FlowKey, _ hash: UInt64) -> Bool {
        if segment.flags.contains(.rst) { return true }
        if segment.flags.contains(.syn) { return false }
        return segment.carriesNothing || closed.isRepetition(segment, key, hash)
    }

    /// Whether a segment that would begin a connection is given up, and counted.
    private mutating func isGivenUp(_ segment: borrowing TCPSegment) -> Bool {
        if overload < .newcomers, segment.flags.contains(.syn) { return false }
        if segment.flags.contains(.syn), !segment.flags.contains(.ack) {
            counters.connectionsGivenUp += 1
        } else {
            counters.packetsGivenUp += 1
        }
        return true
    }

    mutating func forgetHalfOpen(_ slot: Int) {
        halfOpen.remove(slot)
        counters.halfOpen += 1
    }

    private mutating func begin(
        _ key: FlowKey, _ hash: UInt64, _ segment: borrowing TCPSegment, _ frame: FrameNumber, _ time: Timestamp,
        _ now: Timestamp, _ path: (PathID) -> NetworkPath
    ) -> Int {
        let isFromClient = options.isFromClient(segment)
        let server = isFromClient ? segment.destination : segment.source
        let sourceIsLow = segment.isFromLow
        return insert(
            key, hash,
            TrackedConnection(
                path(segment.path), clientIsLow: sourceIsLow == isFromClient,
                role: options.role(of: server.port),
                serial: nextSerial(), start: time, frame: frame, now: now))
    }

    /// Something follows the SYN, at `time`: it becomes a connection like any other.
    private mutating func promote(
        _ before: HalfOpenConnection, _ key: FlowKey, _ hash: UInt64, _ time: Timestamp, _ now: Timestamp,
        _ path: (PathID) -> NetworkPath
    ) -> Int {
        let opening = before.segment(of: key)
        let slot = begin(key, hash, opening, before.firstFrame, before.start, now, path)
        let side = connections[slot].side(of: opening)
        connections[slot].count(before, from: side)
        // No SYN waits for so long: one of both stamps is wrong.
        if time.since(before.start) > CaptureClock.leap { connections[slot].transport.stampsDisagree = true }
        _ = connections[slot].order.accept(
            opening, from: side, frame: before.firstFrame, at: before.start, now: before.lastSeen.advanced(by: -pauses))
        connections[slot].order.noteSeen(before.total.print)
        return slot
    }

    private mutating func nextSerial() -> UInt32 {
        serial &+= 1
        return serial
    }

    private mutating func insert(_ key: FlowKey, _ hash: UInt64, _ connection: TrackedConnection) -> Int {
        makeRoom()
        let slot = flows.insert(key, hash, in: FlowQueue.silent.rawValue)
        connections.insert(connection, at: slot)
        return slot
    }

    /// Whether `relation` needs to be asked.
    @inline(__always)
    func mayBeginAnother(_ segment: borrowing TCPSegment, _ slot: Int) -> Bool {
        segment.flags.contains(.syn) || connections[slot].closesAt != nil
    }

    /// What a segment is to a connection that is known between its ends; `opening` is the segment, where it may open one.
    private mutating func relation(
        _ segment: borrowing TCPSegment, _ slot: Int, _ opening: HalfOpenConnection?, _ now: Timestamp
    ) -> TrackedConnection.Relation {
        if segment.flags.contains(.syn) {
            let relation = connections[slot].relation(toSYN: segment, opening, pausedUntil)
            guard case .same = relation else { return relation }
        } else if connections[slot].closesAt != nil, connections[slot].isForeign(segment, now) {
            return .another(nil)
        }
        guard connections[slot].isStrange(segment) else { return .same }
        guard connections[slot].isSucceededWithoutSYN(by: segment, opening, at: now) else { return .stranger }
        return .another(connections[slot].successors[0].opening)
    }
}

extension TrackedConnection {
    /// Whether a SYN is the beginning of this very connection, read behind what follows it: files that are not named in the
    /// order of time show that.
    fileprivate mutating func isBegun(by segment: borrowing TCPSegment, at time: Timestamp) -> Bool {
        guard segment.flags.contains(.syn), !order.status.sawStart, time < transport.start,
            let offset = order.offset(of: segment.sequence, in: side(of: segment))
        else { return false }
        // Sequence numbers wrap: what is further away belongs to another connection.
        return offset <= 0 && offset > -(1 << 30)
    }

    /// The answer to a SYN with MPTCP agrees to it, or it is TCP like any other (RFC 8684 §3.7).
    fileprivate mutating func noteMultipath(
        _ before: HalfOpenConnection, _ segment: borrowing TCPSegment, _ frame: FrameNumber
    ) {
        guard let offered = before.multipath else { return }
        if before.isAnswer {
            // Nobody agrees to what was not offered; a tap may show the offer behind it.
            if segment.flags.contains(.syn), segment.multipath != offered { return }
            transport.multipath = Observed(offered, in: before.firstFrame)
        } else if segment.multipath == offered {
            transport.multipath = Observed(offered, in: frame)
        }
    }

    /// Its sender places its octets in a stream that several connections carry; where both SYNs were seen, they tell.
    @inline(never)
    mutating func noteMultipath(_ segment: borrowing TCPSegment, _ frame: FrameNumber) {
        guard order.client.initial == nil || order.server.initial == nil, transport.multipath == nil,
            let role = segment.multipath
        else { return }
        transport.multipath = Observed(role, in: frame)
    }

    /// What a SYN is to it. `pausedUntil` is when the clock last leapt.
    fileprivate mutating func relation(
        toSYN segment: borrowing TCPSegment, _ opening: HalfOpenConnection?, _ pausedUntil: Timestamp?
    ) -> Relation {
        let side = side(of: segment)
        if !segment.flags.contains(.ack), side == .client {
            let initial = segment.sequence.advanced(by: -1)
            guard initial != order.client.initial else {
                // The same once more, years later: a recording that was joined to another.
                return hasPayload && pausedUntil.map { lastSeen < $0 } ?? false ? .another(nil) : .same
            }
            // A tap showed the answer to this very SYN, and perhaps more, before it.
            if order.client.initial == nil, order.server.initial != nil, !order.status.clientIsSeen,
                order.client.offset(of: segment.sequence) == 0
            {
                return .same
            }
            if closesAt != nil { return .another(nil) }
            // One that both sides have agreed on goes on, as far as can be seen.
            if !hasPayload, !order.status.clientIsSeen || !order.status.serverIsSeen { return .another(nil) }
            // Its client is done, or no answer of the server will ever be seen.
            if order.client.isFinished || !order.status.serverIsSeen { return .another(nil) }
            // The old connection is alive as far as can be seen: the server's answer decides.
            successors = [Successor(segment, from: .client, opening: opening, behind: packets)]
            return .stranger
        }
        guard segment.flags.contains(.synAck), side == .server else { return .same }
        if let successor = successors.first, successor.awaited == segment.acknowledgment {
            return .another(successor.opening)
        }
        // Where the client is not captured, its SYN never shows.
        let isAnswer = !order.status.clientIsSeen && segment.sequence.advanced(by: -1) != order.server.initial
        return isAnswer ? .another(nil) : .same
    }

    /// Mutating, although it changes nothing: so it is asked where it lies.
    fileprivate mutating func isStrange(_ segment: borrowing TCPSegment) -> Bool {
        order.isStrange(segment, from: side(of: segment))
    }
}

import Capture
import Findings
import Reports
import Sessions
import Trust
import Wire

/// Does everything with a block that is done per packet and per session, for the shards that it owns.
///
/// Several workers go through the same batches, each on a thread of its own: each takes apart the packets of its own shards
/// and those that are everyone's, and passes over all others.
struct BlockWorker: ~Copyable {
    let options: RunOptions
    /// Where a shard stands in `shards`; −1 for those of other workers.
    let places: [Int]
    let numbers: [Int]
    var shards: [Shard]
    var decoder: PacketDecoder
    let judge: Judge
    /// Nothing that the capture shows besides a session.
    private let noObservations: CaptureObservations
    var chains: ChainJudge
    var events: EventWriter
    let writesEvents: Bool
    private let keepsHops: Bool
    /// Only what the rules on hops ask about.
    let remembersHops: Bool
    private let keepsEvidence: Bool
    /// Sessions that go on are judged, too.
    private let watches: Bool
    let alerts: AlertText
    var limiter: RepeatLimiter
    /// What was told of sessions that go on.
    var told: [SessionID: ToldFindings] = [:]
    /// What was told of hops.
    var toldOfHops: [HopKey: ToldOfHop] = [:]
    /// When hops were looked through last for what is settled.
    var lastSettling: Timestamp?
    /// What was fetched ahead last, which nobody asks for: else it would not be fetched.
    private var fetched: UInt64 = 0
    /// Packets of all blocks up to what is being taken.
    private(set) var packets: UInt64 = 0
    var outcome = Outcome()
    /// Octets of events that the last outcome with any had: as many as the next one may need at once, and not grow to.
    private var usualText = 0
    /// What was counted of packets, and of the sessions of the worker's own shards.
    var summary = CaptureSummary()
    /// What was counted of packets that no other worker takes apart.
    private var owned = CaptureCounters()

    /// Worker `index` of `count`.
    init(_ options: RunOptions, index: Int, of count: Int) {
        var watched = options
        watched.tracker.notesChanges = options.live != nil
        // Nothing of the worker is asked before all of it is there.
        let judge = Judge(rules: options.rules, suppressions: options.suppressions, settings: options.settings)
        let numbers = (0..<Shard.count).filter { $0 % count == index }
        let watches = options.live != nil
        self.options = options
        self.numbers = numbers
        self.judge = judge
        self.watches = watches
        keepsEvidence = options.evidence != nil
        places = (0..<Shard.count).map { $0 % count == index ? $0 / count : -1 }
        shards = numbers.map { _ in Shard(watched) }
        decoder = PacketDecoder(
            ports: options.tracker.ports, fragmentBudget: options.memory.fragments / RunOptions.maximumThreads,
            pathBudget: options.memory.paths / RunOptions.maximumThreads)
        noObservations = CaptureObservations(settings: options.settings)
        chains = ChainJudge(options.trust)
        events = EventWriter(options: options.report, inputs: options.inputs)
        writesEvents = options.writesEvents
        let keepsHops = options.format == .text && !watches
        self.keepsHops = keepsHops
        remembersHops = !keepsHops && judge.asksAboutHops
        alerts = AlertText(options: options.report, inputs: options.inputs)
        limiter = RepeatLimiter(window: options.live?.repeatWindow ?? 0)
    }

    // MARK: Packets

    /// Goes through packets in order.
    mutating func work(on batch: PacketBatch) -> Outcome {
        summary.counters.merge(batch.counters)
        var pauses = batch.pauses[...]
        for part in batch.parts {
            for place in shards.indices { shards[place].tracker.overload = part.overload }
            work(on: part, batch.items.span, &pauses)
        }
        packets = batch.order
        if watches { tellEarly() }
        return takeOutcome()
    }

    private mutating func work(
        on part: PacketBatch.Part, _ items: Span<PacketBatch.Item>, _ pauses: inout ArraySlice<CaptureClock>
    ) {
        let walker = part.block.packets
        let isSpread = shards.contains { $0.tracker.isSpread }
        for index in part.items {
            if isSpread, (index - part.items.lowerBound) % Self.lookAhead == 0 {
                fetched = glance(items.extracting(part.items[index...].prefix(Self.lookAhead)))
            }
            let item = items[index]
            if item.duty.isShards {
                let place = places[Int(item.duty.rawValue)]
                if place >= 0 { takeOwn(walker.packet(at: Int(item.index), number: item.frame.number), place, item) }
            } else if item.duty == .everyone {
                takeAnyones(walker.packet(at: Int(item.index), number: item.frame.number), item)
            } else if item.duty == .rest {
                packets = item.order
                rest(item.now)
            } else if let clock = pauses.popFirst() {
                notePause(clock)
            }
        }
    }

    /// Packets whose places in the tables are fetched before the leading one of them is taken.
    private static let lookAhead = 32

    /// Fetches what is looked at first when these packets are taken, all of it at a time: a flood leaves none of it in the
    /// processor's cache, and waiting for one after the other would take longer than everything else. The answer means
    /// nothing.
    private func glance(_ items: Span<PacketBatch.Item>) -> UInt64 {
        var fetched: UInt64 = 0
        var packets = Shard.Each<Int>(repeating: 0)
        let shards = shards.span
        // One short loop after the other: a processor looks ahead over so many instructions, and should see many packets there.
        for index in items.indices where items[index].duty.isShards {
            let place = places[Int(items[index].duty.rawValue)]
            guard place >= 0 else { continue }
            fetched ^= shards[place].tracker.glance(items[index].hash)
            packets[place] &+= 1
        }
        for place in shards.indices { fetched ^= shards[place].tracker.glance(next: packets[place]) }
        return fetched
    }

    /// Takes a packet that all workers take apart.
    private mutating func takeAnyones(_ packet: borrowing Packet, _ item: PacketBatch.Item) {
        packets = item.order
        do throws(WireError) {
            switch try decoder.decode(packet.octets, linkType: LinkType(rawValue: packet.linkType), at: item.now) {
            case .segment(let segment):
                summary.counters.mailSegments += 1
                let place = places[Shard.number(of: segment)]
                if place >= 0 { take(segment, FlowKey(segment).hash(options.tracker.seed), packet, place, item) }
            case .reassembled:
                summary.counters.fragments += 1
                if keepsEvidence { try offerReassembled(packet, item.frame) }
                try takeReassembled(packet, item)
            case .other: summary.counters.otherPackets += 1
            case .fragment: summary.counters.fragments += 1
            }
        } catch {
            summary.counters.note(error, of: packet, mayBeCut: decoder.mayBeCut)
        }
    }

    /// Takes a packet that no other worker takes apart.
    private mutating func takeOwn(_ packet: borrowing Packet, _ place: Int, _ item: PacketBatch.Item) {
        packets = item.order
        if item.isSYN, takeNew(packet, place, item) { return }
        do throws(WireError) {
            let segment = try TCPSegment(ofGlanced: packet.octets)
            owned.mailSegments += 1
            take(segment, item.hash, packet, place, item)
        } catch {
            owned.note(error, of: packet, mayBeCut: false)
        }
    }

    /// Takes a packet that is nothing but a SYN; answers whether nothing is known of its connection, as of those of floods.
    @inline(__always)
    private mutating func takeNew(_ packet: borrowing Packet, _ place: Int, _ item: PacketBatch.Item) -> Bool {
        let syn = LoneSYN(ofGlanced: packet.octets)
        let isNew = shards[place].tracker.takeNew(
            syn, hash: item.hash, octets: packet.originalLength, frame: item.frame,
            at: Timestamp(nanoseconds: packet.nanoseconds), now: item.now)
        // Time may have ended sessions, whosever the packet is.
        if isNew {
            owned.mailSegments += 1
            if !shards[place].tracker.finished.isEmpty { judgeFinished(place, .with(packets)) }
        }
        return isNew
    }

    @inline(__always)
    private mutating func take(
        _ segment: borrowing TCPSegment, _ hash: UInt64, _ packet: borrowing Packet, _ place: Int,
        _ item: PacketBatch.Item
    ) {
        if keepsEvidence { offer(packet, segment, item.frame, place) }
        Self.take(segment, packet, item, hash, &shards[place].tracker, &decoder)
        if !shards[place].tracker.finished.isEmpty { judgeFinished(place, .with(packets)) }
    }

    /// Apart, and with the decoder where it is: to be borrowed from `self` it would be copied for every packet.
    @inline(__always)
    private static func take(
        _ segment: borrowing TCPSegment, _ packet: borrowing Packet, _ item: PacketBatch.Item, _ hash: UInt64,
        _ tracker: inout ConnectionTracker, _ decoder: inout PacketDecoder
    ) {
        tracker.take(
            segment, hash: hash, octets: packet.originalLength, frame: item.frame,
            at: Timestamp(nanoseconds: packet.nanoseconds), now: item.now
        ) { decoder.path($0) }
    }

    /// Takes the segment that was put together last.
    private mutating func takeReassembled(
        _ packet: borrowing Packet, _ item: PacketBatch.Item
    ) throws(WireError) {
        summary.counters.mailSegments += 1
        let place = places[try Self.shardOfReassembled(decoder)]
        guard place >= 0 else { return }
        try shards[place].tracker.takeReassembled(
            of: decoder, octets: packet.originalLength, frame: item.frame,
            at: Timestamp(nanoseconds: packet.nanoseconds), now: item.now)
        judgeFinished(place, .with(packets))
    }

    static func shardOfReassembled(_ decoder: borrowing PacketDecoder) throws(WireError) -> Int {
        Shard.number(of: try decoder.reassembledSegment())
    }

    /// The clock believes a leap.
    mutating func notePause(_ clock: CaptureClock) {
        for place in shards.indices { shards[place].tracker.notePause(clock) }
    }

    /// Shards without packets of their own learn what time it is.
    private mutating func rest(_ now: Timestamp) {
        for place in shards.indices {
            shards[place].tracker.expire(now)
            judgeFinished(place, .behind(packets))
        }
    }

    // MARK: Sessions

    /// Opening frames of the connections that are open, in no order.
    var openFrames: [FrameNumber] { shards.flatMap { $0.tracker.openFrames } }

    /// The capture has ended: ends the connections that began up to a frame.
    mutating func finish(upTo frame: FrameNumber) -> Outcome {
        var next = shards.indices.map { shards[$0].tracker.nextToFinish() ?? .last }
        while let place = next.indices.min(by: { next[$0] < next[$1] }), next[place] <= frame, next[place] != .last {
            shards[place].tracker.finishNext()
            judgeFinished(place, .with(next[place].order))
            next[place] = shards[place].tracker.nextToFinish() ?? .last
        }
        return takeOutcome()
    }

    mutating func takeOutcome() -> Outcome {
        if !outcome.text.isEmpty { usualText = outcome.text.count }
        defer { outcome = Outcome() }
        return outcome
    }

    mutating func judgeFinished(_ place: Int, _ order: Outcome.Order) {
        var evidence = keepsEvidence ? shards[place].tracker.takeFinishedEvidence()[...] : []
        guard !shards[place].tracker.finished.isEmpty else { return }
        var finished = FinishedSessions()
        swap(&finished, &shards[place].tracker.finished)
        for index in finished.indices { judge(&finished[index], evidence.popFirst() ?? nil, place, order) }
        finished.removeAll()
        // The array goes back, so that its room is used again.
        swap(&finished, &shards[place].tracker.finished)
    }

    private mutating func judge(
        _ judged: inout JudgedSession, _ evidence: consuming EvidenceRecord?, _ place: Int,
        _ order: Outcome.Order
    ) {
        chains.review(&judged.session)
        if judged.session.dependsOnObservations {
            return note(order, place, judged.session, undecided: [judged.session], evidence)
        }
        judge.judge(&judged, noObservations)
        evidence?.findings = judged.findings
        let before = evidence == nil ? nil : shards[place].followers(of: judged.session)
        report(judged, place)
        if let before { evidence?.findings += findingsOfHop(judged.session, place, before: before) }
        if evidence?.isWanted != true { evidence = nil }
        note(order, place, judged.session, undecided: [], evidence)
    }

    private mutating func note(
        _ order: Outcome.Order, _ place: Int, _ session: borrowing MailSession, undecided: [MailSession],
        _ evidence: EvidenceRecord?
    ) {
        outcome.entries.append(
            Outcome.Entry(
                order: order, shard: numbers[place], textEnd: outcome.text.count,
                observation: CaptureObservations.Note(session), undecided: undecided,
                evidence: evidence.map { [$0] } ?? []))
    }

    /// What is found on a session's hop, if more of what is remembered there follows something since `before`: the session
    /// has a part in it.
    private func findingsOfHop(_ session: borrowing MailSession, _ place: Int, before: Int) -> [Finding] {
        guard shards[place].followers(of: session) > before, let hop = shards[place].hop(of: session) else { return [] }
        return judge.conclude(hop, at: session.transport.end).findings
    }

    private mutating func report(_ judged: JudgedSession, _ place: Int) {
        summary.add(judged)
        // Each format pays for what it shows.
        if keepsHops { shards[place].hops.add(judged) }
        let isNews = remembersHops && judged.mattersToHop && shards[place].retries.remember(judged.session)
        guard !judged.session.application.isForeign else { return }
        if watches {
            tellRest(judged)
            if isNews, let hop = shards[place].retries.hop(of: judged.session) {
                tell(of: hop, at: judged.session.transport.end)
            }
            return
        }
        if writesEvents {
            if outcome.text.isEmpty { outcome.text.reserveCapacity(usualText + usualText / 8) }
            events.append(judged, to: &outcome.text)
        }
    }

    // MARK: What it has come to

    /// The figures of the worker's shards and packets; those of packets that every worker has seen in addition, where
    /// `countsPackets`.
    func figures(countsPackets: Bool) -> CaptureSummary {
        var result = summary
        if countsPackets { result.counters.add(decoder.counters) } else { result.counters = CaptureCounters() }
        result.counters.merge(owned)
        for shard in shards {
            result.counters.merge(shard.tracker.counters)
            result.counters.add(shard.tracker.context.overflows)
            result.counters.hopsNotItemized += shard.hopsNotItemized
            if let store = shard.tracker.evidence {
                var evidence = result.evidence ?? EvidenceCounters()
                evidence.merge(store.counters)
                result.evidence = evidence
            }
        }
        return result
    }

    var hops: [HopTable] { shards.map(\.hops) }

    var retries: [RetryTable] { shards.map(\.retries) }
}

extension CaptureCounters {
    /// A packet that could not be taken apart: what the snapshot length or a mirror cut off is not malformed.
    fileprivate mutating func note(_ error: WireError, of packet: borrowing Packet, mayBeCut: Bool) {
        if error.isIncomplete, mayBeCut || packet.originalLength > packet.octets.count {
            cutHeaders += 1
        } else {
            malformed[error.layer, default: 0] += 1
        }
    }
}

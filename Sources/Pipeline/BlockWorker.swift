import Capture
import Findings
import Reports
import Sessions
import Trust
import Wire

/// Does everything with a block that is done per packet and per session, for the shards that it owns.
///
/// Several workers go through the same blocks, each on a thread of its own: each takes apart the packets of its own shards
/// and those that are nobody's yet, and steps over all others.
struct BlockWorker: ~Copyable {
    let options: RunOptions
    /// Where a shard stands in `shards`; −1 for those of other workers.
    let places: [Int]
    /// Whether the worker takes a packet apart, by whose it is.
    private let takes: [Bool]
    let numbers: [Int]
    var shards: [Shard]
    var decoder: PacketDecoder
    var clock = CaptureClock()
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
    /// Packets of all blocks so far.
    private(set) var packets: UInt64 = 0
    var outcome = Outcome()
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
        takes = (0..<Duty.count).map { $0 == Duty.everyone.rawValue || $0 < Shard.count && $0 % count == index }
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

    private static let packetsBetweenRests: UInt64 = 4096

    /// Goes through packets in order.
    mutating func work(on batch: PacketBatch) -> Outcome {
        var next = 0
        for slice in batch.slices {
            for place in shards.indices { shards[place].tracker.overload = slice.overload }
            let duties = batch.duties[next..<next + slice.packets.count]
            next += slice.packets.count
            work(on: slice, duties)
        }
        if watches { tellEarly() }
        return takeOutcome()
    }

    private mutating func work(on slice: BlockSlice, _ duties: ArraySlice<Duty>) {
        let (takes, file) = (takes, slice.block.file)
        var walker = slice.block.packets(slice.packets)
        for duty in duties {
            if takes[Int(duty.rawValue)] {
                guard let packet = walker.next() else { break }
                take(packet, file: file, of: duty)
            } else {
                guard let nanoseconds = walker.skip() else { break }
                packets &+= 1
                if clock.observe(Timestamp(nanoseconds: nanoseconds)) { notePause() }
                stepOver(duty)
            }
            if packets % Self.packetsBetweenRests == 0 { rest() }
        }
    }

    /// Counts a packet that is not taken apart here. What another worker takes apart is counted there.
    @inline(__always)
    private mutating func stepOver(_ duty: Duty) {
        if duty == .nobody {
            summary.counters.otherPackets &+= 1
        } else if duty == .leftOut {
            summary.counters.filtered &+= 1
        }
    }

    private mutating func take(_ packet: borrowing Packet, file: UInt32, of duty: Duty) {
        packets &+= 1
        let time = Timestamp(nanoseconds: packet.nanoseconds)
        if clock.observe(time) { notePause() }
        guard duty == .everyone else {
            takeOwn(packet, file, places[Int(duty.rawValue)], time)
            return
        }
        do throws(WireError) {
            switch try decoder.decode(
                packet.octets, linkType: LinkType(rawValue: packet.linkType), at: clock.now ?? time)
            {
            case .segment(let segment):
                summary.counters.mailSegments += 1
                let place = places[Shard.number(of: segment)]
                if place >= 0 { take(segment, packet, file, place, time) }
            case .reassembled:
                summary.counters.fragments += 1
                if keepsEvidence { try offerReassembled(packet, file) }
                try takeReassembled(packet.originalLength, FrameNumber(file: file, packet.number), time)
            case .other: summary.counters.otherPackets += 1
            case .fragment: summary.counters.fragments += 1
            }
        } catch {
            summary.counters.malformed[error.layer, default: 0] += 1
        }
    }

    /// Takes a packet that no other worker takes apart.
    private mutating func takeOwn(_ packet: borrowing Packet, _ file: UInt32, _ place: Int, _ time: Timestamp) {
        do throws(WireError) {
            let segment = try TCPSegment(ofGlanced: packet.octets)
            owned.mailSegments += 1
            take(segment, packet, file, place, time)
        } catch {
            owned.malformed[error.layer, default: 0] += 1
        }
    }

    @inline(__always)
    private mutating func take(
        _ segment: borrowing TCPSegment, _ packet: borrowing Packet, _ file: UInt32, _ place: Int, _ time: Timestamp
    ) {
        if keepsEvidence { offer(packet, segment, file, place) }
        shards[place].tracker.take(
            segment, octets: packet.originalLength, frame: FrameNumber(file: file, packet.number), at: time,
            from: decoder, now: clock.now ?? time)
        if !shards[place].tracker.finished.isEmpty { judgeFinished(place, order: packets) }
    }

    /// Takes the segment that was put together last.
    private mutating func takeReassembled(
        _ octets: Int, _ frame: FrameNumber, _ time: Timestamp
    ) throws(WireError) {
        summary.counters.mailSegments += 1
        let place = places[try Self.shardOfReassembled(decoder)]
        guard place >= 0 else { return }
        try shards[place].tracker.takeReassembled(
            of: decoder, octets: octets, frame: frame, at: time, now: clock.now ?? time)
        judgeFinished(place, order: packets)
    }

    static func shardOfReassembled(_ decoder: borrowing PacketDecoder) throws(WireError) -> Int {
        Shard.number(of: try decoder.reassembledSegment())
    }

    /// The clock believes a leap.
    mutating func notePause() {
        for place in shards.indices { shards[place].tracker.notePause(clock) }
    }

    /// Shards without packets of their own learn what time it is: after so many packets of the run, not of a block, since
    /// a pipe's blocks end elsewhere than a file's.
    private mutating func rest() {
        guard let now = clock.now else { return }
        for place in shards.indices {
            shards[place].tracker.expire(now)
            judgeFinished(place, order: packets)
        }
    }

    // MARK: Sessions

    /// Opening frames of the connections that are open, in no order.
    var openFrames: [FrameNumber] { shards.flatMap { $0.tracker.openFrames } }

    /// The capture has ended: ends the connections that began up to a frame.
    mutating func finish(upTo frame: FrameNumber) -> Outcome {
        for place in shards.indices {
            while let first = shards[place].tracker.finishNext(upTo: frame) {
                judgeFinished(place, order: first.order)
            }
        }
        outcome.sort()
        return takeOutcome()
    }

    mutating func takeOutcome() -> Outcome {
        defer { outcome = Outcome() }
        return outcome
    }

    mutating func judgeFinished(_ place: Int, order: UInt64) {
        var evidence = keepsEvidence ? shards[place].tracker.takeFinishedEvidence()[...] : []
        for var session in shards[place].tracker.takeFinished() {
            var record = evidence.popFirst() ?? nil
            chains.review(&session)
            let isUndecided = session.dependsOnObservations
            if !isUndecided {
                let judged = judge.judge(session, noObservations)
                record?.findings = judged.findings
                report(judged, place)
            }
            outcome.entries.append(
                Outcome.Entry(
                    order: order, shard: numbers[place], textEnd: outcome.text.count,
                    observation: CaptureObservations.Note(session), undecided: isUndecided ? [session] : [],
                    evidence: isUndecided || record?.findings.isEmpty == false ? record.map { [$0] } ?? [] : []))
        }
    }

    private mutating func report(_ judged: JudgedSession, _ place: Int) {
        summary.add(judged)
        // Each format pays for what it shows.
        if keepsHops { shards[place].hops.add(judged) }
        let hop = remembersHops ? shards[place].hops.remember(judged.session) : nil
        guard judged.session.application != .notMail else { return }
        if watches {
            tellRest(judged)
            if let hop { tell(of: hop, at: judged.session.transport.end) }
            return
        }
        if writesEvents { events.append(judged, to: &outcome.text) }
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
            result.counters.hopsNotItemized += shard.hops.hopsNotItemized
            if let store = shard.tracker.evidence {
                var evidence = result.evidence ?? EvidenceCounters()
                evidence.merge(store.counters)
                result.evidence = evidence
            }
        }
        return result
    }

    var hops: [HopTable] { shards.map(\.hops) }
}

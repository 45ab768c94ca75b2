import Findings
import Sessions
import Wire

/// Follows every connection on the mail ports: finds the one a segment belongs to, keeps it in order, and lets its
/// session reader have the octets. Finished sessions collect in `finished`.
///
/// Connections have the slots that `flows` finds; one that nothing has happened to for a while is sealed until something
/// does. One of which nothing but SYNs was seen takes a small entry in `halfOpen` instead.
public struct ConnectionTracker {
    let options: TrackerOptions
    /// Of all its tables, so that a key is hashed once.
    let seed: FlowKey.Seed
    var flows: FlowTable
    var connections = ConnectionStore()
    /// Connections with mail, each once, in the order in which it was last looked whether they may be sealed; those that
    /// were sealed before apart.
    var quiet = ClosingQueue()
    var awakened = ClosingQueue()
    var halfOpen: HalfOpenTable
    /// Closed connections in the order in which they may be forgotten.
    var closing = ClosingQueue()
    /// The same of those that a reset ended.
    var reset = ClosingQueue()
    var closed: ClosedFlows
    var holders = Holders()
    /// What sessions share. Of this shard alone: what a session costs depends on it.
    var context: SessionContext
    /// The clock of a tracker that runs by itself.
    private var clock = CaptureClock()
    /// What of the time is pauses of the clock, in nanoseconds; see `CaptureClock`.
    private(set) var pauses: Int64 = 0
    /// When the clock's last pause ended.
    private(set) var pausedUntil: Timestamp?
    var expiry = Expiry()
    var heldCost = 0
    /// Memory of octets in clear that are kept to compare others with them.
    var rememberedCost = 0
    var spareRoom: SpareRoom
    /// Memory of all connections and their readers, roughly, in octets.
    var stateCost = 0
    var serial: UInt32 = 0
    /// Connections that are to be ended at the end of the capture, the last one leading.
    var remaining: [Int]?
    /// What is given up of the segments that come.
    public var overload = Overload.none
    /// Packets were lost somewhere until then.
    private(set) var lossUntil: Timestamp?
    /// Connections that show something new, where that is noted.
    var changed: [Changed] = []
    /// Packets of open connections, where they are kept.
    var evidence: EvidenceStore?
    /// There is such a store. A value of its own, since it is asked with every packet.
    private(set) var keepsEvidence = false
    public internal(set) var counters = CaptureCounters()
    /// Sessions that are complete and were not taken yet.
    var finished = FinishedSessions()

    public init(_ options: TrackerOptions) {
        self.options = options
        seed = options.seed
        flows = FlowTable(seed: seed)
        context = SessionContext(certificateBudget: options.certificateBudget)
        spareRoom = SpareRoom(budget: options.rememberedBudget)
        halfOpen = HalfOpenTable(limit: options.maximumHalfOpen)
        closed = ClosedFlows(limit: options.maximumClosedFlows, seed: seed)
    }

    /// Keeps packets of open connections from now on.
    mutating func keepEvidence(in store: EvidenceStore) {
        evidence = store
        keepsEvidence = true
    }

    public mutating func takeFinished() -> [MailSession] {
        defer { finished.removeAll() }
        return finished.indices.map { finished[$0].session }
    }

    /// Takes the next segment of the capture. `octets` is its frame's original length; `decoder` is where the segment
    /// comes from.
    public mutating func take(
        _ segment: borrowing TCPSegment, octets: Int, frame: FrameNumber, at time: Timestamp,
        from decoder: borrowing PacketDecoder
    ) {
        if clock.observe(time) { notePause(clock) }
        take(
            segment, hash: FlowKey(segment).hash(seed), octets: octets, frame: frame, at: time, now: clock.now ?? time
        ) { decoder.path($0) }
    }

    /// Takes the segment that `decoder` has put together last, in the frame that completed it.
    public mutating func takeReassembled(
        of decoder: borrowing PacketDecoder, octets: Int, frame: FrameNumber, at time: Timestamp
    ) throws(WireError) {
        let segment = try decoder.reassembledSegment()
        take(segment, octets: octets, frame: frame, at: time, from: decoder)
    }

    /// The same where others keep the clock, too.
    mutating func takeReassembled(
        of decoder: borrowing PacketDecoder, octets: Int, frame: FrameNumber, at time: Timestamp, now: Timestamp
    ) throws(WireError) {
        let segment = try decoder.reassembledSegment()
        take(segment, hash: FlowKey(segment).hash(seed), octets: octets, frame: frame, at: time, now: now) {
            decoder.path($0)
        }
    }

    /// Its tables are so large that the processor's cache holds little of them.
    var isSpread: Bool { halfOpen.count + flows.count > 2048 }

    /// Fetches what is looked at when a segment comes whose flow key has this hash; the answer means nothing.
    @inline(__always)
    func glance(_ hash: UInt64) -> UInt64 { flows.glance(hash) ^ halfOpen.glance(hash) }

    /// The same of what is written when as many SYNs come; in a flood all are.
    @inline(__always)
    func glance(next count: Int) -> UInt64 { halfOpen.glance(next: count) }

    /// Takes the next segment where others keep the clock, too. `hash` is its flow key's. `path` tells what it was wrapped
    /// in, which is asked where a connection begins.
    mutating func take(
        _ segment: borrowing TCPSegment, hash: UInt64, octets: Int, frame: FrameNumber, at time: Timestamp,
        now: Timestamp, path: (PathID) -> NetworkPath
    ) {
        let key = FlowKey(segment)
        if expiry.isDue(now) {
            expire(now)
            expire(key, hash)
        }
        // Nearly every packet of mail belongs to a connection that is known and goes on.
        let known = flows.slot(of: key, hash)
        if let slot = known, connections.isAwake(slot), !mayBeginAnother(segment, slot),
            follow(segment, slot, octets: octets, frame, time, now)
        {
            return
        }
        guard let slot = slot(known, of: segment, key, hash, octets: octets, frame, time, now, path) else {
            if keepsEvidence { keepOpening(segment) }
            return
        }
        _ = follow(segment, slot, octets: octets, frame, time, now)
    }

    /// The clock, which others may keep, too, believes a leap.
    mutating func notePause(_ clock: CaptureClock) {
        pauses = clock.pauses
        pausedUntil = clock.now
    }

    /// Packets were lost before `time`: of whichever connection had begun by then.
    public mutating func noteLoss(until time: Timestamp) { lossUntil = max(lossUntil ?? time, time) }

    /// Answers whether it belongs to the slot's connection.
    private mutating func follow(
        _ segment: borrowing TCPSegment, _ slot: Int, octets: Int, _ frame: FrameNumber, _ time: Timestamp,
        _ now: Timestamp
    ) -> Bool {
        let moment = TrackedConnection.moment(now)
        let waited = now.advanced(by: -pauses)
        let step = connections[slot].take(segment, octets: octets, frame: frame, at: time, now: now, waited: waited)
        if step.isStrange { return false }
        if keepsEvidence { keepPacket(segment, slot, step) }
        if step.isQuiet {
            if connections[slot].touched != moment { touch(slot, moment) }
            return true
        }
        place(segment, slot, step, frame, waited)
        if keepsEvidence { evidence?.settle(slot) }
        let review = connections[slot].review()
        if review.becameMail || connections[slot].touched != moment { touch(slot, moment) }
        if review.becameMail { watchForQuiet(slot, now) }
        if review.hasEnded { noteEnd(slot, now) }
        if review.growth != 0 { limitState(slot, review) }
        if options.notesChanges, flows.isTaken(slot) { noteChange(slot) }
        return true
    }

    /// Moves the slot to the end of its queue.
    private mutating func touch(_ slot: Int, _ moment: UInt32) {
        connections[slot].touched = moment
        flows.touch(slot, in: (connections[slot].isMail ? FlowQueue.mail : .silent).rawValue)
    }
}

/// Connections are forgotten in the order in which they fell silent, those that have shown no mail before all others while
/// they are many.
enum FlowQueue: Int, CaseIterable {
    /// Neither a command of mail nor TLS was seen.
    case silent
    case mail
}

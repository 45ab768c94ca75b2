import Findings
import Wire

/// The packets of all open connections of a shard, while it is not known which of their sessions have findings.
struct EvidenceStore {
    private let budget: Int
    private let isRaw: Bool
    /// By the slots of their connections.
    private var sessions: ContiguousArray<SessionEvidence?> = []
    /// In the order of their beginning; who comes first is given up first.
    private var queue: [(slot: Int, serial: UInt32)] = []
    private var head = 0
    private var memory = 0
    /// SYNs that nobody has answered yet, and the order in which they came.
    private var openings: [FlowKey: EvidencePacket] = [:]
    private var openingOrder: [FlowKey] = []
    private(set) var counters = EvidenceCounters()
    /// The packet that is being taken, before it is known whose it is.
    var incoming: EvidencePacket?
    /// Of sessions that are complete, beside these.
    private var finished: [EvidenceRecord?] = []

    private static let maximumOpenings = 1024

    init(budget: Int, isRaw: Bool) {
        self.budget = budget
        self.isRaw = isRaw
    }

    // MARK: Packets

    /// The packet is a SYN without a connection.
    mutating func keepOpening(_ key: FlowKey) {
        guard var packet = incoming else { return }
        incoming = nil
        if !isRaw { packet.showNothing() }
        if openings.updateValue(packet, forKey: key) == nil { openingOrder.append(key) }
        guard openingOrder.count > Self.maximumOpenings else { return }
        // Half at a time, so that it costs little for each.
        for key in openingOrder.prefix(Self.maximumOpenings / 2) { openings[key] = nil }
        openingOrder.removeFirst(Self.maximumOpenings / 2)
    }

    /// The packet belongs to a connection. `offset` is where its payload stands; `isNew` says that nothing of the
    /// connection was read yet, `isDoubtful` that its numbers are not those of the connection.
    mutating func keep(
        _ slot: Int, serial: UInt32, _ key: FlowKey, from side: Side, at offset: Int64?, isInside: Bool, isEnd: Bool,
        isNew: Bool, isDoubtful: Bool
    ) {
        guard var packet = incoming else { return }
        incoming = nil
        while sessions.count <= slot { sessions.append(nil) }
        let session: SessionEvidence
        if let known = sessions[slot], known.serial == serial {
            session = known
        } else {
            session = SessionEvidence(serial: serial, isRaw: isRaw)
            sessions[slot] = session
            queue.append((slot, serial))
            // What was told before its packets were kept is not known.
            if !isNew { session.giveUp() }
            if let opening = openings.removeValue(forKey: key) {
                session.keep(opening, isInside: false, isEnd: true)
            }
        }
        if isDoubtful { session.disclosure.doubt() }
        packet.offset = offset
        packet.side = side
        session.keep(packet, isInside: isInside, isEnd: isEnd)
        count(session)
        while memory > budget, head < queue.count { giveUpOldest() }
    }

    /// Brings the total up to date with what a session takes.
    private mutating func count(_ session: SessionEvidence) {
        let cost = session.memory
        memory += cost - session.countedMemory
        session.countedMemory = cost
    }

    private mutating func giveUpOldest() {
        let oldest = queue[head]
        head += 1
        if head > 1024, head * 2 > queue.count {
            queue.removeFirst(head)
            head = 0
        }
        guard oldest.slot < sessions.count, let session = sessions[oldest.slot], session.serial == oldest.serial
        else { return }
        session.giveUp()
        count(session)
        counters.sessionsGivenUp &+= 1
    }

    // MARK: Readers

    /// Lets a reader say what may be shown of what it reads; to be taken back at once.
    mutating func lend(_ slot: Int, to context: inout SessionContext) {
        guard !isRaw, slot < sessions.count, let session = sessions[slot], !session.isGivenUp else { return }
        context.disclosure = session.disclosure
        session.disclosure = Disclosure()
    }

    mutating func takeBack(_ slot: Int, from context: inout SessionContext) {
        guard let disclosure = context.disclosure else { return }
        context.disclosure = nil
        guard slot < sessions.count, let session = sessions[slot] else { return }
        session.disclosure = disclosure
        count(session)
    }

    mutating func settle(_ slot: Int) {
        guard slot < sessions.count, let session = sessions[slot] else { return }
        session.settle()
        count(session)
    }

    /// Packets of a session that goes on, when something was found in it; `nil` where none can be written yet.
    mutating func takePart(_ slot: Int, serial: UInt32) -> EvidenceRecord? {
        guard slot < sessions.count, let session = sessions[slot], session.serial == serial else { return nil }
        let part = session.takePart()
        count(session)
        return part
    }

    // MARK: The end

    /// A connection is over. `hasSession` says that it leaves one.
    mutating func end(_ slot: Int, serial: UInt32, hasSession: Bool) {
        var record: EvidenceRecord?
        if slot < sessions.count, let session = sessions[slot], session.serial == serial {
            memory -= session.countedMemory
            if hasSession { record = session.record() }
            sessions[slot] = nil
        }
        if hasSession { finished.append(record) }
        // Entries of connections that are over.
        if queue.count - head > 2 * sessions.count + 1024 {
            let alive = sessions
            queue = queue[head...].filter { $0.slot < alive.count && alive[$0.slot]?.serial == $0.serial }
            head = 0
        }
    }

    mutating func takeFinished() -> [EvidenceRecord?] {
        defer { finished = [] }
        return finished
    }
}

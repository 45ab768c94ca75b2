import Sessions
import Wire

/// What hops remember where nothing else of them is reported: which of their sessions may mean something for later ones, in
/// bounded memory.
public struct RetryTable: Sendable {
    private var memories: [HopKey: RetryMemory] = [:]
    private var room: HopRoom
    private let window: Int64
    /// What all of them remember, in octets.
    private var remembered = 0

    /// Memory that it takes, roughly, in octets.
    public var cost: Int { remembered + memories.count * Self.costOfPlace }

    /// What one hop takes besides what it remembers, in octets: a dictionary is half full, more or less.
    private static let costOfPlace = 2 * (MemoryLayout<HopKey>.stride + MemoryLayout<RetryMemory>.stride)

    /// - Parameter window: how long after a failure of TLS something is taken to follow it, in nanoseconds; 0 switches it off.
    public init(
        limit: Int = HopTable.defaultLimit, budget: Int = .max, window: Int64 = RetryMemory.defaultWindow
    ) {
        room = HopRoom(limit: limit, budget: budget)
        self.window = window
    }

    public var count: Int { memories.count }

    /// Hops of which something was not kept for want of room, told apart in bounded memory: the limit itself stands for that
    /// many or more.
    public var hopsNotItemized: Int { room.hopsWithout }

    /// Keeps of a session what the rules on hops ask about. Answers whether there may be something to say of its hop.
    @discardableResult
    public mutating func remember(_ session: borrowing MailSession) -> Bool {
        guard window > 0, let attempt = RetryAttempt(session) else { return false }
        let key = HopKey(session)
        // One look where there is room, as a rule.
        guard attempt.isKept, room.admits(beside: memories.count, cost) else {
            return rememberKnown(attempt, key)
        }
        return Self.add(attempt, to: &memories[key, default: RetryMemory()], window, &remembered, mayGrow: true).isNews
    }

    /// Where there is no room for another hop, or an attempt means something behind others alone.
    private mutating func rememberKnown(_ attempt: consuming RetryAttempt, _ key: HopKey) -> Bool {
        guard let place = memories.index(forKey: key) else {
            if attempt.isKept { room.refuse(key) }
            return false
        }
        let (isKept, isNews) = Self.add(
            attempt, to: &memories.values[place], window, &remembered, mayGrow: room.mayGrow(cost))
        if !isKept { room.refuse(key) }
        return isNews
    }

    private static func add(
        _ attempt: consuming RetryAttempt, to memory: inout RetryMemory, _ window: Int64, _ remembered: inout Int,
        mayGrow: Bool
    ) -> (isKept: Bool, isNews: Bool) {
        let before = memory.cost
        let isKept = memory.add(attempt, window: window, mayGrow: mayGrow)
        remembered += memory.cost - before
        return (isKept, memory.followers > 0)
    }

    /// The hop of a session, as far as anything of it is kept.
    public func hop(of session: borrowing MailSession) -> Hop? {
        let key = HopKey(session)
        return memories[key].map { Hop(key: key, retries: $0, retryWindow: window) }
    }

    /// How often something followed a failure of TLS on the hop of a session.
    public func followers(of session: borrowing MailSession) -> Int { memories[HopKey(session)]?.followers ?? 0 }

    /// The hop as it will be when a session that goes on is over, where that has delivered content in clear; it is not kept.
    public func foreseen(_ session: MailSession) -> Hop? {
        guard window > 0, session.smtp?.firstContent != nil, var memory = memories[HopKey(session)],
            let attempt = RetryAttempt(session), case .delivered = attempt
        else { return nil }
        memory.add(attempt, window: window)
        return Hop(key: HopKey(session), retries: memory, retryWindow: window)
    }

    /// Forgets the hops on which nothing that is remembered can be followed by anything any more, and answers those on which
    /// something was.
    public mutating func takeSettled(at now: Timestamp) -> [Hop] {
        // A session may go on for as long before it counts.
        var settled: [HopKey] = []
        for (key, memory) in memories {
            // Nothing may be left to follow where there was no room for it.
            if memory.latest.map({ now.since($0) > 2 * window }) ?? true { settled.append(key) }
        }
        var followed: [Hop] = []
        for key in settled {
            guard let memory = memories.removeValue(forKey: key) else { continue }
            remembered -= memory.cost
            if memory.followers > 0 { followed.append(Hop(key: key, retries: memory, retryWindow: window)) }
        }
        return followed
    }

    /// Adds what was remembered elsewhere of hops that are known here, and the others on which something followed; the limit
    /// was kept there.
    public mutating func merge(_ other: Self) {
        for key in memories.keys {
            if let theirs = other.memories[key] { memories[key]?.merge(theirs, window: window) }
        }
        for (key, memory) in other.memories where memory.followers > 0 && memories[key] == nil {
            memories[key] = memory
        }
        room.merge(other.room)
    }

    /// The hops on which something followed a failure of TLS, by key.
    public var followed: [Hop] {
        memories.filter { $1.followers > 0 }.sorted { $0.key < $1.key }
            .map { Hop(key: $0, retries: $1, retryWindow: window) }
    }
}

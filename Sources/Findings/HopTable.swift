import Sessions
import Wire

/// All hops of a capture, in bounded memory.
public struct HopTable: Sendable {
    private var hops: [HopKey: Hop] = [:]
    private var room: HopRoom
    private let retryWindow: Int64
    private var cost = 0
    /// Sessions of hops over the limit: they are counted in the summary and itemized nowhere.
    public private(set) var sessionsNotItemized = 0

    public static let defaultLimit = 65_536

    /// - Parameter retryWindow: how long after a failure of TLS something is taken to follow it, in nanoseconds.
    public init(
        limit: Int = Self.defaultLimit, budget: Int = .max, retryWindow: Int64 = RetryMemory.defaultWindow
    ) {
        room = HopRoom(limit: limit, budget: budget)
        self.retryWindow = retryWindow
    }

    public var count: Int { hops.count }

    /// The hops of those sessions, told apart in bounded memory: the limit itself stands for that many or more.
    public var hopsNotItemized: Int { room.hopsWithout }

    /// Adds a judged session to its hop; sessions that are not mail belong to none.
    public mutating func add(_ judged: JudgedSession) {
        guard judged.session.application != .notMail else { return }
        let isKept = change(HopKey(judged.session), isTold: !judged.findings.isEmpty) { $0.add(judged, mayGrow: $1) }
        if !isKept { sessionsNotItemized += 1 }
    }

    /// The hop of a session, as far as anything of it is kept.
    public func hop(of session: borrowing MailSession) -> Hop? { hops[HopKey(session)] }

    /// How often something followed a failure of TLS on the hop of a session.
    public func followers(of session: borrowing MailSession) -> Int { hop(of: session)?.followers ?? 0 }

    /// `false` where there is no room for the hop; there is more where something was found. `change` is told whether it may
    /// grow.
    private mutating func change(_ key: HopKey, isTold: Bool, _ change: (inout Hop, Bool) -> Void) -> Bool {
        if let place = hops.index(forKey: key) {
            let mayGrow = room.mayGrow(cost)
            cost -= hops.values[place].cost
            change(&hops.values[place], mayGrow)
            cost += hops.values[place].cost
            return true
        }
        guard room.admits(beside: hops.count, cost, isTold: isTold) else {
            room.refuse(key)
            return false
        }
        var hop = Hop(key: key, retryWindow: retryWindow)
        change(&hop, true)
        cost += hop.cost
        hops[key] = hop
        room.accept(key)
        return true
    }

    /// Adds what was collected elsewhere; the limit was kept there.
    public mutating func merge(_ other: Self) {
        hops.reserveCapacity(hops.count + other.hops.count)
        for (key, hop) in other.hops { hops[key, default: Hop(key: key, retryWindow: retryWindow)].merge(hop) }
        cost += other.cost
        room.merge(other.room)
        sessionsNotItemized += other.sessionsNotItemized
    }

    /// Worst verdict leading, then worst finding, then by key: the same for every order of the sessions.
    public var sorted: [Hop] {
        // Objects are sorted: moving a hop counts a dozen references, and so does taking out its key.
        let all = Array(hops.values)
        return all.indices.map { Rank(all[$0], $0) }.sorted { $0.precedes($1) }.map { all[$0.place] }
    }
}

/// What a hop is sorted by.
private final class Rank {
    private let verdict: Verdict
    private let worst: Int
    private let key: HopKey
    let place: Int

    init(_ hop: Hop, _ place: Int) {
        verdict = hop.verdict
        worst = hop.worst
        key = hop.key
        self.place = place
    }

    func precedes(_ other: Rank) -> Bool {
        if verdict != other.verdict { return verdict < other.verdict }
        if worst != other.worst { return worst > other.worst }
        return key < other.key
    }
}

extension Hop {
    /// Below `info` where nothing was found.
    fileprivate var worst: Int { findings.map(\.leading.severity.rawValue).max() ?? -1 }
}

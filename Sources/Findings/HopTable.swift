import Sessions
import Wire

/// All hops of a capture, in bounded memory.
package struct HopTable: Sendable {
    private var hops: [HopKey: Hop] = [:]
    private var overLimit: Set<HopKey> = []
    /// Hops, and octets that they take, at most.
    private let limit: Int
    private let budget: Int
    private var cost = 0
    /// Sessions of hops over the limit: they are counted in the summary and itemized nowhere.
    package private(set) var sessionsNotItemized = 0

    package static let defaultLimit = 65_536

    package init(limit: Int = Self.defaultLimit, budget: Int = .max) {
        self.limit = limit
        self.budget = budget
    }

    package var count: Int { hops.count }

    /// The hops of those sessions, told apart in bounded memory: the limit itself stands for that many or more.
    package var hopsNotItemized: Int { overLimit.count }

    /// Adds a judged session to its hop; sessions that are not mail belong to none.
    package mutating func add(_ judged: JudgedSession) {
        guard judged.session.application != .notMail else { return }
        let key = HopKey(judged.session)
        if let place = hops.index(forKey: key) {
            cost -= hops.values[place].cost
            hops.values[place].add(judged)
            cost += hops.values[place].cost
            return
        }
        if hops.count < limit, cost < budget {
            var hop = Hop(key: key)
            hop.add(judged)
            cost += hop.cost
            hops[key] = hop
            return
        }
        sessionsNotItemized += 1
        if overLimit.count < limit { overLimit.insert(key) }
    }

    /// Adds what was collected elsewhere; the limit was kept there.
    package mutating func merge(_ other: Self) {
        for (key, hop) in other.hops { hops[key, default: Hop(key: key)].merge(hop) }
        cost += other.cost
        overLimit.formUnion(other.overLimit)
        sessionsNotItemized += other.sessionsNotItemized
    }

    /// Worst verdict leading, then worst finding, then by key: the same for every order of the sessions.
    package var sorted: [Hop] {
        hops.values.sorted { left, right in
            if left.verdict != right.verdict { return left.verdict < right.verdict }
            if left.worst != right.worst { return left.worst > right.worst }
            return left.key < right.key
        }
    }
}

extension Hop {
    /// Below `info` where nothing was found.
    fileprivate var worst: Int { findings.map(\.leading.severity.rawValue).max() ?? -1 }
}

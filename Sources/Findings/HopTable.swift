import Sessions
import Wire

/// All hops of a capture, in bounded memory.
package struct HopTable: Sendable {
    private var hops: [HopKey: Hop] = [:]
    private var overLimit: Set<HopKey> = []
    private let limit: Int

    package static let maximum = 65_536

    package init(limit: Int = Self.maximum) { self.limit = limit }

    package var count: Int { hops.count }

    /// Hops over the limit: their findings are counted in the summary and itemized nowhere. At most the limit once
    /// more is told apart; `limit` itself means that many or more.
    package var notItemized: Int { overLimit.count }

    /// Adds a judged session to its hop; sessions that are not mail belong to none.
    package mutating func add(_ judged: JudgedSession) {
        guard judged.session.application != .notMail else { return }
        let key = HopKey(judged.session)
        if hops[key] != nil || hops.count < limit {
            hops[key, default: Hop(key: key)].add(judged)
        } else if overLimit.count < limit {
            overLimit.insert(key)
        }
    }

    /// Worst verdict leading, then worst finding, then by key: the same for every order of the sessions.
    package var inReportOrder: [Hop] {
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

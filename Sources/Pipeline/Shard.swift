import Findings
import Sessions
import Wire

/// The part of a capture whose hosts fall into one of `Shard.count` classes: all connections between two hosts are in
/// one, and so is everything that is said of them.
///
/// Their number does not depend on how many threads work on them, and each has its share of the budgets: so a run with
/// one thread keeps, forgets and writes just what a run with several does.
struct Shard {
    var tracker: ConnectionTracker
    /// Hops, where they are reported.
    var hops: HopTable
    /// What hops remember, where they are not.
    var retries: RetryTable

    /// Something of each class that pairs of hosts fall into; their number is a power of two.
    typealias Each<Value> = InlineArray<8, Value>
    static let count = Each<Int>.count

    init(_ options: RunOptions) {
        tracker = ConnectionTracker(options.tracker.share(of: Self.count))
        if let evidence = options.evidence {
            tracker.keepEvidence(
                in: EvidenceStore(budget: options.memory.evidence / Self.count, isRaw: evidence.isRaw))
        }
        let limit = max(1, HopTable.defaultLimit / Self.count)
        let budget = options.memory.hops / Self.count
        hops = HopTable(limit: limit, budget: budget, retryWindow: options.retryWindow)
        retries = RetryTable(limit: limit, budget: budget, window: options.retryWindow)
    }

    /// How often something followed a failure of TLS on the hop of a session.
    func followers(of session: borrowing MailSession) -> Int {
        hops.followers(of: session) + retries.followers(of: session)
    }

    /// The hop of a session, as far as anything of it is kept.
    func hop(of session: borrowing MailSession) -> Hop? { hops.hop(of: session) ?? retries.hop(of: session) }

    /// Hops for which there was no room.
    var hopsNotItemized: Int { hops.hopsNotItemized + retries.hopsNotItemized }

    /// The class of a segment's hosts.
    @inline(__always)
    static func number(of segment: borrowing TCPSegment) -> Int {
        number(ofHosts: FlowKey.hostPair(segment))
    }

    /// The class of a pair of hosts, as `FlowKey.hostPair` tells it.
    @inline(__always)
    static func number(ofHosts hostPair: UInt64) -> Int {
        Int(truncatingIfNeeded: hostPair & UInt64(count - 1))
    }
}

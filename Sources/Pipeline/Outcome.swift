import Findings
import Sessions

/// What became complete while a worker went through a block, in the order in which it did.
struct Outcome: Sendable {
    /// One session.
    struct Entry: Sendable {
        let order: Order
        let shard: Int
        /// Where its events end in `text`; they begin where those of the entry before end.
        var textEnd: Int
        let observation: CaptureObservations.Note
        /// None or one: a session that cannot be judged before everything that became complete earlier was observed. Most
        /// entries have none, and an optional one would take its whole room in each.
        let undecided: [MailSession]
        /// None or one: its packets, where they are kept and something was found, or may be.
        var evidence: [EvidenceRecord] = []
    }

    /// When a session became complete.
    struct Order: Comparable, Sendable {
        private let value: UInt64

        /// With the packet of this number in the run; where the capture has ended, the session's opening one.
        static func with(_ packet: UInt64) -> Self { Self(value: packet &* 2) }

        /// Behind that packet, whosever it was.
        static func behind(_ packet: UInt64) -> Self { Self(value: packet &* 2 &+ 1) }

        static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    }

    var entries: [Entry] = []
    /// The sessions' events.
    var text: [UInt8] = []

    /// Where an entry's events begin.
    func start(of place: Int) -> Int { place == 0 ? 0 : entries[place - 1].textEnd }

    func rank(of place: Int) -> Rank { Rank(entries[place].order, entries[place].shard) }

    /// Where an entry stands among others. Apart from it, since an entry that is taken out counts all that it refers to.
    struct Rank: Comparable {
        let order: Order
        let shard: Int

        init(_ order: Order, _ shard: Int) {
            self.order = order
            self.shard = shard
        }

        static func < (left: Self, right: Self) -> Bool { (left.order, left.shard) < (right.order, right.shard) }
    }
}

/// Goes through the outcomes of several workers for the same block in one order.
struct MergedOutcomes {
    private let outcomes: [Outcome]
    private var next: [Int]

    init(_ outcomes: [Outcome]) {
        self.outcomes = outcomes
        next = Array(repeating: 0, count: outcomes.count)
    }

    /// The next entry, and its events' octets as a part of the text of one of the outcomes.
    mutating func take() -> (entry: Outcome.Entry, text: ArraySlice<UInt8>)? {
        var best: Int?
        for index in outcomes.indices where next[index] < outcomes[index].entries.count {
            guard let known = best else {
                best = index
                continue
            }
            if outcomes[index].rank(of: next[index]) < outcomes[known].rank(of: next[known]) { best = index }
        }
        guard let best else { return nil }
        let place = next[best]
        let entry = outcomes[best].entries[place]
        next[best] += 1
        return (entry, outcomes[best].text[outcomes[best].start(of: place)..<entry.textEnd])
    }
}

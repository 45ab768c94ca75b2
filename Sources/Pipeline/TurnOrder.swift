/// Whose turn it is of several inputs: the one whose next packet is the earliest, of equal ones the one named earlier.
///
/// A heap, so that a turn costs little however many inputs there are.
struct TurnOrder {
    /// An input's next packet.
    struct Turn: Comparable {
        var time: Int64
        let input: Int

        static func < (left: Self, right: Self) -> Bool {
            left.time < right.time || left.time == right.time && left.input < right.input
        }
    }

    /// None comes before those at twice its index and one or two more.
    private var turns: [Turn]

    /// The times of all inputs, in their order.
    init(_ times: [Int64]) {
        turns = times.enumerated().map { Turn(time: $0.element, input: $0.offset) }.sorted()
    }

    var first: Turn? { turns.first }

    /// The one whose turn comes behind `first`, should that not change.
    var second: Turn? { turns.dropFirst().prefix(2).min() }

    /// The first one's next packet is of `time`.
    mutating func move(to time: Int64) {
        guard !turns.isEmpty else { return }
        turns[0].time = time
        sink()
    }

    /// The first one has no more packets.
    mutating func removeFirst() {
        guard let last = turns.popLast(), !turns.isEmpty else { return }
        turns[0] = last
        sink()
    }

    private mutating func sink() {
        var place = 0
        while true {
            var earliest = place
            for child in 2 * place + 1...2 * place + 2 where child < turns.count && turns[child] < turns[earliest] {
                earliest = child
            }
            guard earliest != place else { return }
            turns.swapAt(place, earliest)
            place = earliest
        }
    }
}

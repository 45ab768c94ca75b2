import Support
import Wire

/// What stands between hosts and a capture: segments are cut otherwise, come a few places early or late, come twice, and
/// are sent again with other limits. No octet is lost, and none is altered.
///
/// A SYN stays before what else its sender says, which is a round trip later; against the other side it may move.
struct Tap {
    private var random: SeededGenerator
    private var pieces: [Segment] = []

    /// Places that a segment may be off.
    private static let displacement = 5

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func see(_ segments: [Segment]) -> [Segment] {
        pieces = segments.flatMap { cut($0) }
        for _ in 0..<number(0...3) { sendAgain() }
        for _ in 0..<number(0...4) { showTwice() }
        for _ in 0..<number(0...12) { move() }
        // Up to a millisecond between them: all of it within what is waited for a missing segment.
        return pieces.restamped(every: Int64(number(1...1000)) * 1000)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func cut(_ segment: Segment) -> [Segment] {
        guard segment.payload.count > 1, number(0...1) == 0 else { return [segment] }
        var places: Set<Int> = [0, segment.payload.count]
        for _ in 0..<number(1...4) { places.insert(number(1...segment.payload.count - 1)) }
        let sorted = places.sorted()
        return zip(sorted, sorted.dropFirst()).map { start, end in
            // Some begin before the one before them has ended.
            segment.part((number(0...3) == 0 ? number(0...start) : start)..<end)
        }
    }

    /// Octets around the end of a segment, sent again after both it and its follower.
    private mutating func sendAgain() {
        let carrying = pieces.indices.filter { !pieces[$0].payload.isEmpty }
        guard let index = carrying.randomElement(using: &random) else { return }
        let first = pieces[index]
        var again = first.part(number(0...first.payload.count - 1)..<first.payload.count)
        again.flags.remove(.fin)
        var place = index
        let end = first.sequence &+ UInt32(first.payload.count)
        let follower = pieces.indices.first { $0 > index && pieces[$0].continues(first, at: end) }
        if let follower {
            again.payload += pieces[follower].payload.prefix(number(0...pieces[follower].payload.count))
            again.acknowledgment = pieces[follower].acknowledgment
            place = follower
        }
        pieces.insert(again, at: min(pieces.count, place + number(1...8)))
    }

    /// A copy, any time later.
    private mutating func showTwice() {
        let index = number(0...pieces.count - 1)
        pieces.insert(pieces[index], at: number(index + 1...pieces.count))
    }

    /// Where the recording holds it.
    private func beginsWithSYN(_ side: Side) -> Bool {
        guard pieces.contains(where: { $0.from == side && $0.flags.contains(.syn) }) else { return true }
        return pieces.first { $0.from == side }?.flags.contains(.syn) == true
    }

    private mutating func move() {
        let index = number(0...pieces.count - 1)
        let segment = pieces.remove(at: index)
        let target = min(pieces.count, max(0, index + number(-Self.displacement...Self.displacement)))
        pieces.insert(segment, at: target)
        for side in [Side.client, .server] where !beginsWithSYN(side) {
            pieces.remove(at: target)
            pieces.insert(segment, at: index)
            return
        }
    }
}

extension Tap {
    /// Without a SYN nothing but the packet that shows a stream before all others tells where it begins: by its own
    /// number, or by what it acknowledges. Where that is not the stream's least, the octets before it lie before the
    /// beginning of what is known, and whoever watches cannot tell them from repetitions.
    static func leavesBeginningOpen(_ segments: [Segment]) -> Bool {
        for side in [Side.client, .server] {
            let own = segments.filter { $0.from == side && !$0.flags.contains(.rst) }
            guard !own.contains(where: { $0.flags.contains(.syn) }) else { continue }
            let numbers = segments.compactMap { segment -> UInt32? in
                if segment.flags.contains(.rst) { return nil }
                if segment.from == side { return segment.sequence }
                return segment.flags.contains(.ack) ? segment.acknowledgment : nil
            }
            guard let first = numbers.first else { continue }
            if own.contains(where: { Int32(bitPattern: $0.sequence &- first) < 0 }) { return true }
        }
        return false
    }
}

extension Segment {
    fileprivate func continues(_ other: Segment, at end: UInt32) -> Bool {
        from == other.from && sequence == end && !payload.isEmpty
    }
}

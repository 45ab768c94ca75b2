import Capture

/// The times by which the packets of one input are merged with those of others: their stamps, but for those that the packets
/// around them contradict.
///
/// A packet whose stamp leaps comes at the time of the one before it, unless the leap is confirmed by those that follow it,
/// or nobody contradicts it as far as packets are at hand and it is not absurd. So one frame stamped decades ahead
/// keeps nothing back, and quiet hours are what they are.
struct InputTime {
    /// What a stamp may not be far from; `nil` before any packet.
    private var believed: Int64?
    /// The time of the packet before.
    private var last: Int64 = 0
    /// The stamp of the last packet that was doubted, and how many in a row agree with it.
    private var doubted: Int64 = 0
    private var doubters = 0

    /// The time of the packet at `index`; asked once of every packet, in order.
    mutating func time(at index: Int, of block: CaptureBlock) -> Int64 {
        let stamp = block.nanoseconds(at: index)
        let known = believed ?? begin(block, stamp)
        guard !Self.isNear(stamp, known) else {
            believed = max(known, stamp)
            last = stamp
            doubters = 0
            return stamp
        }
        return isBelieved(index, of: block, against: known) ? leap(to: stamp) : doubt(stamp)
    }

    private mutating func begin(_ block: CaptureBlock, _ stamp: Int64) -> Int64 {
        let beginning = StampVote.beginning(of: block.leadingStamps) ?? stamp
        believed = beginning
        last = beginning
        return beginning
    }

    private static func isNear(_ stamp: Int64, _ known: Int64) -> Bool {
        let step = StampVote.distance(from: known, to: stamp)
        return step >= -StampVote.leap && step <= StampVote.leap
    }

    /// Looks ahead, to the end of the block at most: no packet waits for what is not read yet.
    private func isBelieved(_ index: Int, of block: CaptureBlock, against known: Int64) -> Bool {
        var agreeing = doubters
        var before = doubted
        for other in index..<block.count {
            let stamp = block.nanoseconds(at: other)
            if Self.isNear(stamp, known) { return false }
            if agreeing > 0, StampVote.distance(from: before, to: stamp) < -StampVote.leap {
                guard other == index else { return false }
                agreeing = 0
            }
            agreeing += 1
            before = stamp
            if agreeing >= CaptureClock.needed { return true }
        }
        let step = StampVote.distance(from: known, to: block.nanoseconds(at: index))
        return step >= -StampVote.year && step <= StampVote.year
    }

    private mutating func leap(to stamp: Int64) -> Int64 {
        believed = stamp
        last = stamp
        doubters = 0
        return stamp
    }

    private mutating func doubt(_ stamp: Int64) -> Int64 {
        if doubters > 0, StampVote.distance(from: doubted, to: stamp) < -StampVote.leap { doubters = 0 }
        doubters += 1
        doubted = stamp
        return last
    }
}

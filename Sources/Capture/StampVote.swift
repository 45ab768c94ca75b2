/// Tells of a few stamps that follow each other in a capture which of them the others bear out: a lone frame stamped decades
/// ahead, or 1970, must not say when a file begins or ends.
public enum StampVote {
    /// Stamps that are asked at most: the majority of them is as many as confirm that a clock leapt.
    public static let voters = 15
    /// Frames that follow each other are seldom further apart, in nanoseconds: one hour.
    public static let leap: Int64 = 3_600_000_000_000
    /// No few frames are so far apart, in nanoseconds: one year.
    public static let year: Int64 = 365 * 86_400_000_000_000

    /// The first of some stamps that is believed. Hours in which nothing came contradict nothing.
    public static func beginning(of stamps: [Int64]) -> Int64? {
        stamps.indices.first { isBelieved($0, of: stamps, ahead: year) }.map { stamps[$0] } ?? stamps.min()
    }

    /// The last one. It leaves out what is behind a quiet hour rather than claim time that nobody bears out.
    public static func end(of stamps: [Int64]) -> Int64? {
        stamps.indices.last { isBelieved($0, of: stamps, ahead: leap) }.map { stamps[$0] } ?? stamps.min()
    }

    private static func isBelieved(_ index: Int, of stamps: [Int64], ahead limit: Int64) -> Bool {
        var contradicting = 0
        var isLater = false
        for other in stamps.indices {
            let (first, second) = (stamps[min(index, other)], stamps[max(index, other)])
            let step = distance(from: first, to: second)
            guard step < -leap || step > limit else { continue }
            contradicting += 1
            if stamps[other] < stamps[index] { isLater = true }
        }
        // Of two times that as many bear out it is the earlier one.
        return 2 * contradicting < stamps.count || 2 * contradicting == stamps.count && !isLater
    }

    /// Nanoseconds between two stamps, without overflow whatever they are.
    public static func distance(from first: Int64, to second: Int64) -> Int64 {
        let (step, overflow) = second.subtractingReportingOverflow(first)
        return overflow ? (second < first ? .min : .max) : step
    }
}

extension CaptureBlock {
    /// Stamps of its leading packets, as many as are asked.
    public var leadingStamps: [Int64] { (0..<min(count, StampVote.voters)).map(nanoseconds) }

    /// Those of its last ones.
    public var lastStamps: [Int64] { (max(0, count - StampVote.voters)..<count).map(nanoseconds) }
}

/// Notices inputs that were captured at the same time and yet are read one after the other, or in the wrong order, as a shell names
/// the tenth file of a rotation before the second.
struct OverlapNotice {
    private var last: (name: String, begin: Int64, end: Int64)?
    private var isGiven = false

    /// Clocks and rotations are not exact to a second, in nanoseconds.
    private static let tolerance: Int64 = 1_000_000_000

    /// One sentence, once a run, where `reader` and the input before it certainly overlap, or were swapped in a rotation.
    mutating func sentence(after reader: InputReader) -> String? {
        guard let span = reader.span else { return nil }
        defer { last = (reader.summary.name, span.begin, span.end) }
        guard let last, !isGiven else { return nil }
        let (common, overflow) = min(last.end, span.end).subtractingReportingOverflow(max(last.begin, span.begin))
        guard !overflow else { return nil }
        if common > Self.tolerance {
            isGiven = true
            return "\(reader.summary.name) was captured while \(last.name) was; --merge reads them in the order of time"
        }
        guard span.begin < last.begin, Self.family(reader.summary.name) == Self.family(last.name) else { return nil }
        isGiven = true
        return "\(reader.summary.name) was captured before \(last.name), and is read behind it; --merge reads them in "
            + "the order of time"
    }

    /// What files of one rotation have in common: all but the number that they end with, if any.
    private static func family(_ name: String) -> Substring {
        var stem = name[...]
        for ending in [".gz", ".zst"] where stem.hasSuffix(ending) { stem.removeLast(ending.count) }
        while stem.last?.isNumber == true { stem.removeLast() }
        return stem
    }
}

import ArgumentParser
import Pipeline
import Wire

extension RunOptions.Format: ExpressibleByArgument {}

/// A list of ports such as `25,465,587` or `1-65535`.
struct PortList {
    let ranges: [ClosedRange<UInt16>]

    var set: PortSet { PortSet(ranges) }

    init(_ text: String, option: String) throws {
        var ranges: [ClosedRange<UInt16>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = ends.first.flatMap({ UInt16($0) }),
                let last = UInt16(ends[ends.count - 1]),
                first >= 1, first <= last
            else { throw ValidationError("\(option) takes ports such as 25,465,587 or 1-65535, not '\(text)'.") }
            ranges.append(first...last)
        }
        self.ranges = ranges
    }
}

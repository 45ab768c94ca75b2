/// Two copies of the same place in a stream that are not the same octets.
package struct Difference: Sendable {
    /// Stream offset of the leading octet that differs.
    package let offset: Int64
    /// The octets from there on in the copy that came in earlier and is used, at most `maximumKept`.
    package let used: [UInt8]
    /// The octets in the other copy, as many.
    package let other: [UInt8]
    /// The earlier copy's frame, where it is known.
    package let frame: FrameNumber?

    package static let maximumKept = 64

    /// Compares as many octets as both have; `nil` where they are the same.
    init?(_ used: Span<UInt8>, _ other: Span<UInt8>, at offset: Int64, frame: FrameNumber?) {
        let count = min(used.count, other.count)
        var start = 0
        while start < count, used[start] == other[start] { start += 1 }
        guard start < count else { return nil }
        let kept = start..<min(count, start + Self.maximumKept)
        self.offset = offset + Int64(start)
        self.used = [UInt8](copying: used.extracting(kept))
        self.other = [UInt8](copying: other.extracting(kept))
        self.frame = frame
    }
}

/// Two copies of the same place in a stream that are not the same octets, and where they were seen.
package struct Conflict: Sendable {
    package let difference: Difference
    /// The frame of the copy that is not used.
    package let frame: FrameNumber

    package init(_ difference: Difference, in frame: FrameNumber) {
        self.difference = difference
        self.frame = frame
    }
}

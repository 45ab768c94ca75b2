/// Two copies of the same place in a stream that are not the same octets.
public struct Difference: Sendable, Equatable {
    /// Stream offset of the leading octet that differs.
    public let offset: Int64
    /// The octets from there on in the copy that came in earlier and is used, at most `maximumKept`.
    public let used: [UInt8]
    /// The octets in the other copy, as many.
    public let other: [UInt8]
    /// The earlier copy's frame, where it is known.
    public let frame: FrameNumber?
    /// The checksums of the earlier copy were right, so that it is not the capture that damaged it.
    public let isProven: Bool

    public static let maximumKept = 64

    /// Compares as many octets as both have; `nil` where they are the same.
    init?(_ used: Span<UInt8>, _ other: Span<UInt8>, at offset: Int64, frame: FrameNumber?, isProven: Bool) {
        let count = min(used.count, other.count)
        guard !used.extracting(..<count).equals(other.extracting(..<count)) else { return nil }
        var start = 0
        while start < count, used[start] == other[start] { start += 1 }
        guard start < count else { return nil }
        let kept = start..<min(count, start + Self.maximumKept)
        self.offset = offset + Int64(start)
        self.used = [UInt8](copying: used.extracting(kept))
        self.other = [UInt8](copying: other.extracting(kept))
        self.frame = frame
        self.isProven = isProven
    }
}

/// Two copies of the same place in a stream that are not the same octets, and where they were seen.
public struct Conflict: Sendable, Equatable {
    public let difference: Difference
    /// The frame of the copy that is not used.
    public let frame: FrameNumber
    /// The checksums of both copies were right.
    public let isProven: Bool
    /// The earlier copy's place was acknowledged before the other one came, which no receiver reads then.
    public let isSettled: Bool

    init(_ difference: Difference, in frame: FrameNumber, _ integrity: Integrity, acknowledged: Int64) {
        self.difference = difference
        self.frame = frame
        isSettled = acknowledged > difference.offset
        isProven = difference.isProven && integrity == .intact
    }
}

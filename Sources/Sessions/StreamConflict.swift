import Wire

/// Two copies of the same octets of a stream that differ: what the receiver read cannot be told.
public struct StreamConflict: Sendable, Equatable {
    public let side: Side
    /// Offset of the leading octet that differs in its side's stream.
    public let offset: Int64
    /// Octets from there to the end of what both copies have, at most `Difference.maximumKept`.
    public let length: Int
    /// The frame of the copy that came in earlier, which is the one that is read here; `nil` where it is not known.
    public let usedFrame: FrameNumber?
    /// The frame of the copy that contradicts it.
    public let frame: FrameNumber
    /// The octets of both; `nil` where they may not be shown.
    public let used: QuotedText?
    public let other: QuotedText?
    /// The checksums of both copies were right, so that neither was damaged on its way.
    public let isProven: Bool
    /// The other copy came when the place had been acknowledged: the receiver did not read it.
    public let isSettled: Bool
    public var place = Place.elsewhere

    public enum Place: Sendable {
        /// Behind the reply to the greeting and before mail: the reply to EHLO, STARTTLS and its reply.
        case negotiation
        /// The TLS handshake as far as it is in clear.
        case handshake
        case elsewhere
    }

    /// Octets of memory that one takes at most, roughly.
    public static let cost = 4 * 4 * Difference.maximumKept + 160

    public init(_ conflict: Conflict, of side: Side, isQuotable: Bool) {
        let difference = conflict.difference
        self.side = side
        offset = difference.offset
        length = difference.used.count
        usedFrame = difference.frame
        frame = conflict.frame
        used = isQuotable ? QuotedText(difference.used.span, limit: Difference.maximumKept) : nil
        other = isQuotable ? QuotedText(difference.other.span, limit: Difference.maximumKept) : nil
        isProven = conflict.isProven
        isSettled = conflict.isSettled
    }
}

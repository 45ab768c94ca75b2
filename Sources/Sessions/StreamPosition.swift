import Wire

/// Where octets of a stream lie: in which frame, how far into the stream, and what their segment acknowledged.
public struct StreamPosition: Sendable, Equatable {
    public var frame: FrameNumber
    /// Offset from the start of the stream (of what was captured of it).
    public var offset: Int64
    /// How far the segment acknowledged the other stream; `nil` where that is not known.
    public var acknowledged: Int64?

    public init(frame: FrameNumber, offset: Int64, acknowledged: Int64?) {
        self.frame = frame
        self.offset = offset
        self.acknowledged = acknowledged
    }

    func advanced(by count: Int) -> Self {
        Self(frame: frame, offset: offset + Int64(count), acknowledged: acknowledged)
    }

    func excerpt(_ side: Side, _ text: QuotedText) -> Excerpt {
        Excerpt(frame: frame, side: side, offset: offset, octets: text)
    }
}

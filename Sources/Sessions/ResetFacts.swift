import Wire

/// A reset that fits a connection, and whether that went on in spite of it: then its sender did not send it, or the
/// other side never believed it.
public struct ResetFacts: Sendable, Equatable {
    /// Whose reset it says it is.
    public let side: Side
    public let frame: FrameNumber
    /// When it came, by the capture's clock.
    public let time: Timestamp
    /// Where it stands in its sender's stream; `nil` where that is not known.
    public let offset: Int64?
    /// How far its sender's stream, and the other one, had come in the capture.
    public let delivered: Int64
    public let deliveredByPeer: Int64
    /// How far the other side had acknowledged its sender's stream.
    public let acknowledged: Int64
    public let traits: PacketTraits
    /// The packet of the same side that followed, no reset itself.
    public var follower: Observed<PacketTraits>?
    /// What showed that the connection lives; `nil` where nothing did.
    public var survival: Observed<ResetSurvival>?

    /// What one takes, in octets.
    public static let cost = MemoryLayout<Self>.stride

    public init(
        _ side: Side, in frame: FrameNumber, at time: Timestamp, offset: Int64?, _ order: borrowing TCPConnection,
        _ traits: PacketTraits
    ) {
        self.side = side
        self.frame = frame
        self.time = time
        self.offset = offset
        delivered = order.delivered(of: side)
        deliveredByPeer = order.delivered(of: side.other)
        acknowledged = order.acknowledged(of: side)
        self.traits = traits
    }
}

/// How it is known that a reset ended nothing.
public enum ResetSurvival: Sendable, Hashable {
    /// The other side received octets behind it, which it would not have if it had believed the reset.
    case acknowledged
    /// Its sender went on with its stream, later than a tap could have reordered.
    case continued
    /// Its sender received what the other side sent after it, and said so.
    case received
}

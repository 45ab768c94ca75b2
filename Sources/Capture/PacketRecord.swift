/// Where a packet lies in its block and what its record says of it, whatever format the file has.
@usableFromInline
struct PacketRecord: BitwiseCopyable, Sendable {
    /// Nanoseconds since 1970.
    @usableFromInline var nanoseconds: Int64
    /// Of its leading octet, from the block's start.
    @usableFromInline var offset: UInt32
    /// Octets that were captured.
    @usableFromInline var captured: UInt32
    /// Octets on the wire; never fewer than were captured.
    @usableFromInline var original: UInt32
    /// The index of its interface in the block's table, and above it a bit that says that the filter left it out.
    @usableFromInline var slot: UInt32

    /// Set in `slot` for a packet that the filter leaves out.
    @usableFromInline static var leftOut: UInt32 { 1 << 31 }

    init(nanoseconds: Int64, offset: Int, captured: UInt32, original: UInt32, slot: Int) {
        self.nanoseconds = nanoseconds
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.captured = captured
        self.original = max(original, captured)
        self.slot = UInt32(truncatingIfNeeded: slot)
    }
}

/// Frames that are no packets, before the packet at `index` of a block: a journal's entries in pcapng, for example.
@usableFromInline
struct FrameJump: BitwiseCopyable, Sendable {
    @usableFromInline let index: Int
    /// All of the block up to here.
    @usableFromInline var passed: UInt64
}

/// What the packets of one interface have in common.
public struct CaptureInterface: Sendable, Equatable {
    /// Link type of its packets (DLT_…).
    public let linkType: Int32
    /// 0-based number in its section.
    public let number: UInt32

    public init(linkType: Int32, number: UInt32 = 0) {
        self.linkType = linkType
        self.number = number
    }
}

/// A packet where it lies in its block.
public struct Packet: ~Escapable, BitwiseCopyable {
    /// The captured octets, from the link header on.
    public let octets: Span<UInt8>
    /// Nanoseconds since 1970 by the capture's clock.
    public let nanoseconds: Int64
    /// Length of the frame on the wire, in octets; never less than was captured.
    public let originalLength: Int
    /// 1-based number in its file, as Wireshark counts.
    public let number: UInt64
    /// Link type (DLT_…), which in pcapng may differ from packet to packet.
    public let linkType: Int32
    /// 0-based number of its interface in its section; 0 in classic pcap.
    public let interface: UInt32
    /// Whether the user's filter lets it through.
    public let isSelected: Bool

    @inlinable @_lifetime(copy octets)
    init(
        octets: Span<UInt8>, nanoseconds: Int64, originalLength: Int, number: UInt64, linkType: Int32,
        interface: UInt32, isSelected: Bool
    ) {
        self.octets = octets
        self.nanoseconds = nanoseconds
        self.originalLength = originalLength
        self.number = number
        self.linkType = linkType
        self.interface = interface
        self.isSelected = isSelected
    }
}

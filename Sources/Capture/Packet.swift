/// A packet as libpcap hands it over, valid until the next one is asked for.
package struct Packet: ~Escapable {
    /// The captured octets, from the link header on.
    package let octets: Span<UInt8>
    /// Nanoseconds since 1970 by the capture's clock.
    package let nanoseconds: Int64
    /// Length of the frame on the wire, in octets; never less than was captured.
    package let originalLength: Int
    /// 1-based number in its file, as Wireshark counts.
    package let number: UInt64
    /// Whether the user's filter lets it through.
    package let isSelected: Bool

    @_lifetime(copy octets)
    init(octets: Span<UInt8>, nanoseconds: Int64, originalLength: Int, number: UInt64, isSelected: Bool) {
        self.octets = octets
        self.nanoseconds = nanoseconds
        self.originalLength = max(originalLength, octets.count)
        self.number = number
        self.isSelected = isSelected
    }
}

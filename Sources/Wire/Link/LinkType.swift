/// A libpcap data link type (DLT_… as `pcap_datalink` returns it; the tcpdump.org registry).
package struct LinkType: Hashable, Sendable {
    package let rawValue: Int32

    @inlinable
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// BSD loopback, address family in the capturing host's byte order.
    package static let null = Self(rawValue: 0)
    package static let ethernet = Self(rawValue: 1)
    /// PPP, with or without the address and control octets of its framing (RFC 1661, RFC 1662).
    package static let ppp = Self(rawValue: 9)
    /// Raw IP; the number differs by platform (12 on Linux, 14 on OpenBSD, 101 in files).
    package static let raw = Self(rawValue: 12)
    package static let rawBSD = Self(rawValue: 14)
    /// PPP or Cisco HDLC, told by the address octet.
    package static let pppSerial = Self(rawValue: 50)
    /// A PPPoE session header without Ethernet's.
    package static let pppEthernet = Self(rawValue: 51)
    package static let rawFile = Self(rawValue: 101)
    package static let ciscoHDLC = Self(rawValue: 104)
    /// OpenBSD loopback, address family in network order.
    package static let loop = Self(rawValue: 108)
    package static let linuxCooked = Self(rawValue: 113)
    /// An octet for the direction, then PPP.
    package static let pppWithDirection = Self(rawValue: 204)
    package static let ipv4 = Self(rawValue: 228)
    package static let ipv6 = Self(rawValue: 229)
    package static let linuxCooked2 = Self(rawValue: 276)

    /// Whether `PacketDecoder` can read frames of this type.
    package var isSupported: Bool {
        switch self {
        case .null, .ethernet, .raw, .rawBSD, .rawFile, .loop, .linuxCooked, .ipv4, .ipv6, .linuxCooked2: true
        case .ppp, .pppSerial, .pppEthernet, .pppWithDirection, .ciscoHDLC: true
        default: false
        }
    }
}

/// A libpcap data link type (DLT_… as `pcap_datalink` returns it; the tcpdump.org registry).
public struct LinkType: Hashable, Sendable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// BSD loopback, address family in the capturing host's byte order.
    public static let null = Self(rawValue: 0)
    public static let ethernet = Self(rawValue: 1)
    /// PPP, with or without the address and control octets of its framing (RFC 1661, RFC 1662).
    public static let ppp = Self(rawValue: 9)
    /// Raw IP; the number differs by platform (12 on Linux, 14 on OpenBSD, 101 in files).
    public static let raw = Self(rawValue: 12)
    public static let rawBSD = Self(rawValue: 14)
    /// PPP or Cisco HDLC, told by the address octet.
    public static let pppSerial = Self(rawValue: 50)
    /// A PPPoE session header without Ethernet's.
    public static let pppEthernet = Self(rawValue: 51)
    public static let rawFile = Self(rawValue: 101)
    public static let ciscoHDLC = Self(rawValue: 104)
    /// OpenBSD loopback, address family in network order.
    public static let loop = Self(rawValue: 108)
    public static let linuxCooked = Self(rawValue: 113)
    /// An octet for the direction, then PPP.
    public static let pppWithDirection = Self(rawValue: 204)
    public static let ipv4 = Self(rawValue: 228)
    public static let ipv6 = Self(rawValue: 229)
    public static let linuxCooked2 = Self(rawValue: 276)

    /// Whether `PacketDecoder` can read frames of this type.
    public var isSupported: Bool {
        switch self {
        case .null, .ethernet, .raw, .rawBSD, .rawFile, .loop, .linuxCooked, .ipv4, .ipv6, .linuxCooked2: true
        case .ppp, .pppSerial, .pppEthernet, .pppWithDirection, .ciscoHDLC: true
        default: false
        }
    }
}

/// What a header says comes behind it.
enum NextHeader: Equatable, Sendable {
    case ethernet
    case etherType(UInt16)
    case mpls
    case pppoe
    case ppp
    /// The version field tells.
    case ip
    case ipv4
    case ipv6
}

/// Numbers that stand in the type field of Ethernet, GRE and others (IANA "IEEE 802 Numbers").
@usableFromInline
enum EtherType {
    static let ipv4: UInt16 = 0x0800
    static let arp: UInt16 = 0x0806
    static let ipv6: UInt16 = 0x86DD
    /// IEEE 802.1Q.
    @inlinable @inline(__always) static var vlan: UInt16 { 0x8100 }
    /// IEEE 802.1ad, and the numbers that were used before it.
    static let serviceVLAN: UInt16 = 0x88A8
    static let oldVLAN9100: UInt16 = 0x9100
    static let oldVLAN9200: UInt16 = 0x9200
    static let mplsUnicast: UInt16 = 0x8847
    static let mplsMulticast: UInt16 = 0x8848
    static let pppoeSession: UInt16 = 0x8864
    /// PPP in PPTP (RFC 2637 §4.1).
    static let ppp: UInt16 = 0x880B
    /// Transparent Ethernet bridging: a whole frame.
    static let ethernet: UInt16 = 0x6558
    static let erspan: UInt16 = 0x88BE
    static let erspan3: UInt16 = 0x22EB

    static func isVLAN(_ type: UInt16) -> Bool {
        type == vlan || type == serviceVLAN || type == oldVLAN9100 || type == oldVLAN9200
    }

    /// One that is read in a frame: what tells an Ethernet frame from other octets.
    static func isKnown(_ type: UInt16) -> Bool {
        switch type {
        case ipv4, ipv6, mplsUnicast, mplsMulticast, pppoeSession: true
        default: isVLAN(type)
        }
    }
}

extension NextHeader {
    /// Reads the header that frames of a link type begin with; `nil` where what follows is not read.
    init?(ofLink linkType: LinkType, _ reader: inout ByteReader) throws(WireError) {
        switch linkType {
        case .ethernet: self = .ethernet
        case .linuxCooked:
            // sll_pkttype, sll_hatype, sll_halen, sll_addr[8], sll_protocol
            try reader.skip(14)
            self = .etherType(try reader.u16())
        case .linuxCooked2:
            // sll2_protocol, reserved, if_index, hatype, pkttype, halen, addr[8]
            let type = try reader.u16()
            try reader.skip(18)
            self = .etherType(type)
        case .null, .loop:
            guard let family = Self(addressFamily: try reader.u32()) else { return nil }
            self = family
        case .raw, .rawBSD, .rawFile, .ipv4, .ipv6: self = .ip
        case .ppp: self = .ppp
        case .pppSerial: try self.init(serial: &reader)
        case .pppWithDirection:
            try reader.skip(1)
            self = .ppp
        case .pppEthernet: self = .pppoe
        case .ciscoHDLC:
            try reader.skip(2)  // address, control
            self = .etherType(try reader.u16())
        default: return nil
        }
    }

    /// The 4-octet family of BSD loopback frames; their byte order is the capturing host's.
    private init?(addressFamily value: UInt32) {
        switch value > 0xFFFF ? value.byteSwapped : value {
        case 2: self = .ipv4
        case 10, 24, 28, 30: self = .ipv6  // Linux, NetBSD/OpenBSD, FreeBSD, Darwin
        default: return nil
        }
    }

    /// PPP in HDLC-like framing (RFC 1662 §3.1), or Cisco's, whose address is another.
    private init(serial reader: inout ByteReader) throws(WireError) {
        guard let address = reader.peek, address == 0x0F || address == 0x8F else {
            self = .ppp
            return
        }
        try reader.skip(2)
        self = .etherType(try reader.u16())
    }
}

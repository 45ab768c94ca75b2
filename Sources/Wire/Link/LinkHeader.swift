/// What a frame carries above its link header.
package enum NetworkProtocol: Sendable {
    case ipv4, ipv6
    /// Raw IP: the version field tells.
    case ipByVersion
    case other
}

/// The link layer header of a frame and the VLAN tags behind it.
package struct LinkHeader: Sendable {
    package let network: NetworkProtocol
    package let vlans: VLANTags

    /// Reads the header of a `linkType` frame; `reader` is then at the network header.
    package init(parsing reader: inout ByteReader, linkType: LinkType) throws(WireError) {
        switch linkType {
        case .ethernet:
            try reader.skip(12)  // destination and source addresses
            self = try Self.etherType(try reader.u16(), &reader)
        case .linuxCooked:
            // sll_pkttype, sll_hatype, sll_halen, sll_addr[8], sll_protocol
            try reader.skip(14)
            self = try Self.etherType(try reader.u16(), &reader)
        case .linuxCooked2:
            // sll2_protocol, reserved, if_index, hatype, pkttype, halen, addr[8]
            let type = try reader.u16()
            try reader.skip(18)
            self = try Self.etherType(type, &reader)
        case .null, .loop:
            self.init(network: Self.addressFamily(try reader.u32()), vlans: VLANTags())
        case .raw, .rawBSD, .rawFile, .ipv4, .ipv6:
            self.init(network: .ipByVersion, vlans: VLANTags())
        default:
            self.init(network: .other, vlans: VLANTags())
        }
    }

    private init(network: NetworkProtocol, vlans: VLANTags) {
        self.network = network
        self.vlans = vlans
    }

    /// Follows 802.1Q and 802.1ad tags (IEEE 802.1Q-2022 §9.5) to the EtherType that counts.
    private static func etherType(_ outer: UInt16, _ reader: inout ByteReader) throws(WireError) -> Self {
        var type = outer
        var vlans = VLANTags()
        while type == 0x8100 || type == 0x88A8 || type == 0x9100 {
            let tag = try reader.u16()
            guard vlans.push(tag & 0x0FFF) else { return Self(network: .other, vlans: vlans) }
            type = try reader.u16()
        }
        switch type {
        case 0x0800: return Self(network: .ipv4, vlans: vlans)
        case 0x86DD: return Self(network: .ipv6, vlans: vlans)
        default: return Self(network: .other, vlans: vlans)
        }
    }

    /// The 4-octet family of BSD loopback frames; their byte order is the capturing host's.
    private static func addressFamily(_ value: UInt32) -> NetworkProtocol {
        switch value > 0xFFFF ? value.byteSwapped : value {
        case 2: .ipv4
        case 10, 24, 28, 30: .ipv6  // Linux, NetBSD/OpenBSD, FreeBSD, Darwin
        default: .other
        }
    }
}

/// Up to four VLAN identifiers, outermost first, without an allocation.
package struct VLANTags: Hashable, Sendable {
    private var packed: UInt64 = 0
    private(set) package var count = 0

    package init() {}

    /// Adds the next inner identifier; identifier 0 is a priority tag and names no VLAN. `false` where four are full.
    package mutating func push(_ id: UInt16) -> Bool {
        if id == 0 { return count < 4 }
        guard count < 4 else { return false }
        packed = packed << 16 | UInt64(id)
        count += 1
        return true
    }

    /// Outermost first.
    package var ids: [UInt16] {
        (0..<count).map { UInt16(truncatingIfNeeded: packed >> (16 * UInt64(count - 1 - $0))) }
    }
}

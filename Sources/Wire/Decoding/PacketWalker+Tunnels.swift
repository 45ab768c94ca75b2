/// UDP ports at which tunnels end.
enum TunnelPort: UInt16 {
    case gtp = 2152
    case vxlan = 4789
    case geneve = 6081
    /// VXLAN as Linux had it before the port was assigned.
    case oldVXLAN = 8472

    /// Cheaper than making one: most datagrams are none.
    @inline(__always)
    static func isOne(_ port: UInt16) -> Bool { port == 2152 || port == 4789 || port == 6081 || port == 8472 }
}

extension PacketWalker {
    /// Reads the header of a tunnel that `ip` carries.
    mutating func tunnel(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        switch ip.payloadProtocol {
        case IPHeader.udp: return try datagram(ip, &reader)
        case IPHeader.gre: return try gre(ip, &reader)
        case IPHeader.ipv4:
            let kind: Encapsulation.Kind = ip.isV6 ? .ipv4InIPv6 : .ipv4InIPv4
            return push(kind, nil, ip) ? .ip(isV6: false) : .tooDeep
        case IPHeader.ipv6:
            let kind: Encapsulation.Kind = ip.isV6 ? .ipv6InIPv6 : .ipv6InIPv4
            return push(kind, nil, ip) ? .ip(isV6: true) : .tooDeep
        case IPHeader.mpls: return .header(.mpls)  // RFC 4023
        default: return .other
        }
    }

    private mutating func push(_ kind: Encapsulation.Kind, _ identifier: UInt32?, _ ip: IPHeader) -> Bool {
        push(Encapsulation(kind, identifier, from: ip.source, to: ip.destination))
    }

    // MARK: Over UDP

    private mutating func datagram(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        try reader.skip(2)  // source port: chosen by the inner flow, to spread the load
        guard let port = TunnelPort(rawValue: try reader.u16()) else { return .other }
        try reader.skip(4)  // length, checksum
        switch port {
        case .vxlan, .oldVXLAN: return try vxlan(ip, &reader)
        case .geneve: return try geneve(ip, &reader)
        case .gtp: return try gtp(ip, &reader)
        }
    }

    /// RFC 7348 §5: flags, reserved, VNI, reserved; then an Ethernet frame.
    private mutating func vxlan(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        let flags = try reader.u32()
        let network = try reader.u32() >> 8
        // Without the I flag it is no VXLAN, but something else on this port.
        guard flags & 0x0800_0000 != 0 else { return .other }
        return push(.vxlan, network, ip) ? .header(.ethernet) : .tooDeep
    }

    /// RFC 8926 §3.4: version and length of the options, flags, protocol, VNI, reserved; options.
    private mutating func geneve(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        let versionAndLength = try reader.u8()
        try reader.skip(1)  // control and critical flags
        let type = try reader.u16()
        let network = try reader.u32() >> 8
        guard versionAndLength >> 6 == 0 else { return .other }
        try reader.skip(Int(versionAndLength & 0x3F) * 4)
        return push(.geneve, network, ip) ? .header(.etherType(type)) : .tooDeep
    }

    /// 3GPP TS 29.281 §5: a G-PDU with its optional fields and extension headers; then an IP packet.
    private mutating func gtp(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        let flags = try reader.u8()
        let type = try reader.u8()
        // Version 1, protocol type GTP; all other messages are signalling.
        guard flags >> 4 == 0b0011, type == 255 else { return .other }
        try reader.skip(2)  // length: the inner header has its own
        let tunnel = try reader.u32()
        if flags & 0x07 != 0 {
            try reader.skip(3)  // sequence number, N-PDU number
            var next = try reader.u8()
            if flags & 0x04 == 0 { next = 0 }
            while next != 0 {
                // In units of four, its own length and the next type included.
                let length = Int(try reader.u8()) * 4
                guard length > 0 else { throw reader.failure(.malformed("GTP-U extension header without length")) }
                try reader.skip(length - 2)
                next = try reader.u8()
            }
        }
        return push(.gtp, tunnel, ip) ? .header(.ip) : .tooDeep
    }

    // MARK: GRE

    private mutating func gre(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        guard let header = try GREHeader(parsing: &reader) else { return .other }
        if header.version == 1 {
            guard header.type == EtherType.ppp else { return .other }
            return push(.pptp, header.key, ip) ? .header(.ppp) : .tooDeep
        }
        switch header.type {
        case EtherType.erspan:
            // Without sequence numbers it is type I, which has no header of its own.
            guard header.hasSequence else { return push(.erspan, nil, ip) ? .header(.ethernet) : .tooDeep }
            return try erspan2(ip, &reader)
        case EtherType.erspan3: return try erspan3(ip, &reader)
        default:
            if let subnet = header.virtualSubnet {
                return push(.nvgre, subnet, ip) ? .header(.ethernet) : .tooDeep
            }
            return push(.gre, header.key, ip) ? .header(.etherType(header.type)) : .tooDeep
        }
    }

    /// draft-foschiano-erspan-03 §4.2: version and VLAN; class, encapsulation, truncation, session; index.
    private mutating func erspan2(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        let mirrored = try MirroredFrame(parsing: &reader, version: 1)
        try reader.skip(4)
        return push(mirrored, ip) ? .header(.ethernet) : .tooDeep
    }

    /// §4.3: the same words, then a time stamp, a group tag, and flags with the type of frame; eight more octets where
    /// the last bit is set.
    private mutating func erspan3(_ ip: IPHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        let mirrored = try MirroredFrame(parsing: &reader, version: 2)
        try reader.skip(6)
        let flags = try reader.u16()
        if flags & 1 != 0 { try reader.skip(8) }
        guard push(mirrored, ip) else { return .tooDeep }
        switch flags >> 10 & 0x1F {
        case 0: return .header(.ethernet)
        case 2: return .header(.ip)
        default: return .other
        }
    }

    private mutating func push(_ mirrored: MirroredFrame, _ ip: IPHeader) -> Bool {
        guard push(.erspan, mirrored.session, ip) else { return false }
        guard let vlan = mirrored.vlan else { return true }
        return push(Encapsulation(.vlan, vlan))
    }
}

/// The words that ERSPAN types II and III begin with.
private struct MirroredFrame {
    let session: UInt32
    /// Of the mirrored frame, where its tag was taken off.
    let vlan: UInt32?

    init(parsing reader: inout ByteReader, version: UInt16) throws(WireError) {
        let leading = try reader.u16()
        guard leading >> 12 == version else { throw reader.failure(.malformed("unknown ERSPAN version")) }
        let words = try reader.u16()
        session = UInt32(words & 0x03FF)
        let identifier = UInt32(leading & 0x0FFF)
        // In type II, 3 says that the frame still has its tag.
        let isTagged = version == 1 && words >> 11 & 3 == 3
        vlan = identifier == 0 || isTagged ? nil : identifier
    }
}

/// A GRE header (RFC 2784 §2, RFC 2890 §2), or that of PPTP (RFC 2637 §4.1).
private struct GREHeader {
    let version: UInt16
    let type: UInt16
    /// PPTP's call number is the lower half of its key.
    let key: UInt32?
    let hasSequence: Bool
    private let hasChecksum: Bool

    /// `nil` for a header with source routing, which RFC 2784 has dropped, or of an unknown version.
    init?(parsing reader: inout ByteReader) throws(WireError) {
        let flags = try reader.u16()
        type = try reader.u16()
        version = flags & 0x0007
        guard version <= 1, flags & 0x4000 == 0 else { return nil }
        hasChecksum = flags & 0x8000 != 0
        if hasChecksum { try reader.skip(4) }
        let field = flags & 0x2000 != 0 ? try reader.u32() : nil
        key = version == 1 ? field.map { $0 & 0xFFFF } : field
        hasSequence = flags & 0x1000 != 0
        if hasSequence { try reader.skip(4) }
        if version == 1, flags & 0x0080 != 0 { try reader.skip(4) }  // acknowledgment
    }

    /// The virtual subnet of NVGRE (RFC 7637 §3.2), which is GRE with a key, without checksum and sequence. Numbers below
    /// 0x1000 are reserved there: they are the keys of an ordinary Ethernet tunnel.
    var virtualSubnet: UInt32? {
        guard type == EtherType.ethernet, let key, !hasChecksum, !hasSequence else { return nil }
        let subnet = key >> 8
        return subnet >= 0x1000 && subnet < 0xFF_FFFF ? subnet : nil
    }
}

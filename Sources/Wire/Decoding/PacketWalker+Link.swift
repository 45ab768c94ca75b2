extension PacketWalker {
    /// Reads one header below IP.
    mutating func step(_ header: NextHeader, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        switch header {
        case .ethernet:
            try reader.skip(12)  // destination and source addresses
            guard let type = try Self.type(&reader) else { return .other }
            return try step(etherType: type, &reader)
        case .etherType(let type): return try step(etherType: type, &reader)
        case .mpls: return try labels(&reader)
        case .pppoe: return try pppoe(&reader)
        case .ppp: return try ppp(&reader)
        case .ip:
            // Not read: the header itself begins with it.
            switch reader.peek.map({ $0 >> 4 }) {
            case 4: return .ip(isV6: false)
            case 6: return .ip(isV6: true)
            default: return .other
            }
        case .ipv4: return .ip(isV6: false)
        case .ipv6: return .ip(isV6: true)
        }
    }

    /// The type of what follows. Up to 1,500 it is the length of an IEEE 802.3 frame, whose type may stand behind an LLC and
    /// a SNAP header (RFC 1042), also behind a VLAN tag; `nil` where it does not.
    private static func type(_ reader: inout ByteReader) throws(WireError) -> UInt16? {
        let type = try reader.u16()
        guard type <= 1500 else { return type }
        guard try reader.u24() == 0xAAAA03, try reader.u24() == 0 else { return nil }
        return try reader.u16()
    }

    private mutating func step(etherType type: UInt16, _ reader: inout ByteReader) throws(WireError) -> WalkStep {
        switch type {
        case EtherType.ipv4: return .ip(isV6: false)
        case EtherType.ipv6: return .ip(isV6: true)
        case EtherType.vlan, EtherType.serviceVLAN, EtherType.oldVLAN9100, EtherType.oldVLAN9200:
            // IEEE 802.1Q-2022 §9.6: priority, drop eligibility, identifier. Identifier 0 names no VLAN.
            let identifier = UInt32(try reader.u16() & 0x0FFF)
            guard identifier == 0 || push(Encapsulation(.vlan, identifier)) else { return .tooDeep }
            guard let next = try Self.type(&reader) else { return .other }
            return .header(.etherType(next))
        case EtherType.mplsUnicast, EtherType.mplsMulticast: return .header(.mpls)
        case EtherType.pppoeSession: return .header(.pppoe)
        case EtherType.ethernet: return .header(.ethernet)
        default: return .other
        }
    }

    /// A stack of labels (RFC 3032 §2.1). What lies below it is not named there: the leading four bits tell IP, and
    /// otherwise an Ethernet frame is looked for, with a control word before it (RFC 4448 §4.6) or without.
    private mutating func labels(_ reader: inout ByteReader) throws(WireError) -> WalkStep {
        while true {
            let entry = try reader.u32()
            guard push(Encapsulation(.mpls, entry >> 12)) else { return .tooDeep }
            if entry & 0x100 != 0 { break }
        }
        switch reader.peek.map({ $0 >> 4 }) {
        case 4: return .ip(isV6: false)
        case 6: return .ip(isV6: true)
        case 0:
            if try Self.isControlWord(reader) { try reader.skip(4) }
        default: break
        }
        return try Self.isEthernet(reader) ? .header(.ethernet) : .other
    }

    /// Whether a frame begins behind four octets whose leading bits are a control word's, as they are of many an address.
    ///
    /// Behind a VLAN tag stands a type where it would behind a control word, so one that stands in its own place counts
    /// first. A word of nothing but zeros, of who does not number frames, is no address.
    private static func isControlWord(_ reader: ByteReader) throws(WireError) -> Bool {
        var inner = reader
        let word = try inner.u32()
        guard try isEthernet(inner) else { return false }
        let isAddress = try isEthernet(reader)
        return word == 0 || !isAddress
    }

    /// Judged by the type of the frame that would begin here, and by what follows it where that is IP: an address or a flow label
    /// may read like a type.
    private static func isEthernet(_ reader: ByteReader) throws(WireError) -> Bool {
        var frame = reader
        guard frame.remaining >= 14 else { return false }
        try frame.skip(12)
        let type = try frame.u16()
        switch type {
        case 0...1500:
            // A length alone may be anything; with an LLC and a SNAP header behind it, it is none but a frame's.
            guard frame.remaining >= 6 else { return false }
            let headers = try frame.u24()
            let organization = try frame.u24()
            return headers == 0xAAAA03 && organization == 0
        case EtherType.ipv4: return frame.peek.map { $0 >> 4 == 4 } ?? false
        case EtherType.ipv6: return frame.peek.map { $0 >> 4 == 6 } ?? false
        default: return EtherType.isKnown(type)
        }
    }

    /// RFC 2516 §4: version and type, code, session, length; then PPP.
    private mutating func pppoe(_ reader: inout ByteReader) throws(WireError) -> WalkStep {
        let versionAndType = try reader.u8()
        let code = try reader.u8()
        guard versionAndType == 0x11, code == 0 else { return .other }
        let session = UInt32(try reader.u16())
        try reader.skip(2)  // length: the IP header has its own
        guard push(Encapsulation(.pppoe, session)) else { return .tooDeep }
        return .header(.ppp)
    }

    /// RFC 1661 §2, after RFC 1662's address and control where they stand; the protocol may be one octet (§6.5).
    private mutating func ppp(_ reader: inout ByteReader) throws(WireError) -> WalkStep {
        var type = UInt16(try reader.u8())
        if type == 0xFF, reader.peek == 0x03 {
            try reader.skip(1)
            type = UInt16(try reader.u8())
        }
        if type & 1 == 0 { type = type << 8 | UInt16(try reader.u8()) }
        switch type {
        case 0x0021: return .ip(isV6: false)
        case 0x0057: return .ip(isV6: true)
        case 0x0281, 0x0283: return .header(.mpls)  // RFC 3032 §4.3
        default: return .other
        }
    }
}

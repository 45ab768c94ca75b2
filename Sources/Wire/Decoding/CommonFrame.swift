/// An Ethernet frame of a form that nearly all have, told by looking at constant places: at most one 802.1Q tag, IPv4
/// without options and in one piece or IPv6 without extension headers.
@usableFromInline
struct CommonFrame {
    enum Kind {
        /// TCP on a port that is watched.
        case mail
        /// Neither that nor anything that could hold it.
        case other
        /// Another form: to be walked through.
        case uncommon
    }

    let kind: Kind
    /// Where the IP header begins, in octets.
    let start: Int
    /// Priority and identifier of the tag; 0 where there is none.
    let tag: UInt16

    /// Octets of the shortest form, up to the ports of its transport header, and of the longest.
    private static let shortest = 14 + 20 + 4
    private static let longest = 14 + 4 + 40 + 4

    @inline(__always)
    init(_ octets: Span<UInt8>, _ ports: borrowing PortSet) {
        guard octets.count >= Self.shortest else {
            self.init(.uncommon, 0, 0)
            return
        }
        switch octets.u16(at: 12) {
        case EtherType.ipv4: self.init(Self.v4(octets, 14, ports), 14, 0)
        case EtherType.arp: self.init(.other, 0, 0)
        case _ where octets.count < Self.longest: self.init(.uncommon, 0, 0)
        case EtherType.ipv6: self.init(Self.v6(octets, 14, ports), 14, 0)
        case EtherType.vlan:
            switch octets.u16(at: 16) {
            case EtherType.ipv4: self.init(Self.v4(octets, 18, ports), 18, octets.u16(at: 14))
            case EtherType.ipv6: self.init(Self.v6(octets, 18, ports), 18, octets.u16(at: 14))
            default: self.init(.uncommon, 0, 0)
            }
        default: self.init(.uncommon, 0, 0)
        }
    }

    /// Where the IP header of a frame begins that is mail.
    @inlinable @inline(__always)
    static func start(ofGlanced frame: Span<UInt8>) -> Int { frame.u16(at: 12) == EtherType.vlan ? 18 : 14 }

    @inline(__always)
    private init(_ kind: Kind, _ start: Int, _ tag: UInt16) {
        self.kind = kind
        self.start = start
        self.tag = tag
    }

    @inline(__always)
    private static func v4(_ octets: Span<UInt8>, _ start: Int, _ ports: borrowing PortSet) -> Kind {
        // From the fragment's offset on, in one load.
        let word = octets.u64(at: start + 6)
        // Version 4, five words, no fragment.
        guard octets[start] == 0x45, word >> 48 & 0x3FFF == 0 else { return .uncommon }
        return transport(octets, start + 20, UInt8(truncatingIfNeeded: word >> 32), ports)
    }

    @inline(__always)
    private static func v6(_ octets: Span<UInt8>, _ start: Int, _ ports: borrowing PortSet) -> Kind {
        guard octets[start] >> 4 == 6 else { return .uncommon }
        return transport(octets, start + 40, octets[start + 6], ports)
    }

    @inline(__always)
    private static func transport(
        _ octets: Span<UInt8>, _ start: Int, _ number: UInt8, _ ports: borrowing PortSet
    ) -> Kind {
        switch number {
        case IPHeader.tcp: hasMail(octets.u32(at: start), ports) ? .mail : .other
        case IPHeader.udp: TunnelPort.isOne(octets.u16(at: start + 2)) ? .uncommon : .other
        case 1, 50, 58: .other  // ICMP, ESP, ICMPv6
        default: .uncommon
        }
    }

    /// `both` ports, the source's leading.
    @inline(__always)
    private static func hasMail(_ both: UInt32, _ ports: borrowing PortSet) -> Bool {
        ports.contains(UInt16(truncatingIfNeeded: both >> 16)) || ports.contains(UInt16(truncatingIfNeeded: both))
    }
}

extension PacketWalker {
    /// The segment of a frame that was recognized as mail.
    @_lifetime(copy octets)
    @inline(__always)
    mutating func segment(in octets: Span<UInt8>, _ frame: CommonFrame) throws(WireError) -> TCPSegment {
        mayBeCut = false
        let packet = octets.extracting(droppingFirst: frame.start)
        let path = frame.tag & 0x0FFF == 0 ? PathID.plain : paths.id(vlan: frame.tag & 0x0FFF)
        guard packet[0] >> 4 == 4 else {
            return try TCPSegment(in: packet, at: 40, ip: IPHeader(commonV6: packet), path: path)
        }
        return try TCPSegment(in: packet, at: 20, ip: IPHeader(commonV4: packet), path: path)
    }
}

extension IPHeader {
    /// A header of 20 octets, all of them there.
    @inline(__always)
    init(commonV4 octets: Span<UInt8>) throws(WireError) {
        let total = Int(octets.u16(at: 2))
        guard total == 0 || total >= 20 else {
            throw WireError(.malformed("total length under header length"), layer: .ipv4, offset: 20)
        }
        self.init(
            source: IPAddress(v4: octets.u32(at: 12)), destination: IPAddress(v4: octets.u32(at: 16)),
            payloadProtocol: Self.tcp, payloadLength: total == 0 ? nil : total - 20, fragment: nil, isVerifiable: true)
    }

    /// A header of 40 octets, all of them there.
    @inline(__always)
    init(commonV6 octets: Span<UInt8>) throws(WireError) {
        let length = Int(octets.u16(at: 4))
        self.init(
            source: IPAddress(high: octets.u64(at: 8), low: octets.u64(at: 16)),
            destination: IPAddress(high: octets.u64(at: 24), low: octets.u64(at: 32)),
            payloadProtocol: Self.tcp, payloadLength: length == 0 ? nil : length, fragment: nil, isVerifiable: true)
    }
}

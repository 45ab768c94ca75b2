/// What a look at constant places of a frame says of who has to take it apart, before anybody does.
public enum FrameGlance: Sendable {
    /// It holds no mail.
    case other
    /// A segment on a port that is watched, in a frame without a tag. `hostPair` is the segment's.
    case mail(hostPair: UInt64)
    /// Only walking through its headers tells.
    case unknown

    public init(at octets: Span<UInt8>, linkType: LinkType, ports: borrowing PortSet) {
        guard linkType.rawValue == LinkType.ethernet.rawValue else {
            self = .unknown
            return
        }
        let frame = CommonFrame(octets, ports)
        switch frame.kind {
        case .other: self = .other
        case .mail where frame.tag & 0x0FFF == 0: self = .mail(hostPair: Self.hostPair(octets, frame.start))
        case .mail, .uncommon: self = .unknown
        }
    }

    /// Of an IP header in one of the common forms.
    @inline(__always)
    private static func hostPair(_ octets: Span<UInt8>, _ start: Int) -> UInt64 {
        guard octets[start] >> 4 == 6 else {
            return FlowKey.hostPair(
                IPAddress(v4: octets.u32(at: start + 12)), IPAddress(v4: octets.u32(at: start + 16)))
        }
        return FlowKey.hostPair(
            IPAddress(high: octets.u64(at: start + 8), low: octets.u64(at: start + 16)),
            IPAddress(high: octets.u64(at: start + 24), low: octets.u64(at: start + 32)))
    }
}

extension TCPSegment {
    /// The segment of a frame of which `FrameGlance` said that it is mail.
    @_lifetime(copy frame)
    public init(ofGlanced frame: Span<UInt8>) throws(WireError) {
        let packet = frame.extracting(droppingFirst: frame.u16(at: 12) == EtherType.vlan ? 18 : 14)
        if packet[0] >> 4 == 4 {
            try self.init(in: packet, at: 20, ip: IPHeader(commonV4: packet), path: .plain)
        } else {
            try self.init(in: packet, at: 40, ip: IPHeader(commonV6: packet), path: .plain)
        }
    }
}

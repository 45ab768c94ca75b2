/// What a look at constant places of a frame says of who has to take it apart, before anybody does.
public enum FrameGlance: Sendable {
    /// It holds no mail.
    case other
    /// A segment on a port that is watched, in a frame without a tag: what its hosts alone make, its flow key's hash, and
    /// whether it is a `LoneSYN` that can be read as such.
    case mail(hostPair: UInt64, hash: UInt64, isSYN: Bool)
    /// Only walking through its headers tells.
    case unknown

    /// `seed` is the hash's.
    public init(at octets: Span<UInt8>, linkType: LinkType, ports: borrowing PortSet, seed: FlowKey.Seed) {
        guard linkType.rawValue == LinkType.ethernet.rawValue else {
            self = .unknown
            return
        }
        let frame = CommonFrame(octets, ports)
        switch frame.kind {
        case .other: self = .other
        case .mail where frame.tag & 0x0FFF == 0: self = Self.mail(octets, frame.start, seed)
        case .mail, .uncommon: self = .unknown
        }
    }

    /// Of an IP header in one of the common forms, which TCP's ports follow.
    @inline(__always)
    private static func mail(_ octets: Span<UInt8>, _ start: Int, _ seed: FlowKey.Seed) -> Self {
        guard octets[start] >> 4 == 6 else {
            return mail(
                IPAddress(v4: octets.u32(at: start + 12)), IPAddress(v4: octets.u32(at: start + 16)),
                octets.u32(at: start + 20), LoneSYN.isOne(inV4: octets, at: start), seed)
        }
        return mail(
            IPAddress(high: octets.u64(at: start + 8), low: octets.u64(at: start + 16)),
            IPAddress(high: octets.u64(at: start + 24), low: octets.u64(at: start + 32)),
            octets.u32(at: start + 40), LoneSYN.isOne(inV6: octets, at: start), seed)
    }

    @inline(__always)
    private static func mail(
        _ source: IPAddress, _ destination: IPAddress, _ ports: UInt32, _ isSYN: Bool, _ seed: FlowKey.Seed
    ) -> Self {
        let from = Endpoint(source, UInt16(truncatingIfNeeded: ports >> 16))
        let to = Endpoint(destination, UInt16(truncatingIfNeeded: ports))
        let key = FlowKey(from, to, isFromLow: from < to, .plain)
        return .mail(hostPair: FlowKey.hostPair(source, destination), hash: key.hash(seed), isSYN: isSYN)
    }
}

extension TCPSegment {
    /// The segment of a frame of which `FrameGlance` said that it is mail.
    @_lifetime(copy frame)
    public init(ofGlanced frame: Span<UInt8>) throws(WireError) {
        let packet = frame.extracting(droppingFirst: CommonFrame.start(ofGlanced: frame))
        if packet[0] >> 4 == 4 {
            try self.init(in: packet, at: 20, ip: IPHeader(commonV4: packet), path: .plain)
        } else {
            try self.init(in: packet, at: 40, ip: IPHeader(commonV6: packet), path: .plain)
        }
    }
}

/// Follows a packet's headers, whatever they are, to its segment.
///
/// The headers that it meets become the segment's path. Every step consumes octets, and their number is bounded.
struct PacketWalker: ~Copyable, Sendable {
    let ports: PortSet
    var paths: PathTable
    private(set) var fragments: FragmentTable
    /// Packets in more headers than are read.
    private(set) var nestedTooDeep: UInt64 = 0
    /// Where the segment was found that was told last.
    private(set) var found: SegmentPlace?
    /// What is being read may lack octets at its end that are in the packet on the network: it is a frame in a tunnel, or was put together
    /// of fragments that were cut.
    var mayBeCut = false
    /// Headers around it, outermost first, whose checksums cover what is in them.
    private(set) var covers: [OuterHeader] = []
    var layers: [Encapsulation] = []
    /// Headers that may still be met.
    private var headersLeft = 0

    /// Headers in all, those without a name of their own included (priority tags, PPP, Ethernet in a tunnel).
    private static let maximumHeaders = 24

    enum Outcome: ~Escapable {
        case segment(TCPSegment)
        case other
        case fragment
        /// All fragments of a packet are there.
        case whole(ReassembledPacket)
    }

    init(
        ports: PortSet, fragments budget: FragmentTable.Budget = FragmentTable.Budget(),
        paths limit: Int = PathTable.defaultLimit, pathBudget: Int = .max
    ) {
        self.ports = ports
        paths = PathTable(limit: limit, budget: pathBudget)
        fragments = FragmentTable(budget: budget)
    }

    /// A whole frame.
    @_lifetime(copy octets)
    mutating func walk(frame octets: Span<UInt8>, linkType: LinkType, at time: Timestamp) throws(WireError) -> Outcome {
        layers.removeAll(keepingCapacity: true)
        covers.removeAll(keepingCapacity: true)
        headersLeft = Self.maximumHeaders
        mayBeCut = false
        var reader = ByteReader(octets, layer: .link)
        guard let header = try NextHeader(ofLink: linkType, &reader) else { return .other }
        let position = octets.count - reader.remaining
        return try walk(Stretch(octets: reader.takeRest(), position: position, isWhole: false), header, time)
    }

    /// The payload of a packet that was put together; its outer headers were met before.
    @_lifetime(copy octets)
    mutating func walk(
        reassembled octets: Span<UInt8>, _ packet: IPHeader, isAmbiguous: Bool, at time: Timestamp
    ) throws(WireError) -> Outcome {
        var reader = ByteReader(octets, layer: packet.isV6 ? .ipv6 : .ipv4)
        var ip = packet
        let isWhole = packet.payloadLength == octets.count
        if !isWhole { mayBeCut = true }
        if packet.isV6 { try ip.skipRemainingExtensions(&reader) } else { try ip.skipAuthentication(&reader) }
        let stretch = Stretch(octets: octets, position: 0, isWhole: isWhole)
        return try payload(of: ip, in: stretch, at: reader.offset, isAmbiguous: isAmbiguous, time)
    }

    /// Octets of a packet, and where they are in the frame or in the reassembled packet.
    struct Stretch: ~Escapable {
        let octets: Span<UInt8>
        let position: Int
        /// Nothing of what the outer header announces was cut off, so an inner one cannot announce more.
        var isWhole: Bool

        @_lifetime(copy octets)
        init(octets: Span<UInt8>, position: Int, isWhole: Bool) {
            self.octets = octets
            self.position = position
            self.isWhole = isWhole
        }

        @_lifetime(copy self)
        func dropping(_ count: Int) -> Self {
            Self(octets: octets.extracting(droppingFirst: count), position: position + count, isWhole: isWhole)
        }
    }

    @_lifetime(copy stretch)
    private mutating func walk(
        _ stretch: consuming Stretch, _ header: NextHeader, _ time: Timestamp
    ) throws(WireError) -> Outcome {
        var rest = stretch
        var header = header
        while true {
            guard headersLeft > 0 else { return tooDeep() }
            headersLeft -= 1
            var reader = ByteReader(rest.octets, layer: .link)
            // A mirror cuts frames, and sends what is left in packets that are whole.
            if case .ethernet = header, rest.isWhole {
                rest.isWhole = false
                mayBeCut = true
            }
            switch try step(header, &reader) {
            case .header(let next): header = next
            case .ip(let isV6): return try internet(rest.dropping(reader.offset), isV6: isV6, time)
            case .other: return .other
            case .tooDeep: return tooDeep()
            }
            rest = rest.dropping(reader.offset)
        }
    }

    @_lifetime(immortal)
    private mutating func tooDeep() -> Outcome {
        nestedTooDeep &+= 1
        return .other
    }

    /// Adds what a header names to the path; `false` where that holds no more.
    mutating func push(_ layer: Encapsulation) -> Bool {
        guard layers.count < NetworkPath.maximumLayers else { return false }
        if layer.source != nil, layers.count(where: { $0.source != nil }) >= NetworkPath.maximumTunnels { return false }
        layers.append(layer)
        return true
    }

    // MARK: IP

    @_lifetime(copy stretch)
    private mutating func internet(
        _ stretch: consuming Stretch, isV6: Bool, _ time: Timestamp
    ) throws(WireError) -> Outcome {
        var reader = ByteReader(stretch.octets, layer: isV6 ? .ipv6 : .ipv4)
        let ip = isV6 ? try IPHeader(parsingV6: &reader) : try IPHeader(parsingV4: &reader)
        let start = reader.offset
        let captured = stretch.octets.count
        let stated = ip.payloadLength.map { start + $0 } ?? captured
        guard stated <= captured || !stretch.isWhole else {
            throw reader.failure(.malformed("longer than the packet around it"))
        }
        // Behind the stated length there is only padding.
        let packet = Stretch(
            octets: stretch.octets.extracting(first: min(stated, captured)), position: stretch.position,
            isWhole: stated <= captured && ip.payloadLength != nil || stretch.isWhole)
        guard let fragment = ip.fragment else {
            return try payload(of: ip, in: packet, at: start, isAmbiguous: false, time)
        }
        return try keep(fragment, of: ip, packet.dropping(start), stated: stated - start, time)
    }

    @_lifetime(copy packet)
    private mutating func payload(
        of ip: IPHeader, in packet: consuming Stretch, at start: Int, isAmbiguous: Bool, _ time: Timestamp
    ) throws(WireError) -> Outcome {
        guard ip.payloadProtocol != IPHeader.tcp else { return try segment(in: packet, at: start, ip, isAmbiguous) }
        covers.append(
            OuterHeader(
                ip: packet.position, isV6: ip.isV6, start: packet.position + start,
                end: packet.position + packet.octets.count, kind: ip.payloadProtocol))
        let rest = packet.dropping(start)
        var reader = ByteReader(rest.octets, layer: .tunnel)
        switch try tunnel(ip, &reader) {
        case .header(let next): return try walk(rest.dropping(reader.offset), next, time)
        case .ip(let isV6): return try internet(rest.dropping(reader.offset), isV6: isV6, time)
        case .other: return .other
        case .tooDeep: return tooDeep()
        }
    }

    @_lifetime(copy packet)
    private mutating func segment(
        in packet: consuming Stretch, at start: Int, _ ip: IPHeader, _ isAmbiguous: Bool
    ) throws(WireError) -> Outcome {
        let octets = packet.octets
        // Other ports are the common case on a mixed link: look before reading the rest.
        if octets.count >= start + 4 {
            guard ports.contains(octets.u16(at: start)) || ports.contains(octets.u16(at: start + 2)) else {
                return .other
            }
        }
        let place = SegmentPlace(
            range: packet.position..<packet.position + octets.count, start: start, ip: ip, path: paths.id(of: layers),
            isAmbiguous: isAmbiguous)
        found = place
        return .segment(try TCPSegment(in: octets, at: start, ip: ip, path: place.path, isAmbiguous: isAmbiguous))
    }

    // MARK: Fragments

    @_lifetime(immortal)
    private mutating func keep(
        _ fragment: IPFragment, of ip: IPHeader, _ stretch: borrowing Stretch, stated: Int, _ time: Timestamp
    ) throws(WireError) -> Outcome {
        guard let interest = interest(in: fragment, of: ip, stretch.octets) else { return .other }
        let key = FragmentKey(ip, fragment, network: networkHash)
        guard
            let whole = try fragments.add(stretch.octets, stated: stated, fragment, of: ip, key, interest, at: time)
        else { return interest == .none ? .other : .fragment }
        return .whole(whole)
    }

    /// What a fragment's own octets say of whether mail may be in its packet; `nil` where its protocol rules it out.
    private func interest(in fragment: IPFragment, of ip: IPHeader, _ octets: Span<UInt8>) -> FragmentInterest? {
        switch ip.payloadProtocol {
        case IPHeader.tcp:
            guard fragment.offset == 0, octets.count >= 4 else { return .unknown }
            return ports.contains(octets.u16(at: 0)) || ports.contains(octets.u16(at: 2))
                ? .some : FragmentInterest.none
        case IPHeader.udp:
            guard fragment.offset == 0, octets.count >= 4 else { return .unknown }
            return TunnelPort(rawValue: octets.u16(at: 2)) == nil ? FragmentInterest.none : .some
        case IPHeader.ipv4, IPHeader.ipv6, IPHeader.gre, IPHeader.mpls: return .some
        case IPHeader.authentication: return .unknown
        default: return ip.isV6 && IPHeader.isExtension(ip.payloadProtocol) ? .unknown : nil
        }
    }

    /// Of the networks that the packet is in, their kinds and numbers: fragments of different ones do not belong together.
    private var networkHash: UInt64 {
        var hasher = Hasher()
        for layer in layers { if let key = layer.key { hasher.combine(key) } }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

/// What follows a header.
enum WalkStep {
    case header(NextHeader)
    case ip(isV6: Bool)
    case other
    case tooDeep
}

/// Where a segment stands in a reassembled packet, and what is known of it.
struct SegmentPlace: Sendable {
    /// The innermost IP packet.
    let range: Range<Int>
    /// Where the TCP header begins in it.
    let start: Int
    let ip: IPHeader
    let path: PathID
    let isAmbiguous: Bool
}

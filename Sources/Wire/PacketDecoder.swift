/// What a frame turned out to be.
package enum DecodedPacket: ~Escapable {
    case segment(TCPSegment)
    /// No TCP over IP, or not on a port that is watched.
    case other
    /// A part of a fragmented IP packet.
    case fragment
}

/// Takes a frame apart, from its link header to its TCP segment.
package struct PacketDecoder: Sendable {
    /// Segments on other ports are `.other`.
    package let ports: PortSet

    package init(ports: PortSet) { self.ports = ports }

    @_lifetime(copy octets)
    package func decode(_ octets: Span<UInt8>, linkType: LinkType) throws(WireError) -> DecodedPacket {
        var reader = ByteReader(octets, layer: .link)
        let link = try LinkHeader(parsing: &reader, linkType: linkType)
        let octets = reader.takeRest()
        guard let isV6 = Self.isV6(link.network, leading: octets.isEmpty ? nil : octets[0]) else { return .other }
        var network = ByteReader(octets, layer: isV6 ? .ipv6 : .ipv4)
        let ip = isV6 ? try IPHeader(parsingV6: &network) : try IPHeader(parsingV4: &network)
        guard ip.payloadProtocol == IPHeader.tcp else { return .other }
        guard !ip.isFragment else { return .fragment }
        return try segment(network.takeRest(), ip, link.vlans)
    }

    @_lifetime(copy octets)
    private func segment(
        _ octets: Span<UInt8>, _ ip: IPHeader, _ vlans: VLANTags
    ) throws(WireError) -> DecodedPacket {
        var reader = ByteReader(octets, layer: .tcp)
        if octets.count >= 4 {
            // Other ports are the common case on a mixed link: look before reading the rest.
            let source = UInt16(octets[0]) << 8 | UInt16(octets[1])
            let destination = UInt16(octets[2]) << 8 | UInt16(octets[3])
            guard ports.contains(source) || ports.contains(destination) else { return .other }
        }
        return .segment(try TCPSegment(parsing: &reader, ip: ip, vlans: vlans))
    }

    /// `nil` for anything but IP.
    private static func isV6(_ network: NetworkProtocol, leading octet: UInt8?) -> Bool? {
        switch network {
        case .ipv4: false
        case .ipv6: true
        case .ipByVersion: octet.map { $0 >> 4 == 4 ? false : $0 >> 4 == 6 ? true : nil } ?? nil
        case .other: nil
        }
    }
}

/// A set of TCP ports, one bit each.
package struct PortSet: Sendable, Equatable {
    private var bits: [UInt64] = Array(repeating: 0, count: 1024)

    package init(_ ranges: [ClosedRange<UInt16>]) {
        for range in ranges {
            for port in range { bits[Int(port >> 6)] |= 1 << UInt64(port & 63) }
        }
    }

    package func contains(_ port: UInt16) -> Bool {
        bits[Int(port >> 6)] & 1 << UInt64(port & 63) != 0
    }
}

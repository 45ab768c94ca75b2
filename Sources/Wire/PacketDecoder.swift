/// What a frame turned out to be.
package enum DecodedPacket: ~Escapable {
    case segment(TCPSegment)
    /// No TCP over IP, or not on a port that is watched.
    case other
    /// A part of a fragmented IP packet.
    case fragment
}

/// Takes a frame apart, from its link header to its TCP segment.
package struct PacketDecoder: ~Copyable, Sendable {
    /// Segments on other ports are `.other`.
    package let ports: PortSet
    /// What the segments' `PathID`s stand for.
    package private(set) var paths = PathTable()

    package init(ports: PortSet) { self.ports = ports }

    /// `time` is the frame's, by the capture's clock.
    @_lifetime(copy octets)
    package mutating func decode(
        _ octets: Span<UInt8>, linkType: LinkType, at time: Timestamp
    ) throws(WireError) -> DecodedPacket {
        var reader = ByteReader(octets, layer: .link)
        let link = try LinkHeader(parsing: &reader, linkType: linkType)
        let packet = reader.takeRest()
        guard let isV6 = Self.isV6(link.network, leading: packet.isEmpty ? nil : packet[0]) else { return .other }
        var network = ByteReader(packet, layer: isV6 ? .ipv6 : .ipv4)
        let ip = isV6 ? try IPHeader(parsingV6: &network) : try IPHeader(parsingV4: &network)
        guard ip.payloadProtocol == IPHeader.tcp else { return .other }
        guard !ip.isFragment else { return .fragment }
        let start = network.offset
        if packet.count >= start + 4 {
            // Other ports are the common case on a mixed link: look before reading the rest.
            guard ports.contains(packet.u16(at: start)) || ports.contains(packet.u16(at: start + 2)) else {
                return .other
            }
        }
        let path = paths.id(of: link.vlans.ids.map { Encapsulation(.vlan, UInt32($0)) })
        return .segment(try TCPSegment(in: packet, at: start, ip: ip, path: path))
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

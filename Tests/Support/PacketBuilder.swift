import Wire

/// A frame as a capture holds it.
package struct BuiltFrame: Sendable {
    package var octets: [UInt8]
    /// Its length on the wire, in octets.
    package var originalLength: Int
    /// Nanoseconds since 1970.
    package var nanoseconds: Int64

    package init(octets: [UInt8], originalLength: Int, nanoseconds: Int64) {
        self.octets = octets
        self.originalLength = originalLength
        self.nanoseconds = nanoseconds
    }
}

/// Wraps segments in TCP, IP and link headers, checksums included.
package struct PacketBuilder: Sendable {
    package enum Link: Sendable, Equatable {
        /// Tags outermost first, each with its EtherType and its 16 bits (priority, DEI, VLAN identifier).
        case ethernet(tags: [Tag] = [])
        case cooked, cooked2
        case raw(LinkType)
        /// BSD loopback in the byte order of the capturing host, with its number for IPv6.
        case null(littleEndian: Bool, familyV6: UInt32)
        case loop(familyV6: UInt32)
        /// PPP in HDLC-like framing, and without.
        case ppp(LinkType, framing: [UInt8])
        case ciscoHDLC
    }

    package struct Tag: Sendable, Equatable {
        package let etherType: UInt16
        package let control: UInt16

        package init(_ etherType: UInt16, _ control: UInt16) {
            self.etherType = etherType
            self.control = control
        }
    }

    package var link: Link
    /// IPv4 options, a multiple of four octets.
    package var optionsV4: [UInt8] = []
    /// IPv6 extension headers in order: number and octets, whose leading one (the next header) is filled in.
    package var extensionsV6: [(number: UInt8, octets: [UInt8])] = []
    /// Octets behind the IP packet, as Ethernet pads short frames.
    package var padding = 0
    /// The IP header states a length of 0, as segmentation offload leaves it.
    package var isOffloaded = false
    /// What the IP packet is put into below the link header, outermost first.
    package var wrappings: [Wrapping] = []

    package init(_ link: Link = .ethernet(), in wrappings: Wrapping...) {
        self.link = link
        self.wrappings = wrappings
    }

    package func frames(_ segments: [Segment]) -> [BuiltFrame] {
        segments.enumerated().flatMap { frames($1, number: UInt32($0)) }
    }

    package func frame(_ segment: Segment) -> BuiltFrame { frames(segment, number: 1)[0] }

    /// The frames of one segment: several where something cuts it into fragments.
    package func frames(_ segment: Segment, number: UInt32) -> [BuiltFrame] {
        let lost = segment.captured.map { segment.payload.count - $0 + padding } ?? 0
        return wrapped(packet(segment), from: segment.from, number).map { content in
            let whole = linkHeader(content) + content.octets + [UInt8](repeating: 0, count: padding)
            return BuiltFrame(
                octets: Array(whole.dropLast(lost)), originalLength: whole.count, nanoseconds: segment.time)
        }
    }

    /// The IP packet of a segment.
    package func packet(_ segment: Segment) -> Content {
        segment.source.address.isV6
            ? Content(Content.ipv6, packetV6(segment)) : Content(Content.ipv4, packetV4(segment))
    }

    /// A frame with this in it, whatever it is.
    package func frame(_ content: Content, at time: Int64) -> BuiltFrame {
        let octets = linkHeader(content) + content.octets
        return BuiltFrame(octets: octets, originalLength: octets.count, nanoseconds: time)
    }

    package func wrapped(_ content: Content, from side: Side, _ number: UInt32) -> [Content] {
        wrappings.reversed().reduce([content]) { contents, wrap in contents.flatMap { wrap($0, side, number) } }
    }

    package var linkType: LinkType {
        switch link {
        case .ethernet: .ethernet
        case .cooked: .linuxCooked
        case .cooked2: .linuxCooked2
        case .raw(let type): type
        case .null: .null
        case .loop: .loop
        case .ppp(let type, _): type
        case .ciscoHDLC: .ciscoHDLC
        }
    }

    // MARK: Headers

    private func linkHeader(_ content: Content) -> [UInt8] {
        let type = content.etherType
        let isV6 = type == Content.ipv6
        var octets: [UInt8] = []
        switch link {
        case .ethernet(let tags):
            octets += [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
            for tag in tags {
                octets.append(integer: tag.etherType)
                octets.append(integer: tag.control)
            }
            octets.append(integer: type)
        case .cooked:
            octets += [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]
            octets.append(integer: type)
        case .cooked2:
            octets.append(integer: type)
            octets += [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]
        case .raw: break
        case .null(let littleEndian, let familyV6):
            octets.append(integer: isV6 ? familyV6 : 2, littleEndian: littleEndian)
        case .loop(let familyV6): octets.append(integer: isV6 ? familyV6 : 2)
        case .ppp(_, let framing): octets += framing + (isV6 ? [0, 0x57] : [0, 0x21])
        case .ciscoHDLC: octets += [0x0F, 0] + .of(type)
        }
        return octets
    }

    private func packetV4(_ segment: Segment) -> [UInt8] {
        let tcp = Self.tcp(segment)
        let length = 20 + optionsV4.count
        var header: [UInt8] = [0x40 | UInt8(length / 4), 0]
        header.append(integer: isOffloaded ? 0 : UInt16(truncatingIfNeeded: length + tcp.count))
        header.append(integer: segment.identification)
        header += [0x40, 0, segment.hopLimit, IPHeader.tcp, 0, 0]
        header.append(integer: UInt32(truncatingIfNeeded: segment.source.address.low))
        header.append(integer: UInt32(truncatingIfNeeded: segment.destination.address.low))
        header += optionsV4
        let checksum = header.internetChecksum
        header[10] = UInt8(checksum >> 8)
        header[11] = UInt8(checksum & 0xFF)
        return header + tcp
    }

    private func packetV6(_ segment: Segment) -> [UInt8] {
        let tcp = Self.tcp(segment)
        var extensions: [UInt8] = []
        for (index, header) in extensionsV6.enumerated() {
            let next = index + 1 < extensionsV6.count ? extensionsV6[index + 1].number : IPHeader.tcp
            extensions += [next] + header.octets.dropFirst()
        }
        var octets: [UInt8] = [0x60, 0, 0, 0]
        octets.append(integer: isOffloaded ? 0 : UInt16(truncatingIfNeeded: extensions.count + tcp.count))
        octets += [extensionsV6.first?.number ?? IPHeader.tcp, segment.hopLimit]
        for address in [segment.source.address, segment.destination.address] {
            octets.append(integer: address.high)
            octets.append(integer: address.low)
        }
        return octets + extensions + tcp
    }

    /// The TCP header with its checksum (RFC 9293 §3.1), and the payload.
    static func tcp(_ segment: Segment) -> [UInt8] {
        var octets: [UInt8] = []
        octets.append(integer: segment.source.port)
        octets.append(integer: segment.destination.port)
        octets.append(integer: segment.sequence)
        octets.append(integer: segment.acknowledgment)
        octets += [UInt8((20 + segment.options.count) / 4) << 4, segment.flags.rawValue]
        octets.append(integer: segment.window)
        octets += [0, 0, 0, 0]
        octets += segment.options + segment.payload
        let right = (pseudoHeader(segment, length: octets.count) + octets).internetChecksum
        let checksum = segment.isDamaged ? right ^ 0x0420 : right
        octets[16] = UInt8(checksum >> 8)
        octets[17] = UInt8(checksum & 0xFF)
        return octets
    }

    private static func pseudoHeader(_ segment: Segment, length: Int) -> [UInt8] {
        var octets: [UInt8] = []
        for address in [segment.source.address, segment.destination.address] {
            if address.isV6 {
                octets.append(integer: address.high)
                octets.append(integer: address.low)
            } else {
                octets.append(integer: UInt32(truncatingIfNeeded: address.low))
            }
        }
        if segment.source.address.isV6 {
            octets.append(integer: UInt32(length))
            octets += [0, 0, 0, IPHeader.tcp]
        } else {
            octets += [0, IPHeader.tcp]
            octets.append(integer: UInt16(truncatingIfNeeded: length))
        }
        return octets
    }
}

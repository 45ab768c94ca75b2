import Wire

extension Wrap {
    /// An IPv4 packet of protocol `number` from one end of the tunnel to the other, not to be fragmented.
    static func overIPv4(_ number: UInt8, _ payload: [UInt8], _ side: Side, _ identification: UInt32) -> Content {
        var header: [UInt8] = [0x45, 0] + .of(UInt16(truncatingIfNeeded: 20 + payload.count))
        header += .of(UInt16(truncatingIfNeeded: identification)) + [0, 0, 64, number, 0, 0]
        let ends: [[UInt8]] = [[198, 51, 100, 1], [198, 51, 100, 2]]
        header += side == .client ? ends[0] + ends[1] : ends[1] + ends[0]
        let checksum = header.internetChecksum
        header[10] = UInt8(checksum >> 8)
        header[11] = UInt8(checksum & 0xFF)
        return Content(Content.ipv4, header + payload)
    }

    static func overIPv6(_ number: UInt8, _ payload: [UInt8], _ side: Side) -> Content {
        let prefix: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 9)
        let (from, to): (UInt8, UInt8) = side == .client ? (1, 2) : (2, 1)
        let header: [UInt8] = [0x60, 0, 0, 0] + .of(UInt16(truncatingIfNeeded: payload.count)) + [number, 64]
        return Content(Content.ipv6, header + prefix + [from] + prefix + [to] + payload)
    }

    /// IP in IP (RFC 2003, RFC 2473, RFC 4213).
    package static func ip(overV6: Bool = false) -> Wrapping {
        { content, side, number in
            let inner: UInt8 = content.etherType == Content.ipv4 ? 4 : 41
            return [
                overV6 ? overIPv6(inner, content.octets, side) : overIPv4(inner, content.octets, side, number)
            ]
        }
    }

    /// A datagram to `port` (RFC 768), its checksum left out as tunnels may (RFC 7348 §5).
    static func overUDP(
        _ port: UInt16, _ payload: [UInt8], _ side: Side, _ number: UInt32, overV6: Bool = false
    ) -> [Content] {
        let header: [UInt8] =
            .of(UInt16(50_000)) + .of(port) + .of(UInt16(truncatingIfNeeded: 8 + payload.count)) + [0, 0]
        return [
            overV6 ? overIPv6(17, header + payload, side) : overIPv4(17, header + payload, side, number)
        ]
    }

    /// RFC 7348 §5, around a frame.
    package static func vxlan(_ network: UInt32, port: UInt16 = 4789, overV6: Bool = false) -> Wrapping {
        { content, side, number in
            frame(content, side, number).flatMap {
                overUDP(port, [8, 0, 0, 0] + .of(network << 8) + $0.octets, side, number, overV6: overV6)
            }
        }
    }

    /// RFC 8926 §3.4, around a frame or an IP packet.
    package static func geneve(_ network: UInt32, options: [UInt8] = [], framed: Bool = true) -> Wrapping {
        { content, side, number in
            let inner = framed ? frame(content, side, number)[0] : content
            let header: [UInt8] = [UInt8(options.count / 4), 0] + .of(inner.etherType) + .of(network << 8) + options
            return overUDP(6081, header + inner.octets, side, number)
        }
    }

    /// A G-PDU (3GPP TS 29.281 §5.1), with a sequence number and extension headers on request.
    package static func gtp(_ tunnels: PerSide, sequence: Bool = false, extensions: [[UInt8]] = []) -> Wrapping {
        { content, side, number in
            var optional: [UInt8] = []
            if sequence || !extensions.isEmpty {
                optional = .of(UInt16(truncatingIfNeeded: number)) + [0, extensions.isEmpty ? 0 : 0x85]
                for (index, body) in extensions.enumerated() {
                    optional += [UInt8((body.count + 2) / 4)] + body + [index + 1 < extensions.count ? 0x85 : 0]
                }
            }
            let flags: UInt8 = 0x30 | (sequence ? 2 : 0) | (extensions.isEmpty ? 0 : 4)
            let header: [UInt8] =
                [flags, 255] + .of(UInt16(truncatingIfNeeded: optional.count + content.octets.count))
                + .of(tunnels[side])
            return overUDP(2152, header + optional + content.octets, side, number)
        }
    }

    /// RFC 2784, RFC 2890: around IP, labels, or (with `framed`) a frame.
    package static func gre(
        key: PerSide? = nil, sequence: Bool = false, checksum: Bool = false, framed: Bool = false, overV6: Bool = false
    ) -> Wrapping {
        { content, side, number in
            let inner = framed ? frame(content, side, number)[0] : content
            let flags: UInt16 = (checksum ? 0x8000 : 0) | (key == nil ? 0 : 0x2000) | (sequence ? 0x1000 : 0)
            var header: [UInt8] = .of(flags) + .of(inner.etherType)
            if checksum { header += [0, 0, 0, 0] }
            if let key { header += .of(key[side]) }
            if sequence { header += .of(number) }
            if checksum {
                let sum = (header + inner.octets).internetChecksum
                header[4] = UInt8(sum >> 8)
                header[5] = UInt8(sum & 0xFF)
            }
            let packet = header + inner.octets
            return [overV6 ? overIPv6(47, packet, side) : overIPv4(47, packet, side, number)]
        }
    }

    /// RFC 7637 §3.2: the key is a virtual subnet and a flow.
    package static func nvgre(_ subnet: UInt32, flow: PerSide = PerSide(client: 1, server: 2)) -> Wrapping {
        gre(
            key: PerSide(client: subnet << 8 | flow.client, server: subnet << 8 | flow.server), framed: true)
    }

    /// RFC 2637 §4.1: GRE version 1 with a payload length, a call number of the receiver's, and an acknowledgment.
    package static func pptp(_ calls: PerSide, framing: [UInt8] = [0xFF, 3]) -> Wrapping {
        { content, side, number in
            let payload = framing + ppp(content)
            let header: [UInt8] =
                .of(UInt16(0x3081)) + .of(UInt16(0x880B)) + .of(UInt16(truncatingIfNeeded: payload.count))
                + .of(UInt16(calls[side])) + .of(number) + .of(number)
            return [overIPv4(47, header + payload, side, number)]
        }
    }

    /// A mirrored frame (draft-foschiano-erspan-03 §4), always on the way from the switch to the collector.
    package static func erspan(_ type: Int, session: UInt16 = 7, vlan: UInt16 = 0, subheader: Bool = false) -> Wrapping
    {
        { content, side, number in
            let inner = frame(content, side, number)[0].octets
            var header: [UInt8] = .of(UInt16(type == 1 ? 0 : 0x1000)) + .of(UInt16(type == 3 ? 0x22EB : 0x88BE))
            if type > 1 {
                header += .of(number) + .of(UInt16(type - 1) << 12 | vlan) + .of(session)
                header += type == 2 ? .of(UInt32(9)) : .of(number) + [0, 0] + .of(UInt16(subheader ? 1 : 0))
                if subheader { header += [UInt8](repeating: 0, count: 8) }
            }
            return [overIPv4(47, header + inner, .client, number)]
        }
    }
}

import Wire

extension Wrap {
    /// An Ethernet frame: destination, source, type (IEEE 802.3 §3.2).
    package static let frame: Wrapping = { content, side, _ in
        let ends: [[UInt8]] = [[2, 0, 0, 0, 0, 0xA1], [2, 0, 0, 0, 0, 0xA2]]
        let (from, to) = side == .client ? (ends[0], ends[1]) : (ends[1], ends[0])
        return [Content(Content.frame, to + from + .of(content.etherType) + content.octets)]
    }

    /// IEEE 802.1Q: the type of the tag, its 16 bits.
    package static func vlan(_ etherType: UInt16, _ control: UInt16) -> Wrapping {
        { content, _, _ in [Content(etherType, .of(control) + .of(content.etherType) + content.octets)] }
    }

    package static func vlan(_ control: UInt16) -> Wrapping { vlan(0x8100, control) }

    /// A stack of labels, the last with the S bit (RFC 3032 §2.1). Frames get a control word (RFC 4448 §4.6) on request.
    package static func mpls(_ labels: [PerSide], controlWord: Bool = false) -> Wrapping {
        { content, side, number in
            let stack = labels.enumerated().flatMap { index, label in
                [UInt8].of(label[side] << 12 | (index + 1 == labels.count ? 0x100 : 0) | 64)
            }
            let word: [UInt8] = controlWord ? [0, 0] + .of(UInt16(truncatingIfNeeded: number)) : []
            return [Content(0x8847, stack + word + content.octets)]
        }
    }

    /// RFC 2516 §4 around `ppp`.
    package static func pppoe(_ session: UInt16) -> Wrapping {
        { content, _, _ in
            let payload = ppp(content)
            return [Content(0x8864, [0x11, 0] + .of(session) + .of(UInt16(payload.count)) + payload)]
        }
    }

    /// The protocol field of RFC 1661 §2, and what it names.
    static func ppp(_ content: Content) -> [UInt8] {
        let number: UInt16 =
            switch content.etherType {
            case Content.ipv4: 0x0021
            case Content.ipv6: 0x0057
            case 0x8847: 0x0281
            default: 0
            }
        return .of(number) + content.octets
    }

    /// LLC and SNAP headers (RFC 1042): in an IEEE 802.3 frame their length stands where Ethernet has the type.
    package static let snap: Wrapping = { content, _, _ in
        let body: [UInt8] = [0xAA, 0xAA, 3, 0, 0, 0] + .of(content.etherType) + content.octets
        return [Content(UInt16(body.count), body)]
    }

    /// A frame with them.
    package static let snapFrame: Wrapping = { content, side, number in
        snap(content, side, number).flatMap { frame($0, side, number) }
    }
}

import Wire

extension Wrap {
    /// Cuts an IP packet into fragments whose payload is `size` octets, rounded down to a multiple of eight, the last one
    /// aside (RFC 791 §3.2, RFC 8200 §4.5).
    package static func fragments(of size: Int) -> Wrapping {
        { content, _, number in Fragments(of: content, every: size, number)?.all ?? [content] }
    }
}

/// An IP packet in pieces.
package struct Fragments: Sendable {
    private let header: [UInt8]
    private let isV6: Bool
    private let nextHeader: UInt8
    private let identification: UInt32
    package let payload: [UInt8]
    package let cuts: [Range<Int>]

    /// `nil` where the packet is too small to be cut.
    package init?(of content: Content, every size: Int, _ identification: UInt32) {
        isV6 = content.etherType == Content.ipv6
        let length = isV6 ? 40 : Int(content.octets[0] & 15) * 4
        header = Array(content.octets[..<length])
        payload = Array(content.octets[length...])
        nextHeader = header[6]
        self.identification = identification
        let step = max(8, size & ~7)
        guard payload.count > step else { return nil }
        let end = payload.count
        cuts = stride(from: 0, to: end, by: step).map { $0..<min($0 + step, end) }
    }

    package var all: [Content] { cuts.map { fragment($0) } }

    /// The fragment with these octets of the payload, or others in their place.
    package func fragment(_ range: Range<Int>, octets: [UInt8]? = nil, isLast: Bool? = nil) -> Content {
        let octets = octets ?? Array(payload[range])
        let more: UInt16 = isLast ?? (range.upperBound == payload.count) ? 0 : 1
        var header = header
        if isV6 {
            header.replaceSubrange(4..<6, with: [UInt8].of(UInt16(truncatingIfNeeded: octets.count + 8)))
            header[6] = 44
            let place = UInt16(truncatingIfNeeded: range.lowerBound) | more
            return Content(Content.ipv6, header + [nextHeader, 0] + .of(place) + .of(identification) + octets)
        }
        header.replaceSubrange(2..<4, with: [UInt8].of(UInt16(truncatingIfNeeded: header.count + octets.count)))
        header.replaceSubrange(4..<6, with: [UInt8].of(UInt16(truncatingIfNeeded: identification)))
        header.replaceSubrange(6..<8, with: [UInt8].of(more << 13 | UInt16(truncatingIfNeeded: range.lowerBound / 8)))
        header.replaceSubrange(10..<12, with: [0, 0])
        header.replaceSubrange(10..<12, with: [UInt8].of(header.internetChecksum))
        return Content(Content.ipv4, header + octets)
    }
}

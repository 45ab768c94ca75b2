/// A header around a tunnel's packet.
struct OuterHeader: Sendable {
    /// Where its IP header begins.
    let ip: Int
    let isV6: Bool
    /// Where the header itself begins.
    let start: Int
    /// Where the captured octets of its packet end.
    let end: Int
    /// Its IP protocol number.
    let kind: UInt8
}

/// Where the parts of a frame lie that holds a TCP segment, so that its payload can be overwritten.
public struct FrameLayout: Sendable {
    /// Where the innermost IP header begins.
    let ip: Int
    /// Where the TCP header begins.
    let tcp: Int
    /// Where the payload begins: all octets before it are headers.
    public let payload: Int
    private let covers: [OuterHeader]

    /// `nil` where the headers are not whole.
    init?(_ frame: Span<UInt8>, ip: Int, tcp: Int, covers: [OuterHeader]) {
        guard ip >= 0, tcp >= ip + 20, frame.count >= tcp + 20 else { return nil }
        let payload = tcp + Int(frame[tcp + 12] >> 4) * 4
        guard payload >= tcp + 20, payload <= frame.count else { return nil }
        self.ip = ip
        self.tcp = tcp
        self.payload = payload
        self.covers = covers
    }
}

extension FrameLayout {
    /// Makes the checksums of a frame right whose payload was overwritten, of which `payloadCount` octets are there.
    ///
    /// A wrong one stays wrong, but by the same difference in every packet, so that it says nothing of what was
    /// overwritten; one that was left to a network card stays as it is; one that cannot be verified becomes 0.
    public func mend(_ frame: inout [UInt8], payloadCount: Int, _ integrity: Integrity) {
        let end = payload + payloadCount
        guard end <= frame.count else { return }
        mendSegment(&frame, end, integrity)
        for cover in covers.reversed() { mend(&frame, cover) }
    }

    private func mendSegment(_ frame: inout [UInt8], _ end: Int, _ integrity: Integrity) {
        switch integrity {
        case .offloaded: return
        case .unverifiable: put(0, at: tcp + 16, &frame)
        case .intact: put(~segmentSum(&frame, end), at: tcp + 16, &frame)
        case .damaged:
            let right = ~segmentSum(&frame, end)
            // Neither right nor what a card is handed.
            let handed = [0, pseudoHeader(frame, count: end - tcp).folded, pseudoHeader(frame, count: 0).folded]
            let wrong = [0x0101, 0x0202, 0x0404, 0x0808].map { right ^ $0 }.first { !handed.contains($0) }
            put(wrong ?? right ^ 0x1010, at: tcp + 16, &frame)
        }
    }

    /// With the checksum itself as zero.
    private func segmentSum(_ frame: inout [UInt8], _ end: Int) -> UInt16 {
        put(0, at: tcp + 16, &frame)
        var sum = pseudoHeader(frame, count: end - tcp)
        sum.add(frame.span.extracting(tcp..<end))
        return sum.folded
    }

    private func pseudoHeader(_ frame: [UInt8], count: Int) -> InternetChecksum {
        Self.pseudoHeader(frame, ip: ip, isV6: frame[ip] >> 4 == 6, IPHeader.tcp, count: count)
    }

    private static func pseudoHeader(
        _ frame: [UInt8], ip: Int, isV6: Bool, _ number: UInt8, count: Int
    ) -> InternetChecksum {
        var sum = InternetChecksum()
        let addresses = isV6 ? ip + 8..<ip + 40 : ip + 12..<ip + 20
        sum.add(frame.span.extracting(addresses))
        sum.add(UInt16(number))
        sum.add(UInt32(truncatingIfNeeded: count))
        return sum
    }

    /// A datagram's checksum, or that of GRE, where there is one and all that it covers was captured.
    private func mend(_ frame: inout [UInt8], _ cover: OuterHeader) {
        guard cover.end <= frame.count else { return }
        switch cover.kind {
        case IPHeader.udp where cover.start + 8 <= cover.end && frame.span.u16(at: cover.start + 6) != 0:
            let length = Int(frame.span.u16(at: cover.start + 4))
            put(0, at: cover.start + 6, &frame)
            guard length >= 8, cover.start + length <= cover.end else { return }
            var sum = Self.pseudoHeader(frame, ip: cover.ip, isV6: cover.isV6, IPHeader.udp, count: length)
            sum.add(frame.span.extracting(cover.start..<cover.start + length))
            put(sum.folded == 0xFFFF ? 0xFFFF : ~sum.folded, at: cover.start + 6, &frame)
        case IPHeader.gre where cover.start + 8 <= cover.end && frame[cover.start] & 0x80 != 0:
            put(0, at: cover.start + 4, &frame)
            var sum = InternetChecksum()
            sum.add(frame.span.extracting(cover.start..<cover.end))
            put(~sum.folded, at: cover.start + 4, &frame)
        default: break
        }
    }

    private func put(_ value: UInt16, at index: Int, _ frame: inout [UInt8]) {
        frame[index] = UInt8(truncatingIfNeeded: value >> 8)
        frame[index + 1] = UInt8(truncatingIfNeeded: value)
    }

    /// An IP header for a segment of `payload` octets between the same ends.
    static func header(of ip: IPHeader, payload: Int) -> [UInt8] {
        var header: [UInt8] = []
        func append(_ number: UInt64, _ count: Int) {
            for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
                header.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        let length = min(payload, 0xFFFF - 20)
        guard !ip.isV6 else {
            append(0x6000_0000 << 32 | UInt64(length) << 16 | UInt64(IPHeader.tcp) << 8 | 64, 8)
            for address in [ip.source, ip.destination] {
                append(address.high, 8)
                append(address.low, 8)
            }
            return header
        }
        append(0x4500, 2)
        append(UInt64(length + 20), 2)
        append(0x0000_4000, 4)
        append(64 << 24 | UInt64(IPHeader.tcp) << 16, 4)
        append(ip.source.low, 4)
        append(ip.destination.low, 4)
        var sum = InternetChecksum()
        sum.add(header.span)
        header[10] = UInt8(truncatingIfNeeded: ~sum.folded >> 8)
        header[11] = UInt8(truncatingIfNeeded: ~sum.folded)
        return header
    }
}

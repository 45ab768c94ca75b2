/// The network header of a packet, and how much of its payload the capture holds.
package struct IPHeader: Sendable {
    package let source: IPAddress
    package let destination: IPAddress
    /// The payload's protocol number (IANA "Protocol Numbers").
    package let payloadProtocol: UInt8
    /// Length of the payload as the header states it, in octets; `nil` where it does not (offloaded segments).
    package let payloadLength: Int?
    /// A part of a fragmented packet: its payload is not a whole segment.
    package let isFragment: Bool
    /// Its addresses are those that the checksum of the payload covers: no source routing.
    package let isVerifiable: Bool

    package static let tcp: UInt8 = 6
}

extension IPHeader {
    /// An IPv4 header with its options (RFC 791 §3.1).
    package init(parsingV4 reader: inout ByteReader) throws(WireError) {
        let versionAndLength = try reader.u8()
        guard versionAndLength >> 4 == 4 else { throw reader.failure(.malformed("version is not 4")) }
        let headerLength = Int(versionAndLength & 0x0F) * 4
        guard headerLength >= 20 else { throw reader.failure(.malformed("header length under 20")) }
        try reader.skip(1)  // type of service
        let totalLength = Int(try reader.u16())
        try reader.skip(2)  // identification
        let fragment = try reader.u16()
        try reader.skip(1)  // time to live
        let payloadProtocol = try reader.u8()
        try reader.skip(2)  // header checksum: counted on nowhere, since offloading leaves it empty
        let source = try reader.u32()
        let destination = try reader.u32()
        try reader.skip(headerLength - 20)
        guard totalLength == 0 || totalLength >= headerLength else {
            throw reader.failure(.malformed("total length under header length"))
        }
        self.init(
            source: IPAddress(v4: source), destination: IPAddress(v4: destination), payloadProtocol: payloadProtocol,
            // Segmentation offload hands packets to the capture with a length of 0.
            payloadLength: totalLength == 0 ? nil : totalLength - headerLength,
            isFragment: fragment & 0x3FFF != 0,
            isVerifiable: headerLength == 20)
    }

    /// An IPv6 header and its extension headers (RFC 8200 §3, §4).
    package init(parsingV6 reader: inout ByteReader) throws(WireError) {
        guard try reader.u32() >> 28 == 6 else { throw reader.failure(.malformed("version is not 6")) }
        let stated = Int(try reader.u16())
        var next = try reader.u8()
        try reader.skip(1)  // hop limit
        let source = IPAddress(high: try reader.u64(), low: try reader.u64())
        let destination = IPAddress(high: try reader.u64(), low: try reader.u64())
        let start = reader.offset
        let isFragment = try Self.skipExtensions(&next, &reader)
        let extensions = reader.offset - start
        guard stated == 0 || stated >= extensions else {
            throw reader.failure(.malformed("payload length under extension headers"))
        }
        self.init(
            source: source, destination: destination, payloadProtocol: next,
            payloadLength: stated == 0 ? nil : stated - extensions, isFragment: isFragment,
            isVerifiable: extensions == 0)
    }

    /// Follows the chain to the upper layer; at most eight headers. Answers whether a real fragment was met.
    private static func skipExtensions(_ next: inout UInt8, _ reader: inout ByteReader) throws(WireError) -> Bool {
        var isFragment = false
        for _ in 0..<8 {
            switch next {
            case 0, 43, 60, 135, 139, 140:  // hop-by-hop, routing, destination options, mobility, HIP, Shim6
                next = try reader.u8()
                try reader.skip(Int(try reader.u8()) * 8 + 6)
            case 51:  // authentication header, counted in units of four (RFC 4302 §2.2)
                next = try reader.u8()
                try reader.skip(Int(try reader.u8()) * 4 + 6)
            case 44:
                next = try reader.u8()
                try reader.skip(1)
                // Offset 0 without "more": an atomic fragment is a whole packet (RFC 6946).
                if try reader.u16() & 0xFFF9 != 0 { isFragment = true }
                try reader.skip(4)
                if isFragment { return true }
            default: return isFragment
            }
        }
        throw reader.failure(.malformed("more than eight extension headers"))
    }
}

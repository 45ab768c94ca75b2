/// IPv4 (RFC 791).
extension IPHeader {
    /// An IPv4 header with its options (RFC 791 §3.1).
    public init(parsingV4 reader: inout ByteReader) throws(WireError) {
        let versionAndLength = try reader.u8()
        guard versionAndLength >> 4 == 4 else { throw reader.failure(.malformed("version is not 4")) }
        let headerLength = Int(versionAndLength & 0x0F) * 4
        guard headerLength >= 20 else { throw reader.failure(.malformed("header length under 20")) }
        try reader.skip(1)  // type of service
        let totalLength = Int(try reader.u16())
        let identification = try reader.u16()
        let fragment = try reader.u16()
        try reader.skip(1)  // time to live
        let payloadProtocol = try reader.u8()
        try reader.skip(2)  // header checksum: offloading may leave it empty; see `TCPSegment.integrity`
        let source = try reader.u32()
        let next = try reader.u32()
        let options = try reader.take(headerLength - 20)
        guard totalLength == 0 || totalLength >= headerLength else {
            throw reader.failure(.malformed("total length under header length"))
        }
        let route = options.sourceRoute
        let destination = route.flatMap { options.destination(ofRoute: $0) } ?? next
        self.init(
            source: IPAddress(v4: source), destination: IPAddress(v4: destination), payloadProtocol: payloadProtocol,
            // Segmentation offload hands packets to the capture with a length of 0.
            payloadLength: totalLength == 0 ? nil : totalLength - headerLength,
            fragment: fragment & 0x3FFF == 0
                ? nil
                : IPFragment(
                    identification: UInt32(identification), offset: Int(fragment & 0x1FFF) * 8,
                    isLast: fragment & 0x2000 == 0),
            isVerifiable: route == nil)
        if self.fragment == nil { try skipAuthentication(&reader) }
    }

    /// Steps over what only says who has sent the packet, at most eight times; of a packet in fragments, when it was put together.
    mutating func skipAuthentication(_ reader: inout ByteReader) throws(WireError) {
        let start = reader.offset
        for _ in 0..<8 where payloadProtocol == Self.authentication {
            payloadProtocol = try Self.skipAuthentication(&reader)
        }
        let count = reader.offset - start
        guard count > 0, let stated = payloadLength else { return }
        guard stated >= count else { throw reader.failure(.malformed("length under authentication headers")) }
        payloadLength = stated - count
    }
}

extension Span<UInt8> {
    /// Where among IPv4's options a route begins that the source has given, loosely or strictly (RFC 791 §3.1).
    fileprivate var sourceRoute: Int? { isEmpty ? nil : option(131) ?? option(137) }

    /// Where a packet with such a route is going: while addresses of it are left, to the last of them.
    fileprivate func destination(ofRoute start: Int) -> UInt32? {
        let length = Int(self[start + 1])
        guard length >= 7, length % 4 == 3, self[start + 2] <= length else { return nil }
        return u32(at: start + length - 4)
    }
}

/// The network header of a packet, and how much of its payload the capture holds.
public struct IPHeader: Sendable {
    public let source: IPAddress
    public internal(set) var destination: IPAddress
    /// The payload's protocol number (IANA "Protocol Numbers").
    public internal(set) var payloadProtocol: UInt8
    /// Length of the payload as the header states it, in octets; `nil` where it does not (offloaded segments).
    public internal(set) var payloadLength: Int?
    /// What the payload is a part of; `nil` for a whole one.
    let fragment: IPFragment?
    /// Its addresses are those that the checksum of the payload covers, as far as it shows: no source routing.
    var isVerifiable: Bool

    public var isV6: Bool { source.isV6 }

    public static let ipv4: UInt8 = 4
    public static let tcp: UInt8 = 6
    public static let udp: UInt8 = 17
    public static let ipv6: UInt8 = 41
    public static let gre: UInt8 = 47
    /// IPsec's authentication header, which hides nothing (RFC 4302).
    static let authentication: UInt8 = 51
    public static let mpls: UInt8 = 137
}

/// Where a fragment belongs in its packet.
struct IPFragment: Equatable, Sendable {
    /// 16 bits in IPv4, 32 in IPv6.
    let identification: UInt32
    /// From the start of the packet's fragmentable part, in octets.
    let offset: Int
    let isLast: Bool
}

extension IPHeader {
    /// An IPv6 header and its extension headers (RFC 8200 §3, §4).
    public init(parsingV6 reader: inout ByteReader) throws(WireError) {
        guard try reader.u32() >> 28 == 6 else { throw reader.failure(.malformed("version is not 6")) }
        let stated = Int(try reader.u16())
        var next = try reader.u8()
        try reader.skip(1)  // hop limit
        let source = IPAddress(high: try reader.u64(), low: try reader.u64())
        var destination = IPAddress(high: try reader.u64(), low: try reader.u64())
        let start = reader.offset
        let fragment = try Self.skipExtensions(&next, &destination, &reader)
        let extensions = reader.offset - start
        guard stated == 0 || stated >= extensions else {
            throw reader.failure(.malformed("payload length under extension headers"))
        }
        self.init(
            source: source, destination: destination, payloadProtocol: next,
            payloadLength: stated == 0 ? nil : stated - extensions, fragment: fragment,
            isVerifiable: extensions == 0)
    }

    /// The header of a packet that was put together of fragments with this one, its payload `length` octets long.
    func reassembled(length: Int) -> Self {
        Self(
            source: source, destination: destination, payloadProtocol: payloadProtocol, payloadLength: length,
            fragment: nil, isVerifiable: isVerifiable)
    }

    /// Steps over the extension headers in the part of an IPv6 packet that was in fragments. A fragment in there is none
    /// of a host that keeps to RFC 8200.
    mutating func skipRemainingExtensions(_ reader: inout ByteReader) throws(WireError) {
        let start = reader.offset
        guard try Self.skipExtensions(&payloadProtocol, &destination, &reader) == nil else {
            throw reader.failure(.malformed("a fragment of a fragment"))
        }
        let extensions = reader.offset - start
        guard extensions > 0 else { return }
        payloadLength = payloadLength.map { max(0, $0 - extensions) }
        isVerifiable = false
    }

    static func isExtension(_ number: UInt8) -> Bool {
        switch number {
        case 0, 43, 44, 51, 60, 135, 139, 140: true
        default: false
        }
    }

    /// Follows the chain to the upper layer; at most eight headers. Answers which fragment was met. `destination` becomes the last
    /// one where the packet is still on its way to others before.
    private static func skipExtensions(
        _ next: inout UInt8, _ destination: inout IPAddress, _ reader: inout ByteReader
    ) throws(WireError) -> IPFragment? {
        // Eight, and what follows them.
        for count in 0...8 {
            guard count < 8 || !isExtension(next) else { break }
            switch next {
            case 43: try route(&next, &destination, &reader)
            case 0, 60, 135, 139, 140:  // hop-by-hop, destination options, mobility, HIP, Shim6
                next = try reader.u8()
                try reader.skip(Int(try reader.u8()) * 8 + 6)
            case authentication: next = try skipAuthentication(&reader)
            case 44:
                next = try reader.u8()
                try reader.skip(1)
                let place = try reader.u16()
                let identification = try reader.u32()
                // Offset 0 without "more": an atomic fragment is a whole packet (RFC 6946).
                guard place & 0xFFF9 != 0 else { continue }
                return IPFragment(
                    identification: identification, offset: Int(place & 0xFFF8), isLast: place & 1 == 0)
            default: return nil
            }
        }
        throw reader.failure(.malformed("more than eight extension headers"))
    }
}

extension IPHeader {
    /// Steps over an authentication header, which is counted in units of four octets (RFC 4302 §2.2); answers what follows it.
    static func skipAuthentication(_ reader: inout ByteReader) throws(WireError) -> UInt8 {
        let next = try reader.u8()
        try reader.skip(Int(try reader.u8()) * 4 + 6)
        return next
    }

    /// A routing header: while segments are left, the destination in front is that of a router on the way (RFC 8200 §4.4).
    private static func route(
        _ next: inout UInt8, _ destination: inout IPAddress, _ reader: inout ByteReader
    ) throws(WireError) {
        next = try reader.u8()
        let length = Int(try reader.u8()) * 8
        let type = try reader.u8()
        let segmentsLeft = try reader.u8()
        try reader.skip(4)
        guard segmentsLeft > 0, length >= 16 else { return try reader.skip(length) }
        // RFC 5095's type 0 lists the addresses in the order of the way, RFC 8754's type 4 the other way round; RFC 6275's type 2
        // has one.
        let place: Int
        switch type {
        case 0: place = length / 16 * 16 - 16
        case 2, 4: place = 0
        default: return try reader.skip(length)
        }
        try reader.skip(place)
        destination = IPAddress(high: try reader.u64(), low: try reader.u64())
        try reader.skip(length - place - 16)
    }
}

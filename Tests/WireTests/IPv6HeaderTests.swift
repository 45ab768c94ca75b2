import Testing

@testable import Wire

@Suite struct IPv6HeaderTests {
    private static func address(_ last: UInt8) -> [UInt8] {
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [last]
    }

    /// A header from 2001:db8::1 to ::2, a routing header, and four octets of TCP.
    private static func packet(type: UInt8, left: UInt8, _ listed: [UInt8]) -> [UInt8] {
        var addresses: [UInt8] = []
        for last in listed { addresses += address(last) }
        var routing: [UInt8] = [6, UInt8(listed.count * 2), type, left, 0, 0, 0, 0]
        routing += addresses
        var packet: [UInt8] = [0x60, 0, 0, 0, 0, UInt8(routing.count + 4), 43, 64]
        packet += address(1)
        packet += address(2)
        packet += routing
        return packet + [0, 25, 0, 25]
    }

    private static func header(_ octets: [UInt8]) throws -> (destination: IPAddress, left: Int) {
        var reader = ByteReader(octets.span, layer: .ipv6)
        let header = try IPHeader(parsingV6: &reader)
        #expect(header.payloadProtocol == IPHeader.tcp && header.payloadLength == 4)
        return (header.destination, reader.remaining)
    }

    /// RFC 8200 §4.4: while segments are left, the destination in front is a router's. Type 0 lists the way, type 4 (RFC 8754) the
    /// way back, type 2 (RFC 6275) one address.
    @Test(
        arguments: [
            (0, 2, [3, 4], 4), (0, 0, [3, 4], 2), (4, 1, [9, 5], 9), (4, 0, [9, 5], 2), (2, 1, [7], 7), (3, 1, [7], 2),
            (0, 1, [], 2),
        ] as [(UInt8, UInt8, [UInt8], UInt8)])
    func theLastDestinationCounts(_ type: UInt8, _ left: UInt8, _ listed: [UInt8], _ expected: UInt8) throws {
        let (destination, rest) = try Self.header(Self.packet(type: type, left: left, listed))
        #expect(destination == IPAddress(high: 0x2001_0DB8 << 32, low: UInt64(expected)))
        #expect(rest == 4)
    }

    @Test func aRoutingHeaderThatIsCutIsIncomplete() {
        let whole = Self.packet(type: 4, left: 1, [9, 5])
        for count in 40..<whole.count - 4 {
            #expect(throws: WireError.self) { try Self.header(Array(whole.prefix(count))) }
        }
    }
}

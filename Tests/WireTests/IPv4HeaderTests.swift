import Testing

@testable import Wire

@Suite struct IPv4HeaderTests {
    /// From 192.0.2.1 to 192.0.2.2.
    private static func packet(_ options: [UInt8] = [], protocol number: UInt8 = 6, _ payload: [UInt8]) -> [UInt8] {
        let length = 20 + options.count
        var packet: [UInt8] = [0x40 | UInt8(length / 4), 0, 0, UInt8(length + payload.count), 0, 1, 0, 0, 64, number]
        packet += [0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
        packet += options
        return packet + payload
    }

    private static let ports: [UInt8] = [0, 25, 0, 25]

    private static func read(_ octets: [UInt8]) throws -> (header: IPHeader, left: Int) {
        var reader = ByteReader(octets.span, layer: .ipv4)
        let header = try IPHeader(parsingV4: &reader)
        return (header, reader.remaining)
    }

    /// RFC 791 §3.1: loose and strict routes; while addresses are left, the destination in front is a router's.
    @Test(
        arguments: [
            ([131, 11, 4, 192, 0, 2, 8, 192, 0, 2, 9, 0], 9), ([137, 11, 8, 192, 0, 2, 8, 192, 0, 2, 9, 0], 9),
            ([1, 131, 7, 4, 192, 0, 2, 7], 7), ([131, 11, 12, 192, 0, 2, 8, 192, 0, 2, 9, 0], 2),
            ([131, 3, 4, 0], 2), ([7, 7, 4, 192, 0, 2, 8, 0], 2), ([131, 9, 4, 0], 2), ([131], 2),
        ] as [([UInt8], UInt8)])
    func theLastDestinationCounts(_ options: [UInt8], _ expected: UInt8) throws {
        let padded = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
        let (header, left) = try Self.read(Self.packet(padded, Self.ports))
        #expect(header.destination == IPAddress(v4: 0xC000_0200 + UInt32(expected)))
        #expect(left == 4)
    }

    private static let authentication: [UInt8] =
        [6, 4, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1] + [UInt8](repeating: 9, count: 12)

    /// RFC 4302: it says who has sent the packet, and hides nothing.
    @Test func authenticationHidesNothing() throws {
        let (header, left) = try Self.read(Self.packet(protocol: 51, Self.authentication + Self.ports))
        #expect(header.payloadProtocol == IPHeader.tcp && header.payloadLength == 4 && left == 4)
        let twice = [51] + Self.authentication.dropFirst() + Self.authentication
        let (both, rest) = try Self.read(Self.packet(protocol: 51, twice + Self.ports))
        #expect(both.payloadProtocol == IPHeader.tcp && both.payloadLength == 4 && rest == 4)
    }

    @Test func authenticationThatIsCutIsIncomplete() {
        let whole = Self.packet(protocol: 51, Self.authentication + Self.ports)
        for count in 0..<whole.count - 4 {
            #expect(throws: WireError.self) { try Self.read(Array(whole.prefix(count))) }
        }
    }

    /// It is longer than the packet around it.
    @Test func authenticationBehindTheEndIsMalformed() {
        var whole = Self.packet(protocol: 51, Self.authentication + Self.ports)
        whole[3] = 40
        #expect(throws: WireError.self) { try Self.read(whole) }
    }

    /// What is in fragments is looked into when it was put together.
    @Test func authenticationOfAFragmentIsLeft() throws {
        var whole = Self.packet(protocol: 51, Self.authentication + Self.ports)
        whole[6] = 0x20
        let (header, left) = try Self.read(whole)
        #expect(header.payloadProtocol == IPHeader.authentication && left == 28)
    }
}

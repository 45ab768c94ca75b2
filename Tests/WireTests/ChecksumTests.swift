import Support
import Testing

@testable import Wire

/// A checksum says something only where it shows what was on the wire.
@Suite struct ChecksumTests {
    private static func frames(isV6: Bool = false, _ payload: Int = 40) -> BuiltFrame {
        var talk = Conversation(isV6: isV6)
        talk.send([UInt8](repeating: 0x41, count: payload), from: .client)
        return PacketBuilder().frame(talk.segments[0])
    }

    private static func integrity(_ octets: [UInt8]) throws -> Integrity? {
        var decoder = PacketDecoder(ports: PortSet([25...25]))
        guard
            case .segment(let segment) = try decoder.decode(
                octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        else { return nil }
        return segment.integrity
    }

    @Test(arguments: [false, true], 0..<10) func whatTheBuilderBuildsIsIntact(isV6: Bool, _ payload: Int) throws {
        #expect(try Self.integrity(Self.frames(isV6: isV6, payload).octets) == .intact)
    }

    /// Each octet that a checksum covers.
    @Test(arguments: [false, true]) func everyFlippedBitIsDamage(isV6: Bool) throws {
        let frame = Self.frames(isV6: isV6)
        // In IPv6 the addresses alone are covered, in IPv4 the header is as well.
        let start = isV6 ? 14 + 8 : 14
        for place in start..<frame.octets.count {
            // Lengths, offsets, protocol and ports make it another packet.
            let length = isV6 ? 40 : 20
            let structure = isV6 ? [] : [14, 16, 17, 20, 21, 23]
            if structure.contains(place) || (14 + length..<14 + length + 4).contains(place) || place == 14 + length + 12
            {
                continue
            }
            var octets = frame.octets
            octets[place] ^= 0x10
            #expect(try Self.integrity(octets) == .damaged, "octet \(place)")
        }
    }

    @Test func whatACardIsHandedIsNoDamage() throws {
        var octets = Self.frames().octets
        let field = 14 + 20 + 16
        octets[field] = 0
        octets[field + 1] = 0
        #expect(try Self.integrity(octets) == .offloaded)
        // The sum over the pseudo-header, with the length and without.
        let addresses: [UInt8] = Array(octets[26..<34])
        for length: [UInt8] in [[0, 60], [0, 0]] {
            let sum = ~(addresses + [0, 6] + length).internetChecksum
            octets[field] = UInt8(sum >> 8)
            octets[field + 1] = UInt8(sum & 0xFF)
            #expect(try Self.integrity(octets) == .offloaded)
        }
        octets = Self.frames().octets
        octets[24] = 0
        octets[25] = 0
        #expect(try Self.integrity(octets) == .offloaded)
    }

    @Test func whatIsNotWholeCannotBeVerified() throws {
        var octets = Self.frames().octets
        octets.removeLast()
        #expect(try Self.integrity(octets) == .unverifiable)
        octets = Self.frames().octets
        octets[16] = 0
        octets[17] = 0
        #expect(try Self.integrity(octets) == .unverifiable)
    }

    /// Two captures of one packet share its identification.
    @Test func identificationIsThePackets() throws {
        var decoder = PacketDecoder(ports: PortSet([25...25]))
        var octets = Self.frames().octets
        octets[18] = 0xAB
        octets[19] = 0xCD
        guard
            case .segment(let segment) = try decoder.decode(
                octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        else {
            Issue.record("no segment")
            return
        }
        #expect(segment.identification == 0xABCD)
    }

    // MARK: Trust

    private static func refused(_ frames: [[UInt8]]) throws -> [Bool] {
        var decoder = PacketDecoder(ports: PortSet([25...25]))
        var trust = ChecksumTrust()
        return try frames.map { octets in
            guard
                case .segment(let segment) = try decoder.decode(
                    octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
            else { return false }
            return trust.refuses(segment.integrity, segment.payload.count)
        }
    }

    private static func damaged(_ payload: Int) -> [UInt8] {
        var octets = frames(payload).octets
        octets[14 + 20 + 17] ^= 1
        return octets
    }

    @Test func damageCountsWhereOthersAreIntact() throws {
        let intact = Self.frames().octets
        let wrong = Self.damaged(40)
        #expect(try Self.refused([intact, intact, intact, intact, wrong]) == [false, false, false, false, true])
        // Nothing was right before, or too much is wrong.
        #expect(try Self.refused([wrong, wrong, wrong, wrong]) == [false, false, false, false])
        #expect(try Self.refused([intact, wrong, intact, wrong, intact]).allSatisfy { !$0 })
        // Joined by the card: longer than any that was right.
        #expect(try Self.refused([intact, intact, intact, intact, intact, Self.damaged(41)]).last == false)
    }
}

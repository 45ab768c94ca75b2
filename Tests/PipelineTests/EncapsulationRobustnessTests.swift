import Support
import Testing
import Wire

/// Hostile headers end in a value or an error, never in a trap, and never in octets of another packet.
@Suite struct EncapsulationRobustnessTests {
    /// A mail packet of each form, cut at every length.
    @Test(arguments: EncapsulationCase.all.indices) func everyCutEnds(_ index: Int) {
        let form = EncapsulationCase.all[index]
        for segment in Self.samples {
            let frame = form.builder.frame(segment)
            var decoder = PacketDecoder(ports: PortSet([25...25]))
            for length in 0...frame.octets.count {
                let cut = Array(frame.octets[..<length])
                let payload = Self.payload(of: cut, form.builder.linkType, &decoder)
                #expect(payload.map { $0.count <= segment.payload.count } ?? true)
            }
        }
    }

    /// What lengths, flags and numbers turn on: the bits, the ends, and the types that lead on.
    private static let values: [UInt8] = [
        0, 1, 2, 3, 4, 6, 8, 15, 16, 17, 31, 32, 41, 43, 44, 47, 51, 63, 64, 0x45, 0x60, 0x65, 0x6F, 0x7F, 0x80, 0x81,
        0x86,
        0x88, 0xA8, 0xDD, 0xEB, 0xF0, 0xFE, 0xFF,
    ]

    /// Every octet of the headers with many values: the payload that comes of it is never longer than the frame.
    @Test(arguments: EncapsulationCase.all.indices) func everyWrongOctetEnds(_ index: Int) {
        let form = EncapsulationCase.all[index]
        for segment in Self.samples {
            let frame = form.builder.frame(segment)
            let headers = frame.octets.count - segment.payload.count
            var decoder = PacketDecoder(ports: PortSet([1...65535]))
            var tooLong = 0
            for place in 0..<headers {
                var octets = frame.octets
                for value in Self.values {
                    octets[place] = value
                    let payload = Self.payload(of: octets, form.builder.linkType, &decoder)
                    if let payload, payload.count > frame.octets.count { tooLong += 1 }
                }
            }
            #expect(tooLong == 0)
        }
    }

    /// Random octets on every kind of link.
    @Test(arguments: 0..<8) func randomOctetsEnd(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var decoder = PacketDecoder(ports: PortSet([1...65535]))
        let links: [LinkType] = [
            .null, .ethernet, .ppp, .raw, .pppSerial, .pppEthernet, .ciscoHDLC, .loop, .linuxCooked, .linuxCooked2,
            .pppWithDirection, .ipv4, .ipv6,
        ]
        for round in 0..<20_000 {
            var octets = (0..<Int.random(in: 0...160, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Types that lead on are too rare by chance.
            for place in [0, 4, 12, 16, 20, 24, 36, 54] where octets.count > place + 1 && Bool.random(using: &random) {
                let types: [UInt16] = [
                    0x0800, 0x86DD, 0x8100, 0x88A8, 0x8847, 0x8864, 0x6558, 0x88BE, 0x22EB, 0x880B, 0x4500, 0x6000,
                ]
                let type = types.randomElement(using: &random) ?? 0
                octets[place] = UInt8(type >> 8)
                octets[place + 1] = UInt8(type & 0xFF)
            }
            _ = Self.payload(of: octets, links[round % links.count], &decoder)
        }
        #expect(decoder.fragmentCost <= 9 << 20)
        #expect(decoder.paths.count <= PathTable.defaultLimit)
    }

    /// A segment of the client and one of the server, over IPv4 and IPv6.
    private static var samples: [Segment] {
        [false, true].flatMap { isV6 in
            var talk = Conversation(isV6: isV6)
            talk.c("EHLO client.example.net")
            talk.s("250 mx.example.org")
            return talk.segments
        }
    }

    private static func payload(
        of octets: [UInt8], _ linkType: LinkType, _ decoder: inout PacketDecoder
    ) -> [UInt8]? {
        do throws(WireError) {
            switch try decoder.decode(octets.span, linkType: linkType, at: Timestamp(nanoseconds: 0)) {
            case .segment(let segment):
                _ = segment.integrity
                _ = segment.identification
                return [UInt8](copying: segment.payload)
            case .reassembled:
                let segment = try decoder.reassembledSegment()
                _ = segment.integrity
                return [UInt8](copying: segment.payload)
            case .other, .fragment: return nil
            }
        } catch {
            return nil
        }
    }
}

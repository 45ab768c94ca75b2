import Sessions
import Support
import Testing
import Wire

/// Every prefix and every single wrong octet of what hosts send ends in a value or an error: a trap would end the
/// tests.
@Suite struct HostileOctetsTests {
    // MARK: TLS

    static let flights: [(Side, [UInt8])] = [
        (.client, Handshakes.clientHello), (.server, Handshakes.serverHello),
        (.client, Handshakes.clientHello + Handshakes.clientKeys), (.server, Handshakes.serverHello13),
        (.server, Handshakes.serverHello + Handshakes.serverKeys),
    ]

    @Test(arguments: flights.indices) func everyPrefixOfAHandshake(_ index: Int) {
        let (side, octets) = Self.flights[index]
        let whole = events(octets, from: side)
        #expect(!whole.contains("malformed"))
        for end in octets.indices {
            let cut = events(Array(octets[..<end]), from: side)
            #expect(!cut.contains("malformed"), "\(end) octets")
            #expect(whole.hasPrefix(cut), "\(end) octets")
        }
    }

    @Test(arguments: flights.indices) func everyWrongOctetOfAHandshake(_ index: Int) {
        let (side, octets) = Self.flights[index]
        var readings = 0
        Corruption.forEach(in: octets) { corrupt in
            if !events(corrupt, from: side).isEmpty { readings += 1 }
        }
        // Nearly every message shows something, and be it an error.
        #expect(readings > octets.count * 8)
    }

    @Test(arguments: flights.indices) func everyCutOfAHandshakeReadsTheSame(_ index: Int) {
        let (side, octets) = Self.flights[index]
        let whole = events(octets, from: side)
        for place in octets.indices.dropFirst() {
            #expect(events(octets, from: side, cutAt: place) == whole, "cut at \(place)")
        }
    }

    /// What a stream shows, as text.
    private func events(_ octets: [UInt8], from side: Side, cutAt place: Int = 0) -> String {
        var stream = TLSStream(sender: side)
        var context = SessionContext(certificateBudget: 16_000)
        var events: [TLSEvent] = []
        for part in [Array(octets[..<place]), Array(octets[place...])] {
            stream.consume(part.span, at: 0, &context, into: &events)
        }
        return events.map { "\($0)\n" }.joined()
    }

    // MARK: Sessions

    /// One octet of what either side says is wrong, at every place.
    @Test func everyWrongOctetOfADialogue() throws {
        let segments = Dialogue.full.segments
        for (index, segment) in segments.enumerated() where !segment.payload.isEmpty {
            Corruption.forEach(in: segment.payload) { payload in
                var corrupt = segments
                corrupt[index].payload = payload
                #expect(Observer.observe(corrupt).sessions.count == 1)
            }
        }
    }

    @Test func everyPrefixOfADialogue() {
        let segments = Dialogue.encrypted.segments
        for (index, segment) in segments.enumerated() {
            for end in segment.payload.indices {
                let prefix = Array(segments[..<index]) + [segment.part(0..<end)]
                #expect(Observer.observe(prefix).sessions.count <= 1)
            }
        }
    }

    @Test func everyWrongOctetOfAnEncryptedDialogue() {
        let segments = Dialogue.encrypted.segments
        for (index, segment) in segments.enumerated() where !segment.payload.isEmpty {
            for place in segment.payload.indices {
                for value in [0x00, 0xFF, segment.payload[place] ^ 0x01, segment.payload[place] ^ 0x80] as [UInt8] {
                    var corrupt = segments
                    corrupt[index].payload[place] = value
                    #expect(Observer.observe(corrupt).sessions.count == 1)
                }
            }
        }
    }

    // MARK: Frames

    /// Wrong octets in link, IP and TCP headers, on every link type.
    @Test(arguments: LinkTypeTests.v4.indices) func everyWrongOctetOfAHeader(_ index: Int) {
        let builder = LinkTypeTests.v4[index].1
        expectNoTrap(builder.frames(Array(Dialogue.plain.segments.prefix(7))), builder.linkType)
    }

    @Test(arguments: LinkTypeTests.v6.indices) func everyWrongOctetOfAHeaderOverIPv6(_ index: Int) {
        let builder = LinkTypeTests.v6[index].1
        var conversation = Conversation(isV6: true)
        Dialogue.plain.speak(&conversation)
        expectNoTrap(builder.frames(Array(conversation.segments.prefix(7))), builder.linkType)
    }

    private func expectNoTrap(_ frames: [BuiltFrame], _ linkType: LinkType) {
        let victim = 5
        Corruption.forEach(in: Array(frames[victim].octets.prefix(140))) { octets in
            var corrupt = frames
            corrupt[victim].octets = octets
            corrupt[victim].originalLength = octets.count
            #expect(Observer.observe(corrupt, linkType).sessions.count <= 2)
        }
        for end in frames[victim].octets.indices {
            var cut = frames
            cut[victim].octets = Array(frames[victim].octets[..<end])
            #expect(Observer.observe(cut, linkType).sessions.count <= 2)
        }
    }

    /// Octets without any sense, through every link type and into the readers.
    @Test(arguments: 0..<100) func noise(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let types: [LinkType] = [.ethernet, .raw, .rawFile, .null, .loop, .linuxCooked, .linuxCooked2, .ipv4, .ipv6]
        for type in types {
            let frames = (0..<20).map { _ in
                let count = Int.random(in: 0..<90, using: &random)
                let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                return BuiltFrame(
                    octets: octets, originalLength: count, nanoseconds: Int64.random(in: .min ... .max, using: &random))
            }
            #expect(Observer.observe(frames, type).sessions.count <= 20)
        }
        let segments = Conversation.segments { talk in
            for _ in 0..<20 {
                let count = Int.random(in: 1..<60, using: &random)
                let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                talk.send(octets, from: Bool.random(using: &random) ? .client : .server)
            }
        }
        #expect(Observer.observe(segments).sessions.count == 1)
    }
}

/// Octets with a single one changed.
enum Corruption {
    static func forEach(in octets: [UInt8], _ body: ([UInt8]) -> Void) {
        var corrupt = octets
        for index in octets.indices {
            let right = octets[index]
            for value in (0..<8).map({ right ^ 1 << $0 }) + [0x00, 0xFF] where value != right {
                corrupt[index] = value
                body(corrupt)
            }
            corrupt[index] = right
        }
    }
}

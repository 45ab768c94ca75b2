import Sessions
import Support
import Testing
import Wire

/// Whatever a frame is wrapped in, the session in it is the same.
@Suite struct LinkTypeTests {
    static let v4: [(String, PacketBuilder)] = [
        ("802.1Q", PacketBuilder(.ethernet(tags: [.init(0x8100, 0x2007)]))),
        ("priority tag", PacketBuilder(.ethernet(tags: [.init(0x8100, 0xE000)]))),
        ("QinQ", PacketBuilder(.ethernet(tags: [.init(0x88A8, 100), .init(0x8100, 200)]))),
        ("old QinQ", PacketBuilder(.ethernet(tags: [.init(0x9100, 100), .init(0x8100, 200)]))),
        ("Linux cooked", PacketBuilder(.cooked)),
        ("Linux cooked v2", PacketBuilder(.cooked2)),
        ("raw", PacketBuilder(.raw(.raw))),
        ("raw BSD", PacketBuilder(.raw(.rawBSD))),
        ("raw in files", PacketBuilder(.raw(.rawFile))),
        ("IPv4", PacketBuilder(.raw(.ipv4))),
        ("NULL little-endian", PacketBuilder(.null(littleEndian: true, familyV6: 30))),
        ("NULL big-endian", PacketBuilder(.null(littleEndian: false, familyV6: 30))),
        ("LOOP", PacketBuilder(.loop(familyV6: 24))),
        ("IPv4 options", Self.with { $0.optionsV4 = [0x94, 4, 0, 0] + [UInt8](repeating: 1, count: 36) }),
        ("Ethernet padding", Self.with { $0.padding = 46 }),
        ("offloaded, without length", Self.with { $0.isOffloaded = true }),
    ]

    static let v6: [(String, PacketBuilder)] = [
        ("802.1Q", PacketBuilder(.ethernet(tags: [.init(0x8100, 7)]))),
        ("Linux cooked", PacketBuilder(.cooked)),
        ("Linux cooked v2", PacketBuilder(.cooked2)),
        ("raw", PacketBuilder(.raw(.raw))),
        ("IPv6", PacketBuilder(.raw(.ipv6))),
        ("NULL NetBSD", PacketBuilder(.null(littleEndian: true, familyV6: 24))),
        ("NULL FreeBSD", PacketBuilder(.null(littleEndian: true, familyV6: 28))),
        ("NULL Darwin", PacketBuilder(.null(littleEndian: false, familyV6: 30))),
        ("LOOP", PacketBuilder(.loop(familyV6: 24))),
        ("hop-by-hop", Self.with { $0.extensionsV6 = [(0, [0, 0, 5, 2, 0, 0, 1, 0])] }),
        (
            "a chain of extensions",
            Self.with {
                let options: [UInt8] = [0, 1] + [UInt8](repeating: 0, count: 14)
                // Hop-by-hop, routing, destination options, authentication (in units of four), an atomic fragment.
                $0.extensionsV6 = [
                    (0, options), (43, options), (60, options), (51, [0, 4] + [UInt8](repeating: 0, count: 22)),
                    (44, [0, 0, 0, 0, 1, 2, 3, 4]),
                ]
            }
        ),
        ("offloaded, without length", Self.with { $0.isOffloaded = true }),
    ]

    static func with(_ change: (inout PacketBuilder) -> Void) -> PacketBuilder {
        var builder = PacketBuilder()
        change(&builder)
        return builder
    }

    @Test(arguments: v4.indices) func carriesTheSameSessionOverIPv4(_ index: Int) throws {
        try expectTheSame(Dialogue.plain.segments, Self.v4[index])
    }

    @Test(arguments: v6.indices) func carriesTheSameSessionOverIPv6(_ index: Int) throws {
        var conversation = Conversation(isV6: true)
        Dialogue.plain.speak(&conversation)
        try expectTheSame(conversation.segments, Self.v6[index])
    }

    private func expectTheSame(_ segments: [Segment], _ form: (name: String, builder: PacketBuilder)) throws {
        let plain = try #require(Observer.observe(segments).sessions.first)
        #expect(plain.smtp?.messagesAccepted == 1)
        let sessions = Observer.observe(segments, form.builder).sessions
        #expect(difference(sessions, from: [plain.facts]) == nil, "\(form.name)")
        #expect(sessions.map(\.id) == [plain.id], "\(form.name)")
    }

    @Test func vlansAreNamedAndKeepConnectionsApart() {
        let inner = PacketBuilder(.ethernet(tags: [.init(0x88A8, 0x0064), .init(0x8100, 0x20C8)]))
        let segments = Dialogue.plain.segments
        let frames = zip(inner.frames(segments), PacketBuilder().frames(segments)).flatMap { [$0, $1] }
        let sessions = Observer.observe(frames, .ethernet).sessions
        #expect(Set(sessions.map(\.vlans)) == [[100, 200], []])
        #expect(sessions.allSatisfy { $0.smtp?.messagesAccepted == 1 })
    }

    @Test(arguments: CaptureFileFormat.allCases) func everyFileFormatReadsTheSame(_ file: CaptureFileFormat) throws {
        let frames = PacketBuilder().frames(Dialogue.plain.segments)
        let expected = try Observer.run(frames, file: .pcapNanoseconds)
        let outcome = try Observer.run(frames, file: file)
        #expect(outcome.messages.isEmpty)
        #expect(outcome.status == .findings)
        // The file's name is a random one.
        let strip = { (text: String) in text.replacing(#/[0-9A-F-]{36}\.pcap/#, with: "") }
        #expect(strip(outcome.output) == strip(expected.output))
        #expect(outcome.output.contains("message-in-clear"))
    }
}

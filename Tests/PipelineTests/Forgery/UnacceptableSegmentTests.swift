import Sessions
import Support
import Testing
import Wire

/// Segments that no receiver takes: whoever sends them changes nothing of what was said.
@Suite struct UnacceptableSegmentTests {
    /// A login, which was never said.
    private static let login = Array("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n".utf8)

    private struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (inout Segment) -> Void

        init(_ description: String, _ make: @escaping @Sendable (inout Segment) -> Void) {
            testDescription = description
            self.make = make
        }
    }

    private static let forgeries = [
        Forgery("without ACK") {
            $0.flags = []
            $0.acknowledgment = 0
        },
        Forgery("SYN in the middle") {
            $0.flags = .syn
            $0.sequence &-= 1
        },
        Forgery("SYN-ACK in the middle") {
            $0.flags = .synAck
            $0.sequence &-= 1
        },
        Forgery("an acknowledgement a gigabyte old") { $0.acknowledgment &-= 1 << 30 },
    ]

    /// In the place of the client's STARTTLS, before it.
    @Test(arguments: forgeries) private func aLoginInThePlaceOfSTARTTLS(_ forgery: Forgery) throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.index(of: "STARTTLS", from: .client))
        var forged = segments[index]
        forged.payload = Self.login
        forged.time -= 1000
        forgery.make(&forged)
        segments.insert(forged, at: index)
        let (sessions, counters) = Observer.observe(segments)
        let session = try #require(sessions.first)
        #expect(sessions.count == 1)
        #expect(session.smtp?.authentications.isEmpty == true)
        #expect(session.tls?.completed == true)
        #expect(session.transport.conflicts.isEmpty && session.transport.gaps.isEmpty)
        #expect(counters.outOfWindow == 1)
    }

    /// A reply in the server's name.
    @Test func aReplyWithoutACK() throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.index(of: "220 2.0.0", from: .server))
        var forged = segments[index]
        forged.payload = Array("454 no TLS\r\n".utf8)
        forged.flags = []
        forged.time -= 1000
        segments.insert(forged, at: index)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.startTLS.reply?.value.code == .serviceReady)
        #expect(session.tls?.completed == true)
    }

    /// The server has the client's FIN: what its stream holds behind it, it ignores.
    @Test(arguments: [0, 1]) func octetsBehindAnAcknowledgedFIN(_ distance: UInt32) throws {
        var segments = Dialogue.encrypted.segments
        var forged = try #require(segments.last { $0.from == .client })
        forged.sequence &-= 1 &- distance
        forged.payload = Self.login
        forged.time += 100_000
        segments.append(forged)
        let (sessions, counters) = Observer.observe(segments)
        #expect(sessions.count == 1)
        #expect(counters.outOfWindow == 1)
        #expect(sessions.first?.transport.gaps.isEmpty == true)
        #expect(sessions.first?.transport.state == .closed)
    }

    /// Tools that make up packets around octets leave the flag out in all of them.
    @Test func aCaptureWithoutAnyACKIsRead() throws {
        var segments = Dialogue.encrypted.segments.filter { !$0.payload.isEmpty }
        for index in segments.indices { segments[index].flags = [] }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.tls?.serverHello != nil)
    }

    /// A FIN or a reset that no receiver takes ends nothing.
    @Test func aFINWithoutACKEndsNothing() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "MAIL FROM", from: .client))
        var forged = segments[index]
        forged.payload = []
        forged.flags = .fin
        segments.insert(forged, at: index)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.fin?.frame == FrameNumber(UInt64(segments.count - 2)))
        #expect(session.smtp?.messagesAccepted == 1)
    }
}

import Findings
import Sessions
import Support
import Testing
import Wire

/// Connections that are only a part of one (RFC 8684), and such that are half closed (RFC 9293 §3.6).
@Suite struct MultipathTests {
    private func session(_ client: [UInt8], _ server: [UInt8]) throws -> MailSession {
        try #require(Observer.observe(Self.segments(client, server)).sessions.first)
    }

    private static func segments(_ client: [UInt8], _ server: [UInt8]) -> [Segment] {
        var segments = Conversation.segments {
            $0.s("220 mx.example.org ESMTP")
            $0.c("EHLO client.example.net")
            $0.s("250-mx.example.org", "250 SIZE 1000000")
            $0.c("MAIL FROM:<alice@example.net>")
            $0.s("250 2.1.0 Ok")
        }
        segments[0].options = client
        segments[1].options = server
        return segments
    }

    private func ids(_ session: MailSession) -> [String] { Observer.findings([session]).map(\.card.id) }

    private static let capable: [UInt8] = [30, 4, 0x01, 0x01]
    private static let join: [UInt8] = [2, 4, 5, 0xB4, 30, 12, 0x10, 1, 1, 2, 3, 4, 5, 6, 7, 8]
    private static let ordinary: [UInt8] = [2, 4, 5, 0xB4, 1, 1, 1, 0]

    @Test(arguments: [(capable, MultipathRole.capable), (join, .join)])
    func whatBothSidesAgreeOnIsAFact(_ options: [UInt8], _ role: MultipathRole) throws {
        let session = try session(options, options)
        #expect(session.transport.multipath == Observed(role, in: FrameNumber(2)))
        #expect(session.notObservable.contains(Unobserved("other_subflows", .otherSubflows)))
        // What is not here may have gone by elsewhere; what is here is as it is.
        #expect(!ids(session).contains("starttls-not-offered"))
        #expect(ids(session).contains("envelope-in-clear"))
    }

    private static let placed: [UInt8] = [30, 8, 0x20, 0, 0, 0, 0, 1]

    /// The client's SYN is not captured: nobody agrees to what was not offered.
    @Test func anAnswerAloneTellsOfTheOffer() throws {
        var segments = Self.segments(Self.capable, Self.capable)
        segments.removeFirst()
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.multipath == Observed(.capable, in: FrameNumber(1)))
        #expect(!ids(session).contains("starttls-not-offered"))
    }

    /// Neither SYN, or no answer, is captured: whose octets are placed in a stream of several subflows agreed to it.
    @Test(arguments: [1, 2, 3]) func octetsTellOfIt(lost: Int) throws {
        var segments = Self.segments(Self.ordinary, Self.ordinary)
        for index in segments.indices.dropFirst(3) { segments[index].options = Self.placed }
        segments.removeFirst(lost)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.multipath?.value == .subflow)
        #expect(session.notObservable.contains(Unobserved("other_subflows", .otherSubflows)))
        #expect(!ids(session).contains("starttls-not-offered"))
    }

    /// Both SYNs are captured and agree on nothing, in whichever order: an option that anybody can send tells nothing.
    @Test(arguments: [true, false]) func whatSYNsSayStands(isAnswerFirst: Bool) throws {
        var segments = Self.segments(Self.ordinary, isAnswerFirst ? Self.capable : Self.ordinary)
        for index in segments.indices.dropFirst(3) { segments[index].options = Self.placed }
        if isAnswerFirst { segments.swapAt(0, 1) }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.multipath == nil)
        #expect(ids(session).contains("starttls-not-offered"))
    }

    /// Who gets no answer goes on with TCP like any other (section 3.7).
    @Test(arguments: [(capable, ordinary), (ordinary, capable), (ordinary, ordinary), (capable, join)])
    func anOfferAloneIsNone(_ client: [UInt8], _ server: [UInt8]) throws {
        let session = try session(client, server)
        #expect(session.transport.multipath == nil)
        #expect(session.notObservable.isEmpty)
        #expect(ids(session).contains("starttls-not-offered"))
    }

    @Test(arguments: [
        [30, 0, 1, 1], [30, 1, 1, 1], [30, 200, 1, 1], [1, 1, 1, 30], [30, 2, 1, 1], [30, 4, 0x70, 1],
    ])
    func optionsThatAreWrongAreNone(_ options: [UInt8]) throws {
        #expect(try session(options, options).transport.multipath == nil)
    }

    // MARK: Half closed

    private func closing(_ build: (inout Conversation) -> Void) throws -> HalfClosedFacts? {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250 mx.example.org")
        build(&talk)
        return try #require(Observer.observe(talk.segments).sessions.first).transport.halfClosed
    }

    @Test func whatComesBehindAFINIsAFact() throws {
        let facts = try closing {
            $0.send(Conversation.octets(["QUIT"]), from: .client, flags: [.fin, .ack])
            $0.s("221 2.0.0 Bye")
            $0.send([], from: .server, flags: [.fin, .ack])
        }
        #expect(facts?.side == .client)
        #expect(facts?.frame == FrameNumber(7))
        #expect(facts?.octets == 15)
    }

    @Test func aCloseOfBothSidesIsNone() throws {
        #expect(
            try closing {
                $0.c("QUIT")
                $0.s("221 2.0.0 Bye")
                $0.close()
            } == nil)
        #expect(
            try closing {
                $0.c("QUIT")
                $0.s("221 2.0.0 Bye")
                $0.close(by: .server)
            } == nil)
    }
}

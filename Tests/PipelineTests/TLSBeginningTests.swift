import Findings
import Sessions
import Support
import Testing
import Wire

/// TLS that begins in ways that are allowed, if unusual.
@Suite struct TLSBeginningTests {
    private func offer(_ talk: inout Conversation) {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 STARTTLS")
    }

    private func shakeHands13(_ talk: inout Conversation) {
        talk.send(TLSOctets.serverHello13 + TLSOctets.changeCipherSpec + TLSOctets.protected(900), from: .server)
        talk.send(TLSOctets.changeCipherSpec + TLSOctets.protected(53), from: .client)
        talk.send(TLSOctets.protected(60), from: .client)
        talk.send(TLSOctets.protected(200), from: .server)
        talk.send(TLSOctets.protected(60), from: .client)
    }

    private func rules(_ sessions: [MailSession]) -> [String] { Observer.findings(sessions).map(\.card.id) }

    @Test(arguments: 1...12) func aHelloInPiecesFollowsStartTLS(_ size: Int) throws {
        let segments = Conversation.segments { talk in
            offer(&talk)
            talk.c("STARTTLS")
            talk.s("220 go ahead")
            talk.send(Array(TLSOctets.clientHello.prefix(size)), from: .client)
            talk.send(Array(TLSOctets.clientHello.dropFirst(size)), from: .client)
            shakeHands13(&talk)
        }
        let sessions = Observer.observe(segments).sessions
        let session = try #require(sessions.first)
        #expect(session.application == .smtpThenTLS)
        #expect(session.tls?.clientHello?.value.offeredVersions == [.tls13, .tls12])
        #expect(session.tls?.completed == true)
        #expect(rules(sessions) == ["no-post-quantum"])
    }

    @Test(arguments: [1, 2, 3, 7]) func aHandshakeInTinySegmentsIsRead(_ size: Int) throws {
        let segments = Conversation.segments { talk in
            offer(&talk)
            talk.c("STARTTLS")
            talk.s("220 go ahead")
            talk.send(TLSOctets.clientHello, from: .client)
            shakeHands13(&talk)
        }
        let expected = Observer.observe(segments).sessions.map(\.facts)
        #expect(difference(Observer.observe(segments.split(every: size).restamped()).sessions, from: expected) == nil)
    }

    @Test func aHelloThatDoesNotWaitForTheReplyIsRead() throws {
        let segments = Conversation.segments { talk in
            offer(&talk)
            talk.send(Conversation.octets(["STARTTLS"]) + TLSOctets.clientHello, from: .client)
            talk.s("220 go ahead")
            shakeHands13(&talk)
        }
        let sessions = Observer.observe(segments).sessions
        let session = try #require(sessions.first)
        #expect(session.startTLS.reply?.value.code == .serviceReady)
        #expect(session.tls?.version?.value == .tls13)
        #expect(session.tls?.completed == true)
        #expect(rules(sessions) == ["no-post-quantum"])
    }

    @Test func aHelloInVainHidesNoMail() throws {
        let segments = Conversation.segments { talk in
            offer(&talk)
            talk.send(Conversation.octets(["STARTTLS"]) + TLSOctets.clientHello, from: .client)
            talk.s("454 4.7.0 TLS not available")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
        }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.first?.smtp?.mailCommands == 1)
        #expect(sessions.first?.tls == nil)
        #expect(rules(sessions).contains("envelope-in-clear"))
        #expect(rules(sessions).contains("starttls-refused"))
    }

    @Test func aServerThatAnswersInTLSSpeaksNoPlaintext() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("XSTARTTLS")
            talk.s("220 go ahead")
            talk.send(TLSOctets.clientHello, from: .client)
            shakeHands13(&talk)
        }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.first?.application == .smtpThenTLS)
        #expect(rules(sessions) == ["no-post-quantum"])
    }

    @Test func theReplyToStartTLSIsNoGreeting() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 2.0.0 Ready to start TLS")
            talk.send(TLSOctets.clientHello, from: .client)
            shakeHands13(&talk)
        }
        let session = try #require(Observer.observe(Array(segments.dropFirst(3))).sessions.first)
        #expect(session.smtp?.greeting == nil)
        // AUTH or MAIL could have crossed before the capture began.
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == .unknown)
    }

    @Test func aHelloOnPort25IsNoConnectionsStart() throws {
        let segments = Conversation.segments { talk in
            talk.send(TLSOctets.clientHello, from: .client)
            shakeHands13(&talk)
        }
        let session = try #require(Observer.observe(Array(segments.dropFirst(3))).sessions.first)
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == .unknown)
    }

    @Test func earlyDataIsNoFinished() throws {
        let segments = Conversation.segments(port: 465) { talk in
            talk.send(TLSOctets.clientHello + TLSOctets.protected(30), from: .client)
            talk.send(TLSOctets.serverHello13 + TLSOctets.protected(900), from: .server)
            talk.send(TLSOctets.protected(19), from: .client)
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.tls?.completed != true)
    }

    @Test func anExplicitCurveEndsNoReading() throws {
        let exchange = TLSOctets.message(12, [1, 4, 1, 2, 3, 4] + [UInt8](repeating: 1, count: 100))
        let segments = Conversation.segments(port: 465) { talk in
            talk.send(TLSOctets.clientHello, from: .client)
            talk.send(
                TLSOctets.serverHello12 + TLSOctets.record(22, exchange + TLSOctets.message(14, [])), from: .server)
            talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
            talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.tls?.serverKeyExchange?.value.usesExplicitCurve == true)
        #expect(session.errorCount == 0)
        #expect(session.tls?.completed == true)
    }

    /// A message of 128 KiB in records of one octet each, in large packets.
    @Test(.timeLimit(.minutes(1))) func tinyRecordsCostNoMoreThanTheirOctets() throws {
        let message = TLSOctets.message(11, [UInt8](repeating: 0, count: (128 << 10) - 4))
        let octets = message.flatMap { TLSOctets.record(22, [$0]) }
        let segments = Conversation.segments(port: 465) { talk in
            talk.send(TLSOctets.clientHello, from: .client)
            talk.send(TLSOctets.serverHello12, from: .server)
            for start in stride(from: 0, to: octets.count, by: 1400) {
                talk.send(Array(octets[start..<min(octets.count, start + 1400)]), from: .server)
            }
        }
        #expect(Observer.observe(segments).sessions.count == 1)
    }
}

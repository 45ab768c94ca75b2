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
        #expect(rules(sessions) == [])
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
        #expect(rules(sessions) == [])
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
        #expect(rules(sessions) == [])
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

/// SMTP where the capture or the client does what few do.
@Suite struct UnusualDialogueTests {
    private func findings(_ segments: [Segment]) -> [Finding] { Observer.findings(Observer.observe(segments).sessions) }

    @Test func aClientThatLeavesInsteadOfAnsweringToldNoSecret() {
        let segments = Conversation.segments(port: 587) { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 AUTH PLAIN")
            talk.c("AUTH PLAIN")
            talk.s("334 ")
            talk.c("QUIT")
            talk.s("501 5.5.2 cannot decode")
        }
        #expect(!findings(segments).map(\.card.id).contains("credentials-in-clear"))
    }

    @Test func contentThatWasNotCapturedIsNotDenied() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250 mx.example.org")
            talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>")
            talk.s("250 ok", "250 ok")
            talk.lose(5000, from: .client)
            talk.s("354 go on", "250 queued")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        let finding = try #require(findings(segments).first { $0.card.id == "envelope-in-clear" })
        #expect(!finding.sentence.contains("no content followed"))
    }

    /// 250s that answer commands which were not kept are no reply to EHLO.
    @Test func moreCommandsThanAreKeptMixUpNoReplies() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            for _ in 0..<30 { talk.send(Conversation.octets(Array(repeating: "NOOP", count: 40)), from: .client) }
            talk.c("EHLO client.example.net", "MAIL FROM:<a@example.net>")
            for _ in 0..<30 { talk.send(Conversation.octets(Array(repeating: "250 ok", count: 40)), from: .server) }
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.startTLS.offered == nil)
        #expect(!findings(segments).map(\.card.id).contains("starttls-not-offered"))
    }

    @Test func lmtpAnswersALastChunkOncePerRecipient() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250 CHUNKING")
            talk.c("MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>")
            talk.s("250 ok", "250 ok", "250 ok")
            talk.c("BDAT 3 LAST")
            talk.send(Array("abc".utf8), from: .client)
            talk.c("MAIL FROM:<d@example.net>")
            talk.s("250 b", "250 c", "550 no")
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.smtp?.transactions.last?.mailReply?.value == ReplyCode(550))
        #expect(session.smtp?.messagesAccepted == 2)
    }

    /// Octets of a client that waits for a reply, one in each segment.
    @Test(.timeLimit(.minutes(1))) func manyTinySegmentsBeforeAReplyCostLittle() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            for _ in 0..<4 {
                talk.c("DATA")
                for _ in 0..<20_000 { talk.send([0x61], from: .client) }
                talk.c("", ".")
                talk.s("354 go on", "250 ok")
            }
        }
        #expect(try #require(Observer.observe(segments).sessions.first?.smtp).contentOctets > 50_000)
    }
}

/// TCP as hosts, taps and forgers do it.
@Suite struct UnusualTransportTests {
    private func opening(_ talk: inout Conversation) {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 AUTH PLAIN")
    }

    private func login(_ talk: inout Conversation) {
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        talk.s("235 ok")
    }

    @Test func octetsOfAResetBelongToNoStream() throws {
        let segments = Conversation.segments { talk in
            opening(&talk)
            talk.send(Conversation.octets(["AUTH PLAIN AGFsaWNlAHNlY3JldA=="]), from: .client, flags: [.rst, .ack])
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.smtp?.authentications.isEmpty == true)
        #expect(session.transport.reset?.value == .client)
    }

    @Test func aResetFromNowhereEndsNothing() throws {
        var segments = Conversation.segments { talk in
            opening(&talk)
            talk.time += 10_000_000_000
            login(&talk)
        }
        var forged = segments[4]
        forged.flags = [.rst]
        forged.sequence &+= 0x6000_0000
        forged.payload = []
        segments.insert(forged, at: 6)
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        #expect(sessions.first?.smtp?.authentications.first?.outcome == .accepted)
        #expect(sessions.first?.transport.state == .closed)
    }

    @Test(arguments: [20_000, 5_000_000, 500_000_000] as [UInt32])
    func anAcknowledgmentOfOctetsNeverSentHidesNothing(_ distance: UInt32) throws {
        var segments = Conversation.segments { talk in
            opening(&talk)
            talk.time += 5_000_000_000
            talk.c("NOOP")
            talk.time += 5_000_000_000
            talk.s("250 ok")
            login(&talk)
        }
        var forged = segments[5]
        forged.acknowledgment &+= distance
        forged.sequence &+= UInt32(forged.payload.count)
        forged.payload = []
        segments.insert(forged, at: 6)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.smtp?.authentications.first?.outcome == .accepted)
    }

    @Test(arguments: [Side.client, .server]) func aPortUsedAgainIsAnotherSessionInOneDirection(_ side: Side) {
        var segments: [Segment] = []
        for isn in [1_000_000, 3_000_000_000, 77] as [UInt32] {
            let start = Conversation.start + Int64(segments.count) * 1_000_000
            var talk = Conversation(clientISN: isn, serverISN: isn &+ 9000, at: start)
            talk.open()
            opening(&talk)
            login(&talk)
            talk.close()
            segments += talk.segments.only(side)
        }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 3)
        if side == .client { #expect(sessions.allSatisfy { $0.smtp?.authentications.count == 1 }) }
    }

    @Test func aLossIsKnownBeforeTheReplyThatShowsIt() throws {
        // The client's RSET is lost, so the 250 is not the reply to the EHLO behind it.
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250-SIZE", "250 STARTTLS")
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250 ok")
            talk.c("DATA")
            talk.lose(6, from: .client)
            talk.s("503 no recipients", "250 flushed")
            talk.time += 3_000_000_000
            talk.c("QUIT")
            talk.s("221 bye")
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.gaps.map(\.length) == [6])
        #expect(session.notObservable.contains(Unobserved("dialogue", .gap)))
        #expect(session.smtp?.quit != nil)
    }

    @Test func aSynWithOctetsIsRead() throws {
        var talk = Conversation()
        talk.send(Conversation.octets(["EHLO early.example"]), from: .client, flags: .syn, acknowledging: false)
        talk.send([], from: .server, flags: [.syn, .ack])
        talk.s("220 mx.example.org ESMTP", "250 mx.example.org")
        talk.close()
        let session = try #require(Observer.observe(talk.segments).sessions.first)
        #expect(session.smtp?.clientName?.value.full == "early.example")
        #expect(session.smtp?.ehlo != nil)
        #expect(session.transport.capture == .complete)
    }

    @Test func bothSidesMayOpenAtOnce() throws {
        var talk = Conversation()
        talk.send([], from: .client, flags: .syn, acknowledging: false)
        var crossing = talk.segments[0]
        crossing.from = .server
        crossing.sequence = 5_000_000
        var reply = crossing
        reply.flags = [.syn, .ack]
        reply.acknowledgment = 1_000_001
        talk.lose(1, from: .server)
        opening(&talk)
        login(&talk)
        talk.close()
        let segments = [talk.segments[0], crossing, reply] + talk.segments.dropFirst()
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        #expect(sessions.first?.smtp?.authentications.first?.outcome == .accepted)
    }

    @Test func aConnectionToItselfTrapsNothing() {
        var segments = Conversation.segments { talk in
            opening(&talk)
            login(&talk)
        }
        for index in segments.indices { segments[index].client = segments[index].server }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.allSatisfy { $0.isLocal })
    }

    /// The snapshot length cuts a segment; its retransmission comes whole.
    @Test func aCutSegmentIsAGapOnceOnly() throws {
        var segments = Conversation.segments { talk in
            opening(&talk)
            login(&talk)
        }
        let index = try #require(segments.index(of: "AUTH PLAIN", from: .client))
        let whole = segments[index]
        segments[index].captured = 5
        segments.insert(whole, at: index + 1)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.gaps.count == 1)
        #expect(session.transport.state == .closed)
    }

    @Test(.timeLimit(.minutes(1))) func tinyPiecesInTheWrongOrderCostLittle() throws {
        let segments = Conversation.segments { talk in
            opening(&talk)
            talk.lose(1, from: .client)
            for _ in 0..<60_000 { talk.send([0x61], from: .client) }
        }
        #expect(Observer.observe(segments).sessions.count == 1)
    }
}

import Findings
import Sessions
import Support
import Testing
import Wire

/// Packets that the capture lost, where no number of the session tells that they were its: what was not seen proves less.
@Suite struct LossTests {
    private static let second: Int64 = 1_000_000_000

    private static func unused(_ talk: inout Conversation) {
        talk.open()
        Dialogue.unused.say(&talk)
        // Behind it STARTTLS cannot follow, though the capture ends.
        talk.c("DATA")
    }

    /// The sessions of `segments`, of which packets were lost when the one at `loss` came in.
    private static func observe(_ segments: [Segment], loss: Int?) -> [MailSession] {
        let builder = PacketBuilder()
        return Observer.observe(builder.frames(segments), builder.linkType, loss: { $0 == loss }).sessions
    }

    private static func certainty(_ segments: [Segment], loss: Int?) -> Certainty? {
        let findings = Observer.findings(observe(segments, loss: loss))
        return findings.first { $0.card.id == "starttls-unused" }?.certainty
    }

    @Test func aLossMakesWhatWasNotSeenDoubtful() throws {
        var talk = Conversation()
        Self.unused(&talk)
        #expect(Self.certainty(talk.segments, loss: nil) == .certain)
        #expect(Self.certainty(talk.segments, loss: 0) == .likely)
        #expect(Self.certainty(talk.segments, loss: 7) == .likely)
        let session = try #require(Self.observe(talk.segments, loss: 3).first)
        #expect(session.notObservable.contains(Unobserved("end", .lostPackets)))
        #expect(Self.observe(talk.segments, loss: nil).first?.notObservable.isEmpty == true)
    }

    /// The numbers of FINs stand behind all that was said.
    @Test func whatIsClosedIsWholeWhateverWasLost() throws {
        var talk = Conversation()
        Self.unused(&talk)
        talk.close()
        #expect(Self.certainty(talk.segments, loss: 4) == .certain)
        #expect(Self.observe(talk.segments, loss: 4).first?.notObservable.isEmpty == true)
    }

    @Test func aLossBeforeItsBeginningIsNoneOfIt() {
        var early = Conversation(clientPort: 20_000)
        Self.unused(&early)
        var late = Conversation(clientPort: 20_001, at: Conversation.start + Self.second)
        Self.unused(&late)
        let sessions = Self.observe(early.segments + late.segments, loss: 5)
        #expect(sessions.map { $0.transport.mayLackPackets } == sessions.map { $0.client.port == 20_000 })
    }

    /// A client that greets and falls silent has sent no mail, unless it was lost.
    @Test func nothingIsCalledIdleThatMayHaveGoneOn() throws {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250 mx.example.org")
        talk.reset(by: .client)
        var judge = Judge()
        for (loss, verdict) in [(nil, Verdict.idle), (4, .unknown)] as [(Int?, Verdict)] {
            let session = try #require(Self.observe(talk.segments, loss: loss).first)
            #expect(judge.judge(session).exposure.verdict == verdict)
        }
    }

    // MARK: Resets behind what was not seen

    private static func cut(lost: Int) -> [Segment] {
        var talk = Conversation(clientPort: 20_000)
        talk.openUpToHello()
        if lost > 0 { talk.lose(lost, from: .client) }
        talk.reset(by: .client)
        var clear = Conversation(clientPort: 20_001, at: Conversation.start + 5 * second)
        Dialogue.plain.speak(&clear)
        return talk.segments + clear.segments
    }

    /// The handshake may have been completed, and mail sent, in octets of which the reset's number alone tells.
    @Test(arguments: [(0, Certainty.likely), (1, .possible), (3000, .possible)])
    func aHandshakeThatMayHaveGoneOnIsHardlyCut(_ lost: Int, _ certainty: Certainty) throws {
        let findings = Observer.findings(Self.observe(Self.cut(lost: lost), loss: nil))
        for rule in ["tls-handshake-failed", "plaintext-after-failed-tls"] {
            let finding = try #require(findings.first { $0.card.id == rule }, "\(rule)")
            #expect(finding.certainty == certainty, "\(rule)")
        }
    }

    /// A tap may show a reset before the octets that it stands behind.
    @Test func aResetThatWasReorderedLacksNothing() throws {
        var talk = Conversation()
        Self.unused(&talk)
        talk.reset(by: .client)
        var segments = talk.segments
        #expect(Self.certainty(segments, loss: nil) == .certain)
        segments.swapAt(segments.count - 1, segments.count - 3)
        let session = try #require(Self.observe(segments.restamped(), loss: nil).first)
        #expect(session.transport.mayLackPackets == false)
    }

    // MARK: What only one side's packets tell of

    /// The verdict of the only session, and what was found in it.
    private static func judged(_ segments: [Segment]) throws -> (session: MailSession, verdict: Verdict, [Finding]) {
        let sessions = observe(segments, loss: nil)
        let session = try #require(sessions.first)
        #expect(sessions.count == 1)
        var judge = Judge()
        return (session, judge.judge(session).exposure.verdict, Observer.findings(sessions))
    }

    /// Of the server nothing but its FIN was captured, after a silence that is longer than octets are waited for.
    @Test(arguments: [TCPFlags([.fin, .ack]), .rst])
    func whatWasAcknowledgedBeforeItsSenderWasSeenIsMissing(_ end: TCPFlags) throws {
        var talk = Conversation(port: 465)
        talk.open()
        talk.send(TLSOctets.clientHello, from: .client)
        talk.lose(900, from: .server)
        talk.send(TLSOctets.changeCipherSpec + TLSOctets.protected(40), from: .client)
        talk.time += 8 * Self.second
        talk.send([], from: .client, flags: [.fin, .ack])
        talk.send([], from: .client, flags: .ack)
        talk.send([], from: .server, flags: end)
        let captured = talk.segments.filter { $0.from == .client || $0.flags == end }
        let (session, verdict, findings) = try Self.judged(captured)
        #expect(session.transport.gapCount == 1)
        #expect(session.transport.gaps.first.map { $0.side == .server && $0.offset == 0 } == true)
        #expect(verdict == .unknown)
        #expect(findings.allSatisfy { $0.certainty == .possible })
    }

    /// Some servers say in clear that their client is gone; where the capture holds nothing but the end of TLS, that is no greeting.
    @Test func aFarewellBehindTLSThatWasUnderWayAccusesNobody() throws {
        var talk = Conversation()
        talk.send(TLSOctets.record(21, [UInt8](repeating: 0xA5, count: 26)), from: .client)
        talk.send([], from: .server, flags: .ack)
        talk.send([], from: .client, flags: [.fin, .ack])
        talk.s("421 mx.example.org lost its peer")
        talk.reset(by: .client)
        let (_, verdict, findings) = try Self.judged(talk.segments)
        #expect(verdict == .unknown)
        #expect(findings.allSatisfy { $0.certainty == .possible }, "\(findings.map(\.card.id))")
    }

    /// A hello by itself shows that TLS began there, wherever the capture does.
    @Test func aGreetingToAHelloIsOneWithoutTheSYNs() throws {
        var talk = Conversation()
        talk.send(TLSOctets.clientHello, from: .client)
        talk.s("220 mx.example.org ESMTP")
        let (session, _, findings) = try Self.judged(talk.segments)
        #expect(session.application == .tlsHelloToPlaintextServer)
        #expect(findings.contains { $0.card.id == "tls-handshake-failed" && $0.certainty == .certain })
    }

    /// A server that agrees to STARTTLS discards what came with it, so that nothing in clear follows from that where its reply is
    /// not seen.
    @Test(arguments: [true, false]) func whatCameWithAnUnansweredSTARTTLSIsNoDialogue(_ serverIsSeen: Bool) throws {
        var talk = Conversation()
        talk.open()
        talk.hearOffer()
        talk.c("STARTTLS", "MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>")
        let captured = talk.segments.filter { serverIsSeen || $0.from == .client }
        let (session, verdict, findings) = try Self.judged(captured)
        #expect(session.startTLS.pipelined != nil)
        #expect(verdict == .unknown)
        #expect(findings.isEmpty, "\(findings.map(\.card.id))")
    }

    /// What its client said once it had received more of the server is an answer to that.
    @Test func whatFollowsALostReplyToSTARTTLSIsDialogue() throws {
        var talk = Conversation()
        talk.open()
        talk.hearOffer()
        talk.c("STARTTLS")
        talk.lose(20, from: .server)
        talk.c("MAIL FROM:<a@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.close()
        let (_, verdict, findings) = try Self.judged(talk.segments)
        #expect(verdict == .open)
        #expect(findings.contains { $0.card.id == "envelope-in-clear" })
    }

    /// A tap that is handed decrypted TLS shows the same without the server's replies as with them.
    @Test(arguments: [0, 1]) func aMirrorIsNotRuledOutByWhatIsMissing(_ repliesSeen: Int) throws {
        var talk = Conversation(port: 465)
        talk.open()
        if repliesSeen > 0 { talk.s("220 mx.example.org ESMTP") } else { talk.lose(26, from: .server) }
        talk.c("EHLO client.example.net")
        if repliesSeen > 0 { talk.s("250 mx.example.org") } else { talk.lose(20, from: .server) }
        talk.c("MAIL FROM:<a@example.net>")
        talk.close()
        let (_, _, findings) = try Self.judged(talk.segments)
        let finding = try #require(findings.first { $0.card.id == "cleartext-on-implicit-tls-port" })
        #expect(finding.certainty == .likely)
    }

    /// What the client said to the offer is missing: it may have been STARTTLS, and refused.
    @Test(arguments: [0, 10]) func aClientThatMayHaveAskedIsHardlyAccused(_ lost: Int) throws {
        var talk = Conversation()
        talk.open()
        talk.hearOffer()
        if lost > 0 {
            talk.lose(lost, from: .client)
            talk.s("502 5.5.1 no such command")
        }
        talk.c("MAIL FROM:<a@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("RCPT TO:<b@example.org>")
        talk.s("250 2.1.5 Ok")
        talk.c("DATA")
        // It shows that what was read behind the hole were commands.
        talk.s("354 go on")
        talk.c("content", ".")
        talk.s("250 2.0.0 Ok")
        talk.close()
        let (_, _, findings) = try Self.judged(talk.segments)
        let finding = try #require(findings.first { $0.card.id == "starttls-unused" })
        #expect(finding.certainty == (lost > 0 ? .possible : .certain))
    }

    /// A server leaves instead of saying hello, and its FIN is missing: the client's alert may be its answer to that.
    @Test func anAlertThatMayAnswerAFINEndsNothingForCertain() throws {
        var talk = Conversation()
        talk.openUpToHello()
        talk.lose(1, from: .server)
        talk.send(TLSOctets.record(21, [2, 50]), from: .client)
        talk.reset(by: .server)
        let (_, _, findings) = try Self.judged(talk.segments)
        #expect(findings.first { $0.card.id == "tls-handshake-failed" }?.certainty == .likely)
    }
}

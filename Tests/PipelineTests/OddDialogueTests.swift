import Findings
import Sessions
import Support
import Testing
import Wire

/// Dialogues that few servers and clients have, all of them allowed or harmless: what they do not prove accuses nobody, and what
/// crossed in clear all the same is said.
@Suite struct OddDialogueTests {
    private struct Seen {
        let session: MailSession
        let findings: [Finding]

        func certainty(_ rule: String) -> Certainty? { findings.first { $0.card.id == rule }?.certainty }
        var verdict: Verdict { ExposureJudge.judge(session, CaptureObservations()).verdict }
    }

    private func see(port: UInt16 = 25, _ say: (inout Conversation) -> Void) throws -> Seen {
        let sessions = Observer.observe(Conversation.segments(port: port, say)).sessions
        return Seen(session: try #require(sessions.first), findings: Observer.findings(sessions))
    }

    private func greet(_ talk: inout Conversation, _ lines: String...) {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.send(Conversation.octets(lines), from: .server)
    }

    private func beginMessage(_ talk: inout Conversation) {
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 ok")
        talk.c("DATA")
        talk.s("354 go on")
    }

    // MARK: Content

    /// A server that refuses bare line feeds says so while the message still comes.
    @Test(arguments: ["521 5.5.2 bare <LF> received", "552 too much"])
    func whatComesBehindARefusalOfContentIsNoCertainCommand(_ refusal: String) throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            beginMessage(&talk)
            talk.send(Array("Subject: x\r\n\r\none\n.\ntwo\r\n".utf8), from: .client)
            talk.s(refusal)
            talk.c("EHLO topsecretname", "AUTH PLAIN AHpAego=", ".")
        }
        #expect(seen.certainty("credentials-in-clear") == .possible)
        #expect(seen.session.smtp?.clientName?.value.full == "client.example.net")
        #expect(seen.session.smtp?.unusual?.doubtfulCommand != nil)
    }

    /// Lines in doubt say nothing of how their client ends lines.
    @Test func whatIsInDoubtEndsNoContent() throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            beginMessage(&talk)
            talk.send(Array("one\n.\n".utf8), from: .client)
            talk.s("554 no")
            talk.send(Array("what\n".utf8), from: .client)
            talk.s("500 what")
            beginMessage(&talk)
            talk.send(Array("hello\n.\nAUTH PLAIN AGFsaWNlAHRlc3Q=\r\nbye\r\n.\r\n".utf8), from: .client)
            talk.s("250 queued")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        #expect(seen.certainty("credentials-in-clear") == nil)
    }

    /// RFC 2920 §3.1: a client whose recipients were all refused, and to which 354 is said all the same, sends a dot.
    @Test(arguments: [1, 2, 3]) func aLoneDotIsNoMessage(_ size: Int) throws {
        var dot = Array(".\r\n".utf8)[...]
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 PIPELINING")
            talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>", "DATA")
            talk.s("250 ok", "550 unknown", "354 go on")
            while !dot.isEmpty {
                talk.send(Array(dot.prefix(size)), from: .client)
                dot = dot.dropFirst(size)
            }
            talk.s("554 no valid recipients")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        #expect(seen.certainty("message-in-clear") == nil)
        #expect(seen.certainty("envelope-in-clear") == .certain)
        #expect(seen.session.smtp?.contentOctets == 0)
        #expect(seen.session.smtp?.transactions.first?.contentReply?.value == ReplyCode(554))
    }

    @Test(arguments: [1, 2, 3, 7]) func contentThatBeginsWithADotIsCountedWhole(_ size: Int) throws {
        let content = Array(".\r..\r\nx\r\n.\r\n".utf8)
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 PIPELINING")
            beginMessage(&talk)
            for start in stride(from: 0, to: content.count, by: size) {
                talk.send(Array(content[start..<min(start + size, content.count)]), from: .client)
            }
            talk.s("250 ok")
        }
        let whole = try see { talk in
            greet(&talk, "250-mx.example.org", "250 PIPELINING")
            beginMessage(&talk)
            talk.send(content, from: .client)
            talk.s("250 ok")
        }
        #expect(seen.session.smtp?.contentOctets == UInt64(content.count))
        #expect(seen.session.smtp?.firstContent?.offset == whole.session.smtp?.firstContent?.offset)
        #expect(seen.certainty("message-in-clear") == .certain)
    }

    // MARK: What a server offers

    @Test(arguments: ["250-STARTTLS\t", "250- STARTTLS", "250-STARTTLS\r", "250-starttls\tx", "250-STARTTLS  "])
    func anOfferWithBlanksIsOne(_ line: String) throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", line, "250 HELP")
            beginMessage(&talk)
        }
        #expect(seen.session.startTLS.offered?.value == true)
        #expect(seen.certainty("starttls-not-offered") == nil)
        #expect(seen.certainty("starttls-unused") == .certain)
    }

    @Test(arguments: ["250-AUTH\tPLAIN LOGIN", "250-AUTH\tLOGIN", "250- AUTH  PLAIN"])
    func aMechanismBehindATabIsOffered(_ line: String) throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", line, "250 HELP")
            beginMessage(&talk)
        }
        #expect(seen.certainty("auth-offered-in-clear") == .certain)
    }

    /// Some clients look for keywords in the opening line, or take a carriage return for the end of one.
    @Test(arguments: [["250-STARTTLS", "250 HELP"], ["250 STARTTLS"], ["250-mx\r250-STARTTLS\r250 SIZE", "250 HELP"]])
    func anOfferInAnUnusualPlaceIsNotMissing(_ lines: [String]) throws {
        let seen = try see { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.send(Conversation.octets(lines), from: .server)
            beginMessage(&talk)
        }
        #expect(seen.certainty("starttls-not-offered") == nil)
        #expect(seen.certainty("message-in-clear") == nil)
        #expect(seen.certainty("envelope-in-clear") == .certain)
    }

    /// Bots send everything at once.
    @Test func aClientThatDidNotWaitWasNotToldWhatIsOffered() throws {
        let seen = try see { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net", "MAIL FROM:<alice@example.net>")
            talk.s("250-mx.example.org", "250 HELP", "250 ok")
        }
        #expect(seen.certainty("starttls-not-offered") == nil)
        #expect(seen.certainty("envelope-in-clear") == .certain)
    }

    /// It named a sender before it asked, and went on afterwards.
    @Test(arguments: [(false, "starttls-not-offered"), (true, "starttls-unused")])
    func whatTheClientDidBehindTheReplyCounts(_ isOffered: Bool, _ rule: String) throws {
        let seen = try see { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("HELO client.example.net")
            talk.s("250 mx.example.org")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", isOffered ? "250 STARTTLS" : "250 HELP")
            talk.c("MAIL FROM:<bob@example.net>")
            talk.s("250 ok")
        }
        let finding = try #require(seen.findings.first { $0.card.id == rule })
        #expect(finding.certainty == .certain)
        #expect(finding.evidence.contains { $0.frame == FrameNumber(10) })
    }

    /// A tap near the server shows it behind the reply, and its acknowledgement tells.
    @Test(arguments: ["250 STARTTLS", "250 HELP"]) func whatCrossesTheReplyWasNoAnswerToIt(_ line: String) throws {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        let before = talk.segments.count
        talk.c("MAIL FROM:<alice@example.net>")
        talk.send(Conversation.octets(["250-mx.example.org", line]), from: .server)
        talk.s("250 ok")
        var segments = talk.segments
        segments.swapAt(before, before + 1)
        let sessions = Observer.observe(segments.restamped()).sessions
        let findings = Observer.findings(sessions).map(\.card.id)
        #expect(!findings.contains("starttls-unused") && !findings.contains("starttls-not-offered"))
        #expect(findings.contains("envelope-in-clear"))
    }

    /// Octets behind DATA wait for its reply, and are read behind that of EHLO.
    @Test(arguments: ["250 STARTTLS", "250 HELP"]) func whatWasSentAtOnceWasNoAnswerToTheReply(_ line: String) throws {
        let seen = try see { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c(
                "EHLO client.example.net", "MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>", "DATA", "x",
                ".",
                "QUIT")
            talk.send(Conversation.octets(["250-mx.example.org", line]), from: .server)
            talk.s("250 ok", "250 ok", "354 go on", "250 ok", "221 bye")
        }
        #expect(seen.certainty("starttls-unused") == nil && seen.certainty("starttls-not-offered") == nil)
        #expect(seen.certainty("message-in-clear") == .certain)
    }

    /// What the client had sent by then was no answer to it.
    @Test func anOfferThatComesLateIsNotUnused() throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 STARTTLS")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        #expect(seen.certainty("starttls-unused") == nil)
        #expect(seen.certainty("envelope-in-clear") == .certain)
    }

    /// A second offer does not come before the use of the first.
    @Test func theOfferThatWasNotUsedIsTheOneBeforeIt() throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 STARTTLS")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 STARTTLS")
        }
        let finding = try #require(seen.findings.first { $0.card.id == "starttls-unused" })
        #expect(finding.evidence.map(\.frame) == [FrameNumber(7), FrameNumber(6)])
    }

    /// A reply may repeat what the client said, so that not all of it is shown; an offer stays one.
    @Test func anOfferBehindAnUnknownCommandIsOne() throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            talk.c("FOOBAR c2VjcmV0")
            talk.s("500 what")
            talk.c("EHLO client.example.net")
            talk.s(
                "250-mx.example.org", "250-STARTTLS", "250-SIZE 10", "250-c2VjcmV0", "250-FOOBAR c2VjcmV0",
                "250-AUTH PLAIN c2VjcmV0", "250 XXXXXXXA")
            beginMessage(&talk)
        }
        #expect(seen.certainty("starttls-unused") == .certain)
        #expect(seen.certainty("starttls-not-offered") == nil)
        #expect(seen.session.smtp?.ehlo?.words == ["STARTTLS", "SIZE", "XXXXXXXA"])
        #expect(!"\(seen.session)".contains("c2VjcmV0"))
    }

    // MARK: Demands for TLS

    @Test(arguments: [
        ("530 5.7.0 Must issue a STARTTLS command first", true),
        ("530 5.7.0 Must issue a STARTTLS command first; plaintext is not permitted", true),
        ("530 5.7.0 Authentication disabled until STARTTLS", true),
        ("530 5.7.0 Authentication required; STARTTLS is not available here", false),
        ("530 5.7.1 STARTTLS isn't offered to you", false),
        ("530 5.7.1 Authentication required (STARTTLS unsupported)", false),
        ("530 5.7.1 Login first (STARTTLS disabled)", false),
        ("530 5.7.1 There is no STARTTLS here", false),
    ])
    func onlyADemandForTLSIsOne(_ reply: String, _ isDemand: Bool) throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.send(Conversation.octets([reply]), from: .server)
        }
        #expect((seen.session.smtp?.unusual?.demandForTLS != nil) == isDemand)
        #expect((seen.certainty("starttls-contradiction") != nil) == isDemand)
    }

    @Test(arguments: [
        "MAIL FROM:<zzsecret@example.net>", "VRFY zzsecret", "MAIL FROM:<zzsecret.jones@example.net>", "NOOP zzsecret",
        "MAIL zzsecret",
    ])
    func aDemandThatNamesAPersonIsNotQuoted(_ command: String) throws {
        for name in ["zzsecret", "zzsecret.", "user=zzsecret", "zzsecret's", "(ZZSECRET)"] {
            let seen = try see { talk in
                greet(&talk, "250-mx.example.org", "250 HELP")
                talk.send(Conversation.octets([command]), from: .client)
                talk.send(Conversation.octets(["530 5.7.0 \(name) must issue STARTTLS"]), from: .server)
            }
            let demand = try #require(seen.session.smtp?.unusual?.demandForTLS)
            #expect(!demand.octets.full.lowercased().contains("zzsecret"))
        }
    }

    // MARK: Who is the client

    @Test(arguments: ["TURN", "ATRN example.net"]) func whoTurnedIsNotJudgedAsClient(_ command: String) throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 TURN")
            talk.send(Conversation.octets([command]), from: .client)
            talk.s("250 ok")
            talk.c("220 client.example.net")
            talk.s("EHLO mx.example.org")
            talk.c("250 client.example.net")
            talk.s("MAIL FROM:<alice@example.net>")
            talk.c("530 use STARTTLS")
            talk.s("530 use STARTTLS")
        }
        #expect(seen.verdict == .unknown)
        #expect(seen.session.notObservable.contains(Unobserved("dialogue", .rolesReversed)))
        #expect(seen.certainty("starttls-contradiction") == nil)
    }

    @Test func aRefusedTurnChangesNothing() throws {
        let seen = try see { talk in
            greet(&talk, "250-mx.example.org", "250 TURN")
            talk.c("TURN")
            talk.s("502 no")
            beginMessage(&talk)
        }
        #expect(seen.certainty("envelope-in-clear") == .certain)
        #expect(!seen.session.notObservable.contains { $0.why == .rolesReversed })
    }

    @Test func aServerThatBeginsWithAnotherProtocolHasNoMail() throws {
        let seen = try see(port: 465) { talk in
            talk.c("GET / HTTP/1.1", "Host: example.org", "")
            talk.s("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "250", "x")
        }
        #expect(seen.session.application == .notMail)
        #expect(seen.findings.isEmpty)
    }

    // MARK: Logins

    /// The client did not wait for the server's refusal.
    @Test(arguments: ["503", "530", "538"]) func aPasswordBehindARefusedLoginHasCrossed(_ code: String) throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            talk.c("AUTH LOGIN", "YWxpY2U=", "c2VjcmV0")
            talk.send(Conversation.octets(["\(code) no", "500 what", "500 what"]), from: .server)
            talk.c("NOOP")
            talk.s("250 ok")
        }
        #expect(seen.certainty("credentials-in-clear") == .likely)
        #expect(seen.verdict == .open)
        #expect(seen.session.smtp?.authentications.first?.clientLines == 2)
        #expect(!seen.findings.contains { "\($0)".contains("c2VjcmV0") || "\($0)".contains("YWxpY2U=") })
    }

    @Test func commandsBehindARefusedLoginAreNoPassword() throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            talk.c("AUTH LOGIN", "NOOP", "QUIT")
            talk.s("503 no", "250 ok", "221 bye")
        }
        #expect(seen.certainty("credentials-in-clear") == nil)
        #expect(seen.session.smtp?.quit != nil)
    }

    /// Base64 that comes once the refusal is known is a response to nothing.
    @Test func whatComesBehindAKnownRefusalIsNoPassword() throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", "250 HELP")
            talk.c("AUTH LOGIN")
            talk.s("503 no")
            talk.c("YWxpY2U=")
            talk.s("500 what")
        }
        #expect(seen.certainty("credentials-in-clear") == nil)
    }

    @Test func anotherIntermediateReplyAsksForAPassword() throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", "250 AUTH LOGIN")
            for line in ["AUTH LOGIN", "YWxpY2U=", "c2VjcmV0"] {
                talk.send(Conversation.octets([line]), from: .client)
                talk.send(Conversation.octets([line == "c2VjcmV0" ? "235 ok" : "330 go on"]), from: .server)
            }
        }
        #expect(seen.certainty("credentials-in-clear") == .certain)
    }

    /// Servers that say 250 to everything are asked for nothing less.
    @Test func aPasswordBehindAnyAnswerToAUTHHasCrossed() throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", "250 AUTH PLAIN")
            talk.c("AUTH PLAIN")
            talk.s("250 go on")
            talk.c("AGFsaWNlAHRlc3Q=")
            talk.s("235 ok")
        }
        #expect(seen.findings.first { $0.card.id == "credentials-in-clear" }?.severity == .critical)
        #expect(seen.verdict == .open)
    }

    @Test(arguments: ["XFOO", "xfoo", "AUTHINFO", "AUTHENTICATE", "HELPME12"])
    func anUnknownCommandBehindARefusedLoginIsNoPassword(_ word: String)
        throws
    {
        for mechanism in ["PLAIN", "LOGIN"] {
            let seen = try see(port: 587) { talk in
                greet(&talk, "250-mx.example.org", "250 STARTTLS")
                talk.send(Conversation.octets(["AUTH \(mechanism)", word, "QUIT"]), from: .client)
                talk.s("503 no", "500 what", "221 bye")
            }
            #expect(seen.findings.isEmpty)
        }
    }

    @Test func whatLooksLikeAPasswordMakesNothingElseCertain() throws {
        let seen = try see(port: 587) { talk in
            greet(&talk, "250-mx.example.org", "250 STARTTLS")
            talk.c("AUTH PLAIN", "AGFsaWNlAHRlc3Q=")
            talk.s("538 no", "500 what")
        }
        for rule in ["credentials-in-clear", "starttls-unused", "cleartext-submission"] {
            #expect(seen.certainty(rule) == .likely)
        }
    }

    // MARK: LMTP

    /// How many replies come is known when the recipients' replies are, which is behind the content.
    @Test func aPipelinedChunkIsAnsweredOncePerRecipient() throws {
        let seen = try see { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250-PIPELINING", "250 CHUNKING")
            talk.send(
                Conversation.octets([
                    "MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>", "BDAT 5 LAST",
                ]) + Array("x\r\ny\n".utf8) + Conversation.octets(["MAIL FROM:<d@example.net>"]), from: .client)
            talk.s("250 ok", "250 ok", "250 ok", "250 b", "550 c", "250 ok")
        }
        #expect(seen.session.smtp?.transactions.map { $0.mailReply?.value } == [.ok, .ok])
        #expect(seen.session.smtp?.messagesAccepted == 1)
    }

    /// Replies that are missing are owed by no later content.
    @Test func lostRepliesToContentAreForgotten() throws {
        let seen = try see { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250 PIPELINING")
            for recipients in [3, 1] {
                talk.c("MAIL FROM:<a@example.net>")
                talk.s("250 ok")
                for _ in 0..<recipients {
                    talk.c("RCPT TO:<b@example.org>")
                    talk.s("250 ok")
                }
                talk.c("DATA")
                talk.s("354 go on")
                talk.c("x", ".")
                talk.s("550 no")
                if recipients > 1 { talk.lose(20, from: .server) }
            }
            talk.c("MAIL FROM:<d@example.net>")
            talk.s("250 ok")
        }
        #expect(seen.session.smtp?.messagesAccepted == 0)
    }
}

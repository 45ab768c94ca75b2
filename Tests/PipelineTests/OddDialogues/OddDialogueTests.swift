import Findings
import Sessions
import Support
import Testing
import Wire

/// Dialogues that few servers and clients have, all of them allowed or harmless: what they do not prove accuses nobody, and what
/// crossed in clear all the same is said.
@Suite struct OddDialogueTests {
    // MARK: Content

    /// A server that refuses bare line feeds says so while the message still comes.
    @Test(arguments: ["521 5.5.2 bare <LF> received", "552 too much"])
    func whatComesBehindARefusalOfContentIsNoCertainCommand(_ refusal: String) throws {
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 HELP")
            talk.beginMessage()
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 HELP")
            talk.beginMessage()
            talk.send(Array("one\n.\n".utf8), from: .client)
            talk.s("554 no")
            talk.send(Array("what\n".utf8), from: .client)
            talk.s("500 what")
            talk.beginMessage()
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 PIPELINING")
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 PIPELINING")
            talk.beginMessage()
            for start in stride(from: 0, to: content.count, by: size) {
                talk.send(Array(content[start..<min(start + size, content.count)]), from: .client)
            }
            talk.s("250 ok")
        }
        let whole = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 PIPELINING")
            talk.beginMessage()
            talk.send(content, from: .client)
            talk.s("250 ok")
        }
        #expect(seen.session.smtp?.contentOctets == UInt64(content.count))
        #expect(seen.session.smtp?.firstContent?.offset == whole.session.smtp?.firstContent?.offset)
        #expect(seen.certainty("message-in-clear") == .certain)
    }

    // MARK: What may be decrypted

    /// A decrypted mirror of port 465 looks like this, whichever of the server's replies was seen.
    @Test(arguments: [false, true]) func aLostGreetingMakesNothingMoreCertain(_ isLost: Bool) throws {
        let seen = try OddDialogue(port: 465) { talk in
            if isLost { talk.lose(26, from: .server) } else { talk.s("220 mx.example.org ESMTP") }
            talk.c("EHLO client.example.net")
            talk.s("250 mx.example.org")
            talk.beginMessage()
            talk.c("x", ".")
            talk.s("250 ok")
        }
        #expect((seen.session.smtp?.greeting == nil) == isLost)
        #expect(seen.certainty("message-in-clear") == .likely)
        #expect(seen.certainty("cleartext-on-implicit-tls-port") == .likely)
    }

    // MARK: What a server offers

    @Test(arguments: ["250-STARTTLS\t", "250- STARTTLS", "250-STARTTLS\r", "250-starttls\tx", "250-STARTTLS  "])
    func anOfferWithBlanksIsOne(_ line: String) throws {
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", line, "250 HELP")
            talk.beginMessage()
        }
        #expect(seen.session.startTLS.offered?.value == true)
        #expect(seen.certainty("starttls-not-offered") == nil)
        #expect(seen.certainty("starttls-unused") == .certain)
    }

    @Test(arguments: ["250-AUTH\tPLAIN LOGIN", "250-AUTH\tLOGIN", "250- AUTH  PLAIN"])
    func aMechanismBehindATabIsOffered(_ line: String) throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", line, "250 HELP")
            talk.beginMessage()
        }
        #expect(seen.certainty("auth-offered-in-clear") == .certain)
    }

    /// Some clients look for keywords in the opening line, or take a carriage return for the end of one.
    @Test(arguments: [["250-STARTTLS", "250 HELP"], ["250 STARTTLS"], ["250-mx\r250-STARTTLS\r250 SIZE", "250 HELP"]])
    func anOfferInAnUnusualPlaceIsNotMissing(_ lines: [String]) throws {
        let seen = try OddDialogue { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.send(Conversation.octets(lines), from: .server)
            talk.beginMessage()
        }
        #expect(seen.certainty("starttls-not-offered") == nil)
        #expect(seen.certainty("message-in-clear") == nil)
        #expect(seen.certainty("envelope-in-clear") == .certain)
    }

    /// Bots send everything at once.
    @Test func aClientThatDidNotWaitWasNotToldWhatIsOffered() throws {
        let seen = try OddDialogue { talk in
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
        let seen = try OddDialogue { talk in
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
        let seen = try OddDialogue { talk in
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 HELP")
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 STARTTLS")
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 HELP")
            talk.c("FOOBAR c2VjcmV0")
            talk.s("500 what")
            talk.c("EHLO client.example.net")
            talk.s(
                "250-mx.example.org", "250-STARTTLS", "250-SIZE 10", "250-c2VjcmV0", "250-FOOBAR c2VjcmV0",
                "250-AUTH PLAIN c2VjcmV0", "250 XXXXXXXA")
            talk.beginMessage()
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 HELP")
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
            let seen = try OddDialogue { talk in
                talk.greet("250-mx.example.org", "250 HELP")
                talk.send(Conversation.octets([command]), from: .client)
                talk.send(Conversation.octets(["530 5.7.0 \(name) must issue STARTTLS"]), from: .server)
            }
            let demand = try #require(seen.session.smtp?.unusual?.demandForTLS)
            #expect(!demand.octets.full.lowercased().contains("zzsecret"))
        }
    }

    // MARK: Who is the client

    @Test(arguments: ["TURN", "ATRN example.net"]) func whoTurnedIsNotJudgedAsClient(_ command: String) throws {
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 TURN")
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
        let seen = try OddDialogue { talk in
            talk.greet("250-mx.example.org", "250 TURN")
            talk.c("TURN")
            talk.s("502 no")
            talk.beginMessage()
        }
        #expect(seen.certainty("envelope-in-clear") == .certain)
        #expect(!seen.session.notObservable.contains { $0.why == .rolesReversed })
    }

    @Test func aServerThatBeginsWithAnotherProtocolHasNoMail() throws {
        let seen = try OddDialogue(port: 465) { talk in
            talk.c("GET / HTTP/1.1", "Host: example.org", "")
            talk.s("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "250", "x")
        }
        #expect(seen.session.application == .notMail)
        #expect(seen.findings.isEmpty)
    }
}

import Findings
import Sessions
import Support
import Testing
import Wire

/// Commands that may be message content, content that may be commands, and lines that two servers read as two dialogues: what is
/// not proven accuses nobody, and is not shown.
@Suite struct ContentDoubtTests {
    private static let login = "AUTH PLAIN AGFsaWNlAHRlc3Q="

    private func observe(_ segments: [Segment]) throws -> (session: MailSession, findings: [Finding]) {
        let sessions = Observer.observe(segments).sessions
        return (try #require(sessions.first), Observer.findings(sessions))
    }

    private func certainty(_ rule: String, _ findings: [Finding]) -> Certainty? {
        findings.first { $0.card.id == rule }?.certainty
    }

    private func dialogue(port: UInt16 = 25, _ say: (inout Conversation) -> Void) -> [Segment] {
        Conversation.segments(port: port) { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 PIPELINING")
            say(&talk)
        }
    }

    private func transaction(_ talk: inout Conversation) {
        talk.c("MAIL FROM:<a@example.net>")
        talk.s("250 ok")
        talk.c("RCPT TO:<b@example.org>")
        talk.s("250 ok")
    }

    private func beginMessage(_ talk: inout Conversation) {
        transaction(&talk)
        talk.c("DATA")
        talk.s("354 go on")
    }

    private func leave(_ talk: inout Conversation) {
        talk.c("QUIT")
        talk.s("221 bye")
    }

    /// A capture that begins with the packet in which `text` stands leading.
    private func observe(
        _ segments: [Segment], from text: String
    ) throws -> (session: MailSession, findings: [Finding]) {
        let place = try #require(segments.firstIndex { $0.payload.starts(with: Array(text.utf8)) })
        return try observe(Array(segments[place...]))
    }

    // MARK: Content that reads like commands

    /// The capture joins in the middle of a message.
    @Test func whatIsReadInTheMiddleOfAMessageIsNoCertainLogin() throws {
        let segments = dialogue { talk in
            beginMessage(&talk)
            talk.c("EHLO said my friend", "Auth plain text is bad", ".")
            talk.s("250 queued")
            leave(&talk)
        }
        let (session, findings) = try observe(segments, from: "EHLO said")
        #expect(certainty("credentials-in-clear", findings) == .possible)
        #expect(session.smtp?.clientName == nil)
        #expect(session.smtp?.unusual?.doubtfulCommand?.frame == FrameNumber(1))
        #expect(!findings.contains { $0.certainty == .certain })
    }

    /// The same octets, and a reply that only a login has.
    @Test(arguments: ["235 ok", "334 ", "535 no"]) func aReplyThatOnlyALoginHasMakesItOne(_ reply: String) throws {
        let segments = dialogue { talk in
            talk.c(Self.login)
            talk.s(reply)
        }
        let (session, findings) = try observe(segments, from: "AUTH")
        #expect(certainty("credentials-in-clear", findings) == .certain)
        #expect(session.smtp?.unusual?.doubtfulCommand == nil)
    }

    /// A client that does not wait for the greeting, and a capture that begins with it.
    @Test func aNameIsKnownAsSoonAsItIsNoContent() throws {
        let segments = Conversation.segments { talk in
            talk.c("HELO client.example.net")
            talk.s("220 mx.example.org ESMTP", "250 mx.example.org")
            transaction(&talk)
        }
        let (session, _) = try observe(segments, from: "HELO")
        #expect(session.smtp?.clientName?.value.full == "client.example.net")
        #expect(session.smtp?.unusual?.doubtfulCommand == nil)
    }

    /// DATA and its reply were lost.
    @Test func whatFollowsAHoleMayBeContent() throws {
        let (session, findings) = try observe(
            dialogue { talk in
                transaction(&talk)
                talk.lose(6, from: .client)
                talk.lose(13, from: .server)
                talk.c("EHLO a friend wrote", Self.login, "DATA", "and so on", ".")
                talk.s("250 queued")
                leave(&talk)
            })
        #expect(certainty("credentials-in-clear", findings) == .possible)
        #expect(session.smtp?.clientName?.value.full == "client.example.net")
    }

    /// Its reply says that there was a DATA.
    @Test func a354BehindAHoleBeginsContent() throws {
        let (session, findings) = try observe(
            dialogue { talk in
                transaction(&talk)
                talk.lose(6, from: .client)
                talk.s("354 go on")
                talk.c("EHLO a friend wrote", Self.login, ".")
                talk.s("250 queued")
                leave(&talk)
            })
        #expect(certainty("credentials-in-clear", findings) == nil)
        #expect(certainty("message-in-clear", findings) == .certain)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.smtp?.clientName?.value.full == "client.example.net")
    }

    /// A server that says too much ends no content, and makes nobody an offender.
    @Test(arguments: [true, false]) func a250TooManyEndsNoContent(atOnce: Bool) throws {
        let (session, findings) = try observe(
            dialogue { talk in
                transaction(&talk)
                talk.c("DATA")
                if atOnce { talk.s("354 go on", "250 extra") } else { talk.s("354 go on") }
                talk.c("HELO dear friend")
                if !atOnce { talk.s("250 extra") }
                talk.c(Self.login, ".")
                talk.s("250 queued")
                leave(&talk)
            })
        #expect(certainty("credentials-in-clear", findings) == nil)
        #expect(certainty("message-in-clear", findings) == .certain)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.smtp?.clientName?.value.full == "client.example.net")
    }

    /// Nothing of the server was captured, and the message begins like a command.
    @Test func contentOfOneSideThatBeginsLikeACommandIsDoubted() throws {
        let segments = dialogue { talk in
            transaction(&talk)
            talk.c("DATA")
            talk.c("MAIL FROM:<c@example.net>", "is how you begin", Self.login, ".")
            talk.c("QUIT")
        }
        let (_, findings) = try observe(segments.filter { $0.from == .client })
        #expect(certainty("credentials-in-clear", findings) == .possible)
        #expect(certainty("envelope-in-clear", findings) == .certain)
    }

    /// A burst was lost behind DATA, in both directions: the dialogue goes on.
    @Test func aHoleBehindDATAHidesNothingThatFollows() throws {
        let (session, findings) = try observe(
            dialogue(port: 587) { talk in
                transaction(&talk)
                talk.c("DATA")
                talk.lose(800, from: .client)
                talk.lose(30, from: .server)
                for _ in 0..<3 {
                    beginMessage(&talk)
                    talk.c("text", ".")
                    talk.s("250 queued")
                }
                talk.c(Self.login)
                talk.s("235 ok")
                leave(&talk)
            })
        #expect(session.smtp?.mailCommands == 4 && session.smtp?.messagesAccepted == 3)
        #expect(certainty("credentials-in-clear", findings) == .certain)
        #expect(certainty("message-in-clear", findings) == .certain)
    }

    /// A server may refuse content while it comes, and a hole elsewhere says nothing of where it ends.
    @Test(arguments: ["552 too big", "250 too many"]) func aReplyInTheMiddleOfContentBehindAHoleEndsNothingForSure(
        _ reply: String
    ) throws {
        let (session, findings) = try observe(
            Conversation.segments { talk in
                talk.s("220 mx.example.org ESMTP")
                talk.c("EHLO client.example.net")
                talk.lose(40, from: .server)
                beginMessage(&talk)
                talk.c("text")
                talk.s(reply)
                talk.c("more", Self.login, "EHLO secretword", ".")
                leave(&talk)
            })
        #expect(certainty("credentials-in-clear", findings) != .certain)
        #expect(session.smtp?.clientName?.value.full == "client.example.net")
    }

    /// The dot that ends the message is in a hole, or the message quotes a whole dialogue.
    @Test(arguments: [true, false]) func whatMayHaveEndedProvesNoCommands(isHole: Bool) throws {
        let segments = dialogue { talk in
            beginMessage(&talk)
            talk.c("Hello", "MAIL FROM:<c@example.net> REQUIRETLS", "EHLO secretword")
            if isHole { talk.lose(100, from: .client) } else { talk.c("RCPT TO:<d@example.net>", "DATA", "text", ".") }
            talk.s("250 queued")
            leave(&talk)
        }
        let (session, findings) = try observe(segments, from: "Hello")
        #expect(certainty("requiretls-in-clear", findings) == .possible)
        #expect(session.smtp?.clientName == nil)
    }

    /// A login behind the message has a reply of its own.
    @Test func whatFollowsTheMessageIsCertainAgain() throws {
        let segments = dialogue { talk in
            beginMessage(&talk)
            talk.c("Mail from: nobody", "MAIL FROM:<c@example.net>", ".")
            talk.s("250 queued")
            talk.c(Self.login)
            talk.s("235 ok")
            transaction(&talk)
        }
        let (_, findings) = try observe(segments, from: "Mail from")
        #expect(certainty("credentials-in-clear", findings) == .certain)
        #expect(certainty("envelope-in-clear", findings) == .certain)
    }

    // MARK: Chunks that are refused

    /// How the server reads a chunk says nothing of what the client sent.
    @Test func aChunkThatTheServerTakesForCommandsIsNone() throws {
        let (_, findings) = try observe(
            dialogue { talk in
                transaction(&talk)
                talk.c("BDAT 60 LAST")
                talk.s("502 what?")
                talk.c("Subject: a")
                talk.s("500 what?")
                talk.c(Self.login)
                talk.s("503 no")
                leave(&talk)
            })
        #expect(certainty("credentials-in-clear", findings) == .possible)
    }

    @Test func aChunkThatHasBegunIsReadToItsEnd() throws {
        let (session, findings) = try observe(
            dialogue { talk in
                transaction(&talk)
                talk.c("BDAT 100 LAST")
                talk.send([UInt8](repeating: 0x61, count: 50), from: .client)
                talk.s("502 what?")
                talk.c(String(repeating: "b", count: 10), Self.login)
                talk.send([UInt8](repeating: 0x63, count: 10), from: .client)
            })
        #expect(certainty("credentials-in-clear", findings) == nil)
        #expect(session.smtp?.contentOctets == 100)
    }

    /// A server that does not know BDAT reads on commands, and so does a client that was told.
    @Test(arguments: ["500", "502"]) func noChunkFollowsWhereBDATIsUnknown(_ code: String) throws {
        let (session, findings) = try observe(
            dialogue(port: 587) { talk in
                talk.c("BDAT 5000 LAST")
                talk.s("\(code) what?")
                talk.c(Self.login)
                talk.s("235 ok")
                leave(&talk)
            })
        #expect(certainty("credentials-in-clear", findings) == .certain)
        #expect(certainty("message-in-clear", findings) == nil)
        #expect(session.smtp?.contentOctets == 0)
    }

    /// One that does reads the chunk although it refuses it (RFC 3030 §2), and a chunk under way comes whatever is said.
    @Test(arguments: [true, false]) func aChunkFollowsWhereBDATIsKnownOrItIsUnderWay(isKnown: Bool) throws {
        let chunk = Conversation.octets(["RSET", "QUIT"])
        let (session, _) = try observe(
            dialogue { talk in
                talk.c("BDAT \(chunk.count) LAST")
                if isKnown { talk.s("503 no recipient") }
                talk.send(chunk, from: .client)
                if !isKnown { talk.s("502 what?") }
                talk.c("NOOP")
                talk.s("250 ok")
            })
        #expect(session.smtp?.contentOctets == UInt64(chunk.count))
        #expect(session.smtp?.quit == nil)
    }

    // MARK: Replies that cannot be read whole

    /// Nothing is said of what such a reply lacks; what it holds counts.
    @Test(arguments: [
        ["250-mx", "250-SIZE 5", "", "250-STARTTLS", "250 DSN"],
        ["250-mx", "what is this", "250-STARTTLS", "250 DSN"],
        ["250-mx", "251-STARTTLS", "250 DSN"],
        ["250-mx", "250STARTTLS", "250 DSN"],
    ])
    func aReplyWithAStrayLineLacksNothing(_ lines: [String]) throws {
        let (session, findings) = try observe(
            Conversation.segments { talk in
                talk.s("220 mx.example.org ESMTP")
                talk.c("EHLO client.example.net")
                talk.send(Conversation.octets(lines), from: .server)
                transaction(&talk)
            })
        #expect(certainty("starttls-not-offered", findings) == nil)
        #expect(session.startTLS.offered?.value != false)
        #expect(session.smtp?.ehlo?.words.contains("DSN") == true)
        #expect(session.smtp?.transactions.first?.mailReply?.value == .ok)
    }

    @Test func whatWasOfferedOnceWasOffered() throws {
        let (session, findings) = try observe(
            Conversation.segments { talk in
                talk.s("220 mx.example.org ESMTP")
                talk.c("EHLO client.example.net")
                talk.s("250-mx.example.org", "250 STARTTLS")
                talk.c("EHLO client.example.net")
                talk.s("250-mx.example.org", "250 PIPELINING")
                transaction(&talk)
            })
        #expect(session.startTLS.offered?.value == true)
        #expect(certainty("starttls-not-offered", findings) == nil)
    }

    // MARK: Carriage returns inside a line

    /// Some servers take one for the end of a line: nothing behind it is read or shown, and nothing is said to be idle.
    @Test(arguments: [true, false]) func nothingBehindACarriageReturnIsShown(isFinished: Bool) throws {
        let (session, findings) = try observe(
            Conversation.segments(port: 587) { talk in
                talk.s("220 mx.example.org ESMTP")
                let lines =
                    "EHLO client.example.net\r\(Self.login)\rMAIL FROM:<a@example.net>\rDATA\rprivate words\r.\r"
                talk.send(Array((isFinished ? lines + "\n" : lines).utf8), from: .client)
                talk.s("250 mx.example.org", "235 ok", "250 ok", "354 go on", "250 queued")
            })
        let shown = "\(session)"
        #expect(shown.contains("client.example.net") == isFinished)
        #expect(!shown.contains("private") && !shown.contains("AGFsaWNl"))
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == .unknown)
        #expect(!findings.contains { $0.certainty == .certain })
        #expect((session.smtp?.unusual?.bareCarriageReturn != nil) == isFinished)
    }

    /// However it is cut into segments.
    @Test(arguments: [3000, 1000]) func ofALongLineAsMuchIsReadInOneSegmentAsInMany(size: Int) throws {
        let line = Array("NOOP \(String(repeating: "a", count: 2500))\rMAIL FROM:<a@example.net>\r\n".utf8)
        let (session, _) = try observe(
            dialogue { talk in
                for start in stride(from: 0, to: line.count, by: size) {
                    talk.send(Array(line[start..<min(line.count, start + size)]), from: .client)
                }
                talk.s("250 ok")
                leave(&talk)
            })
        #expect(session.smtp?.unusual?.bareCarriageReturn == nil && session.smtp?.unusual?.hidesOctets == true)
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == .unknown)
    }

    @Test func wordsBehindAMailboxThatAreNoParametersAreNotShown() throws {
        let (session, _) = try observe(
            dialogue { talk in
                talk.c("MAIL FROM:<a@example.net> SIZE=5 private words BODY=8BITMIME SMTPUTF8")
                talk.s("250 ok")
                talk.c("EHLO my private host")
                talk.s("250 ok")
            })
        #expect(
            session.smtp?.firstMail?.octets.masked
                == "MAIL FROM:<a•••@example.net> SIZE=5 ••• ••• BODY=8BITMIME SMTPUTF8")
        #expect(session.smtp?.clientName?.value.full == "my")
        #expect(!"\(session)".contains("private"))
    }

    @Test(arguments: ["STARTTLS", "STARTTLS private"]) func aReplyThatMayRepeatAMessageIsNotQuoted(
        _ command: String
    ) throws {
        let isAlone = command == "STARTTLS"
        let (session, _) = try observe(
            dialogue { talk in
                transaction(&talk)
                if isAlone {
                    talk.c("DATA")
                    talk.s("354 go on")
                    talk.c("private", ".")
                    talk.s("250 queued")
                }
                talk.c(command)
                talk.s("454 private")
            })
        #expect(session.startTLS.reply?.value.text.full == "")
        #expect(session.startTLS.reply?.value.code == .tlsNotAvailable)
    }

    // MARK: TLS and clear

    /// Port 465: whatever the server says before, the client's opening octets are TLS.
    @Test(arguments: ["", "rubbish", "220 mx.example.org"]) func aServerThatSpeaksEarlyMakesNoClientSpeakInClear(
        _ line: String
    ) throws {
        let (session, findings) = try observe(
            Conversation.segments(port: 465) { talk in
                talk.s(line)
                talk.send(TLSOctets.clientHello, from: .client)
                talk.send(TLSOctets.serverHello12 + TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
                talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
                talk.send(TLSOctets.protected(100), from: .client)
            })
        #expect(certainty("cleartext-on-implicit-tls-port", findings) == nil)
        #expect(session.tls?.isImplicit == true)
    }

    /// Mail in clear may follow TLS on a connection; a server's farewell in clear is none.
    @Test(arguments: [(Side.client, Verdict.unknown), (.server, .sealed)], [true, false])
    func clearOctetsOfTheClientBehindTLSAreNotSealed(_ expected: (side: Side, verdict: Verdict), atOnce: Bool) throws {
        let (side, verdict) = expected
        let clear = Conversation.octets([side == .client ? "MAIL FROM:<a@example.net>" : "221 bye"])
        let (session, _) = try observe(
            dialogue { talk in
                talk.c("STARTTLS")
                talk.s("220 go on")
                talk.send(TLSOctets.clientHello, from: .client)
                talk.send(TLSOctets.serverHello12, from: .server)
                talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
                talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
                if atOnce, side == .client {
                    talk.send(TLSOctets.protected(100) + clear, from: side)
                } else {
                    talk.send(TLSOctets.protected(100), from: .client)
                    talk.send(clear, from: side)
                }
            })
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == verdict)
    }

    /// TLS met a server that speaks SMTP in clear, and the client goes on so.
    @Test func whatFollowsAHelloThatWasAnsweredInClearIsRead() throws {
        let (session, findings) = try observe(
            Conversation.segments { talk in
                talk.send(TLSOctets.clientHello, from: .client)
                talk.s("220 mx.example.org ESMTP")
                talk.c("EHLO client.example.net")
                talk.s("250 mx.example.org")
                beginMessage(&talk)
                talk.c("private words", ".")
                talk.s("250 queued")
            })
        #expect(certainty("message-in-clear", findings) == .certain)
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == .open)
        #expect(session.tls?.completed == false && session.tls?.failure == nil)
    }

    /// An alert in clear may come before that.
    @Test(arguments: [25, 465] as [UInt16], [true, false]) func whatFollowsAnAlertInClearIsRead(
        port: UInt16, atOnce: Bool
    ) throws {
        let alert = TLSOctets.record(21, [2, 40])
        let (session, findings) = try observe(
            Conversation.segments(port: port) { talk in
                talk.s("220 mx.example.org ESMTP")
                talk.send(TLSOctets.clientHello, from: .client)
                if port == 465 { talk.send(alert, from: .server) } else { talk.s("500 what?") }
                let hello = Conversation.octets(["EHLO client.example.net"])
                if port == 465 {
                    talk.send(hello, from: .client)
                } else if atOnce {
                    talk.send(alert + hello, from: .client)
                } else {
                    talk.send(alert, from: .client)
                    talk.send(hello, from: .client)
                }
                talk.s("250 mx.example.org")
                transaction(&talk)
            })
        #expect(certainty("envelope-in-clear", findings) != nil)
        #expect(session.smtp?.clientName?.value.full == "client.example.net")
    }

    /// A refusal of several lines, behind which the client goes on in clear.
    @Test func aRefusalOfSeveralLinesEndsTheHandshake() throws {
        let (session, findings) = try observe(
            dialogue { talk in
                talk.c("STARTTLS")
                talk.s("220 go on")
                talk.send(TLSOctets.clientHello, from: .client)
                talk.s("454-TLS not available", "454 later")
                transaction(&talk)
            })
        #expect(certainty("envelope-in-clear", findings) != nil)
        #expect(certainty("tls-handshake-failed", findings) == nil)
        #expect(session.tls?.completed == false)
    }

    /// Nobody closed anything: the server refused in clear, and both went on.
    @Test func aRefusalInClearIsNoConnectionThatWasClosed() throws {
        let (session, findings) = try observe(
            dialogue { talk in
                talk.c("STARTTLS")
                talk.s("220 go on")
                talk.send(TLSOctets.clientHello, from: .client)
                talk.s("454 TLS not available")
                leave(&talk)
            })
        #expect(certainty("tls-handshake-failed", findings) == nil)
        #expect(session.tls?.completed == false && session.tls?.failure == nil)
        #expect(ExposureJudge.judge(session, CaptureObservations()).verdict == .idle)
    }
}

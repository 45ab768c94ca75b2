import Findings
import Sessions
import Support
import Testing
import Wire

/// What the reader of SMTP makes of dialogues, usual and unusual.
@Suite struct SMTPDialogueTests {
    private func observe(port: UInt16 = 25, _ say: (inout Conversation) -> Void) throws -> MailSession {
        let sessions = Observer.observe(Conversation.segments(port: port, say)).sessions
        #expect(sessions.count == 1)
        return try #require(sessions.first)
    }

    /// A greeting and a reply to EHLO, then what `say` says.
    private func afterHello(
        _ keywords: [String] = ["PIPELINING"], port: UInt16 = 25, _ say: (inout Conversation) -> Void
    ) throws -> MailSession {
        try observe(port: port) { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            let lines = ["mx.example.org"] + keywords
            for (index, line) in lines.enumerated() { talk.s("250\(index + 1 < lines.count ? "-" : " ")\(line)") }
            say(&talk)
        }
    }

    // MARK: Replies

    @Test func pipelinedCommandsGetTheirOwnReplies() throws {
        let session = try afterHello { talk in
            talk.c("MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>", "DATA")
            talk.s("250 ok", "550 no", "250 ok", "354 go")
            talk.c("text", ".", "MAIL FROM:<d@example.net>", "RCPT TO:<e@example.org>", "RSET", "QUIT")
            talk.s("451 later", "553 no", "503 no", "250 reset", "221 bye")
        }
        let smtp = try #require(session.smtp)
        #expect(smtp.transactions.map { $0.mailReply?.value } == [ReplyCode(250), ReplyCode(553)])
        #expect(smtp.transactions.map(\.rcptAccepted) == [1, 0])
        #expect(smtp.transactions.map { $0.contentReply?.value } == [ReplyCode(451), nil])
        #expect(smtp.transactions.map(\.contentOctets) == [9, 0])
        #expect(smtp.messagesAccepted == 0)
        #expect(smtp.quit != nil)
    }

    @Test func aReplyOfManyLinesIsOneReply() throws {
        let session = try observe { talk in
            talk.s("220-mx.example.org welcomes", "220-all", "220 ")
            talk.c("EHLO client")
            talk.s("250-mx", "250-SIZE 5", "250")
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250-2.1.0 so", "250 2.1.0 be it")
        }
        #expect(session.smtp?.greeting?.value.text.full == "mx.example.org welcomes")
        #expect(session.smtp?.ehlo?.keywords.map(\.octets.full) == ["SIZE 5", ""])
        #expect(session.smtp?.transactions.first?.mailReply?.value == .ok)
        #expect(session.startTLS.offered?.value == false)
    }

    @Test(arguments: ["ehlo", "Ehlo", "EHLO", "eHLO\t"]) func verbsAreReadInAnyCase(_ verb: String) throws {
        let session = try observe { talk in
            talk.s("220 mx")
            talk.c("\(verb) client")
            talk.s("250-mx", "250 StartTLS")
            talk.c("mail from:<a@example.net>")
            talk.s("250 ok")
            talk.c("rcpt to: <b@example.org> ")
            talk.s("250 ok")
            talk.c("quit")
        }
        #expect(session.startTLS.offered?.value == true)
        #expect(session.smtp?.mailCommands == 1)
        #expect(session.smtp?.transactions.first?.recipients.map(\.full) == ["b@example.org"])
        #expect(session.smtp?.quit != nil)
    }

    @Test func aHELOClientIsOfferedNothing() throws {
        let session = try observe { talk in
            talk.s("220 mx")
            talk.c("HELO client")
            talk.s("250 mx")
        }
        #expect(session.smtp?.isESMTP == false)
        #expect(session.startTLS.offered == nil)
    }

    // MARK: Content

    @Test func contentEndsWithALoneDot() throws {
        let body = ["..", "...", " .", ". ", "MAIL FROM:<x@example.net>", "QUIT", ""]
        let session = try afterHello { talk in
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250 ok")
            talk.c("DATA")
            talk.s("354 go")
            talk.send(Conversation.octets(body + ["."]), from: .client)
            talk.s("250 ok")
            talk.c("MAIL FROM:<b@example.net>")
            talk.s("250 ok")
        }
        #expect(session.smtp?.mailCommands == 2)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.smtp?.contentOctets == UInt64(Conversation.octets(body + ["."]).count))
        #expect(session.smtp?.quit == nil)
    }

    /// A dot between bare line feeds ends content for some servers; the server's reply tells.
    @Test(arguments: ["\n.\n", "\n.\r\n", "\r\n.\n"]) func aBareEndCountsWhereTheServerTakesIt(_ end: String) throws {
        for isTaken in [true, false] {
            let session = try afterHello { talk in
                talk.c("MAIL FROM:<a@example.net>")
                talk.s("250 ok")
                talk.c("DATA")
                talk.s("354 go")
                talk.send(Array("one\(end)MAIL FROM:<smuggled@example.net>\r\n".utf8), from: .client)
                if isTaken { talk.s("250 queued") }
                talk.c(".")
                talk.s("250 queued")
                talk.c("QUIT")
                talk.s("221 bye")
            }
            #expect(session.smtp?.messagesAccepted == 1)
            #expect(session.smtp?.quit != nil)
        }
    }

    @Test func chunksAreCountedNotRead() throws {
        let session = try afterHello(["CHUNKING"]) { talk in
            talk.c("MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>")
            talk.s("250 ok", "250 ok")
            talk.send(Array("BDAT 29\r\nRCPT TO:<not@example.org>\r\nQU".utf8), from: .client)
            talk.send(Array("bdat 0\r\nBDAT 6 last\r\nQUIT\r\nQUIT\r\n".utf8), from: .client)
            talk.s("250 ok", "250 ok", "250 queued", "221 bye")
        }
        #expect(session.smtp?.rcptCommands == 1)
        #expect(session.smtp?.bdatCommands == 3)
        #expect(session.smtp?.contentOctets == 35)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.smtp?.quit != nil)
    }

    @Test func lmtpAnswersEachRecipient() throws {
        let session = try observe { talk in
            talk.s("220 mx LMTP")
            talk.c("LHLO client")
            talk.s("250-mx", "250 PIPELINING")
            talk.c("MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>", "DATA")
            talk.s("250 ok", "250 ok", "250 ok", "354 go")
            talk.c("text", ".")
            talk.s("250 b", "452 c")
            talk.c("MAIL FROM:<d@example.net>")
            talk.s("553 no")
        }
        #expect(session.smtp?.transactions.map { $0.mailReply?.value } == [ReplyCode(250), ReplyCode(553)])
    }

    // MARK: AUTH

    @Test func exchangesHaveTheirOutcome() throws {
        let session = try afterHello(["AUTH PLAIN LOGIN"], port: 587) { talk in
            talk.c("AUTH PLAIN Zm9v")
            talk.s("535 no")
            talk.c("AUTH LOGIN")
            talk.s("334 VXNlcm5hbWU6")
            talk.c("*")
            talk.s("501 cancelled")
            talk.c("AUTH CRAM-MD5")
            talk.s("504 unknown")
            talk.c("AUTH LOGIN")
            talk.s("334 VXNlcm5hbWU6")
            talk.c("Zm9v")
            talk.s("334 UGFzc3dvcmQ6")
            talk.c("YmFy")
            talk.s("235 ok")
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250 ok")
        }
        let exchanges = try #require(session.smtp?.authentications)
        #expect(exchanges.map(\.mechanism.name) == ["PLAIN", "LOGIN", "CRAM-MD5", "LOGIN"])
        #expect(exchanges.map(\.outcome) == [.refused, .cancelled, .refused, .accepted])
        #expect(exchanges.map(\.clientLines) == [0, 1, 0, 2])
        #expect(exchanges.map(\.hasInitialResponse) == [true, false, false, false])
        #expect(session.smtp?.mailCommands == 1)
        #expect(session.smtp?.unrecognizedLines == 0)
    }

    @Test func anExchangeWithoutResponsesShowedNothing() throws {
        let session = try afterHello(["AUTH PLAIN"]) { talk in
            talk.c("AUTH PLAIN =")
            talk.s("334 ")
            talk.c("*")
            talk.s("501 cancelled")
        }
        #expect(session.smtp?.authentications.first?.outcome == .cancelled)
        #expect(!Observer.findings([session]).map(\.card.id).contains("credentials-in-clear"))
    }

    // MARK: STARTTLS

    @Test func aHelloBehindTheReplyIsTLS() throws {
        let session = try afterHello(["STARTTLS"]) { talk in
            talk.c("STARTTLS")
            talk.s("220 go ahead")
            talk.send(Handshakes.clientHello, from: .client)
            talk.send(Handshakes.serverHello, from: .server)
        }
        #expect(session.application == .smtpThenTLS)
        #expect(session.startTLS.completed)
        #expect(session.tls?.isImplicit == false)
        #expect(session.tls?.serverHello != nil)
        #expect(session.startTLS.pipelined == nil)
    }

    @Test func aHelloAheadOfTheReplyIsTLSAllTheSame() throws {
        let session = try afterHello(["STARTTLS"]) { talk in
            talk.send(Array("STARTTLS\r\n".utf8) + Handshakes.clientHello, from: .client)
            talk.s("220 go ahead")
            talk.send(Handshakes.serverHello, from: .server)
        }
        #expect(session.startTLS.completed)
        #expect(session.startTLS.reply?.value.code == .serviceReady)
        #expect(session.startTLS.pipelined == nil)
        #expect(session.tls?.isImplicit == false)
    }

    @Test func aHelloAheadOfARefusalIsNoTLS() throws {
        let session = try afterHello(["STARTTLS"]) { talk in
            talk.send(Array("STARTTLS\r\n".utf8) + Handshakes.clientHello, from: .client)
            talk.s("454 4.7.0 not now", "500 what")
        }
        #expect(!session.startTLS.completed)
        #expect(session.startTLS.reply?.value.code == .tlsNotAvailable)
    }

    @Test func octetsBehindSTARTTLSAreNoted() throws {
        let session = try afterHello(["STARTTLS"]) { talk in
            talk.c("STARTTLS", "MAIL FROM:<injected@example.net>")
            talk.s("220 go ahead")
            talk.send(Handshakes.clientHello, from: .client)
            talk.send(Handshakes.serverHello, from: .server)
        }
        #expect(session.startTLS.pipelined != nil)
        #expect(session.startTLS.completed)
        #expect(session.smtp?.mailCommands == 0)
    }

    @Test func aRefusedSTARTTLSLeavesTheDialogueInClear() throws {
        let session = try afterHello(["STARTTLS"]) { talk in
            talk.c("STARTTLS")
            talk.s("454 4.7.0 not now")
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250 ok")
        }
        #expect(session.application == .smtp)
        #expect(session.startTLS.reply?.value.code == .tlsNotAvailable)
        #expect(session.startTLS.reply?.value.text.full == "4.7.0 not now")
        guard case .continuedInClear = session.startTLS.afterRefusal else {
            Issue.record("the client went on in clear")
            return
        }
    }

    // MARK: Lines

    @Test func aLineWithoutEndIsBounded() throws {
        let session = try afterHello { talk in
            for _ in 0..<4 { talk.send([UInt8](repeating: 0x41, count: 1175), from: .client) }
        }
        #expect(session.smtp?.unrecognizedLines == 0)
        #expect(session.transport.toServer.payload == 25 + 4700)
    }

    @Test func aLongLineIsOneCommand() throws {
        let session = try afterHello { talk in
            talk.send(Array("MAIL FROM:<a@example.net>".utf8), from: .client)
            for _ in 0..<4 { talk.send([UInt8](repeating: 0x20, count: 1175), from: .client) }
            talk.c("")
            talk.s("250 ok")
            talk.c("X-UNHEARD-OF of", "QUIT")
            talk.s("500 what", "221 bye")
        }
        #expect(session.smtp?.firstMail?.octets.full == "MAIL FROM:<a@example.net>")
        #expect(session.smtp?.unrecognizedLines == 1)
        #expect(session.smtp?.quit != nil)
        #expect(session.smtp?.bareLineFeeds == 0)
    }

    // MARK: Other protocols

    @Test func aTLSHelloToAPlaintextServer() throws {
        let session = try observe(port: 465) { talk in
            talk.send(Handshakes.clientHello, from: .client)
            talk.s("220 mx.example.org ESMTP")
        }
        #expect(session.application == .tlsHelloToPlaintextServer)
        let greeted = try observe { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.send(Handshakes.clientHello, from: .client)
            talk.s("500 what")
        }
        #expect(greeted.application == .tlsHelloToPlaintextServer)
    }

    @Test func plaintextOnThePortOfTLS() throws {
        var talk = Conversation(port: 465)
        Dialogue.plain.speak(&talk)
        let sessions = Observer.observe(talk.segments).sessions
        #expect(sessions.first?.role == .implicitTLS)
        #expect(sessions.first?.firstClientOctets?.octets.full == "EHLO client.example.net")
        let ids = Observer.findings(sessions).map(\.card.id)
        #expect(ids.contains("cleartext-on-implicit-tls-port"))
        #expect(ids.contains("message-in-clear"))
    }

    @Test(arguments: [25, 465, 587] as [UInt16]) func httpIsNoMail(_ port: UInt16) throws {
        let session = try observe(port: port) { talk in
            talk.c("GET / HTTP/1.1", "Host: example.org", "Authorization: Basic Zm9vOmJhcg==", "")
            talk.s("HTTP/1.1 400 Bad Request", "", "no")
        }
        #expect(session.application == .notMail)
        #expect(Observer.findings([session]).isEmpty)
    }

    @Test func ftpOnAPortOfItsOwnIsNoMail() throws {
        var talk = Conversation(port: 21)
        talk.open()
        talk.s("220 ftp.example.org ready")
        talk.c("USER alice")
        talk.s("331 Password required")
        talk.c("PASS secret")
        talk.s("230 Logged in")
        talk.c("AUTH TLS")
        talk.s("234 go")
        talk.close()
        var options = Observer.options
        options.ports = PortSet([21...25])
        let sessions = Observer.observe(talk.segments, options: options).sessions
        #expect(sessions.map(\.application) == [.notMail])
        #expect(Observer.findings(sessions).isEmpty)
    }
}

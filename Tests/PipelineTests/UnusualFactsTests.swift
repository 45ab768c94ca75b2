import Findings
import Sessions
import Support
import Testing
import Wire

/// What real networks bring beside plain SMTP: each is a fact, and makes no rule misfire.
@Suite struct UnusualFactsTests {
    private func observe(_ segments: [Segment]) throws -> MailSession {
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        return try #require(sessions.first)
    }

    private func observe(port: UInt16 = 25, _ say: (inout Conversation) -> Void) throws -> MailSession {
        try observe(Conversation.segments(port: port, say))
    }

    private func ids(_ session: MailSession) -> [String] { Observer.findings([session]).map(\.card.id) }

    private func greet(_ talk: inout Conversation, _ keyword: String = "STARTTLS") {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-SIZE 1", "250 \(keyword)")
    }

    // MARK: PROXY protocol

    private static let v4 = Array("PROXY TCP4 198.51.100.7 192.0.2.42 34567 25\r\n".utf8)
    private static let v6 = Array("PROXY TCP6 2001:db8::7 2001:db8::42 34567 25\r\n".utf8)
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    /// Addresses, ports, and a TLV behind them.
    private static let binary =
        signature + [0x21, 0x11, 0, 17, 198, 51, 100, 7, 192, 0, 2, 42, 0x87, 0x07, 0, 25, 4, 0, 2, 0xAA, 0xBB]
    private static let local = signature + [0x20, 0, 0, 0]

    @Test(arguments: [v4, v6, binary]) func aHeaderNamesTheClientItCarries(_ header: [UInt8]) throws {
        for port in [25, 465] as [UInt16] {
            let session = try observe(port: port) { talk in
                talk.send(header, from: .client)
                if port == 25 {
                    greet(&talk)
                    talk.c("STARTTLS")
                    talk.s("220 ready")
                }
                talk.shakeHands()
            }
            let proxy = try #require(session.proxy)
            #expect(proxy.value.client?.port == 34567)
            #expect(proxy.value.server?.port == 25)
            #expect(proxy.value.length == header.count)
            #expect(proxy.frame == FrameNumber(4))
            #expect(session.tls?.isImplicit == (port == 465))
            #expect(session.tls?.serverHello != nil)
            #expect(session.smtp?.unrecognizedLines ?? 0 == 0)
            #expect(session.errorCount == 0)
            #expect(session.client.port == 34004)
        }
    }

    @Test func theBalancersOwnConnectionCarriesNobody() throws {
        for header in [Self.local, Array("PROXY UNKNOWN\r\n".utf8), Array("PROXY UNKNOWN a b c\r\n".utf8)] {
            let session = try observe { talk in
                talk.send(header, from: .client)
                greet(&talk)
            }
            let proxy = try #require(session.proxy)
            #expect(proxy.value.client == nil)
            #expect(session.smtp?.isESMTP == true)
        }
    }

    /// However it is cut, and with the dialogue in the same segment.
    @Test func aHeaderIsReadHoweverItIsCut() throws {
        for header in [Self.v4, Self.binary] {
            for place in 1...header.count {
                let session = try observe { talk in
                    talk.send(Array(header[..<place]), from: .client)
                    talk.send(Array(header[place...]) + Array("EHLO client.example.net\r\n".utf8), from: .client)
                    talk.s("220 mx.example.org ESMTP", "250-mx.example.org", "250 STARTTLS")
                }
                #expect(session.proxy?.value.length == header.count)
                #expect(session.smtp?.clientName?.value.full == "client.example.net")
                #expect(session.firstClientOctets?.offset == Int64(header.count))
            }
        }
    }

    @Test(arguments: [
        "PROXY TCP4 198.51.100.7 192.0.2.42 34567\r\n", "PROXY TCP4 198.51.100.700 192.0.2.42 1 2\r\n",
        "PROXY TCP4 198.51.100.7 192.0.2.42 70000 25\r\n", "PROXY TCP4 198.51.100.7 192.0.2.42 1 25\n", "PROXY \r\n",
        "PROXY TCP5 198.51.100.7 192.0.2.42 1 2\r\n", "PROXY \n", "proxy TCP4 198.51.100.7 192.0.2.42 1 2\r\n",
    ])
    func whatIsNoHeaderIsACommand(_ line: String) throws {
        let session = try observe { talk in
            talk.send(Array(line.utf8), from: .client)
            greet(&talk)
        }
        #expect(session.proxy == nil)
        #expect(session.smtp?.unrecognizedLines == 1)
    }

    private func read(_ octets: [UInt8]) -> ProxyHeader.Reading { ProxyHeader.read(octets.span) }

    @Test func wrongBinaryHeadersAreNone() {
        let wrong: [[UInt8]] = [
            Self.signature + [0x31, 0x11, 0, 12] + [UInt8](repeating: 0, count: 12),
            Self.signature + [0x22, 0x11, 0, 12] + [UInt8](repeating: 0, count: 12),
            Self.signature + [0x21, 0x11, 0, 11] + [UInt8](repeating: 0, count: 11),
        ]
        for octets in wrong { #expect(read(octets) == .none) }
        for count in 1..<16 { #expect(read(Array(Self.binary[..<count])) == .incomplete) }
        let endless = Array("PROXY TCP4 ".utf8) + [UInt8](repeating: 0x20, count: 200)
        #expect(read(endless) == .none)
    }

    @Test func inTheMiddleThereIsNoHeader() throws {
        let session = try observe { talk in
            greet(&talk)
            talk.send(Self.v4, from: .client)
            talk.s("500 what")
        }
        #expect(session.proxy == nil)
    }

    /// On 465 the octets behind the header count.
    @Test func plaintextBehindAHeaderIsPlaintext() throws {
        let session = try observe(port: 465) { talk in
            talk.send(Self.v4, from: .client)
            greet(&talk, "SIZE 2")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
        }
        #expect(ids(session).contains("cleartext-on-implicit-tls-port"))
    }

    // MARK: XCLIENT, XFORWARD

    @Test func xclientBeginsAnew() throws {
        let session = try observe { talk in
            greet(&talk)
            talk.c("XCLIENT ADDR=198.51.100.7 NAME=outside.example.net")
            talk.s("220 mx.example.org once more")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
        }
        #expect(session.smtp?.unusual?.xClient?.reply == .serviceReady)
        #expect(session.smtp?.greeting?.value.text.full == "mx.example.org once more")
        #expect(session.smtp?.ehlo == nil)
        #expect(session.startTLS.offered == nil)
        #expect(!ids(session).contains("starttls-unused"))
    }

    @Test func aRefusedXclientChangesNothing() throws {
        let session = try observe { talk in
            greet(&talk)
            talk.c("XCLIENT ADDR=198.51.100.7")
            talk.s("550 5.7.0 insufficient authorization")
            talk.c("XFORWARD ADDR=198.51.100.7")
            talk.s("250 ok")
        }
        #expect(session.smtp?.unusual?.xClient?.reply == ReplyCode(550))
        #expect(session.smtp?.unusual?.xForward == FrameNumber(9))
        #expect(session.smtp?.greeting?.value.text.full == "mx.example.org ESMTP")
        #expect(session.startTLS.offered?.value == true)
    }

    // MARK: STARTTLS and its kin

    @Test func exchangesWordIsSTARTTLS() throws {
        let session = try observe { talk in
            greet(&talk, "X-ANONYMOUSTLS")
            talk.c("X-ANONYMOUSTLS")
            talk.s("220 ready")
            talk.shakeHands()
        }
        #expect(session.startTLS.verb == .xAnonymousTLS)
        #expect(session.startTLS.completed)
        #expect(session.application == .smtpThenTLS)
        #expect(ids(session).allSatisfy { !$0.hasPrefix("starttls") })
    }

    @Test func startTLSTwice() throws {
        let session = try observe { talk in
            greet(&talk)
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.send(Handshakes.clientHello, from: .client)
            talk.send([21, 3, 3, 0, 2, 2, 40], from: .server)
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.shakeHands()
        }
        #expect(session.startTLS.requests == 2)
        #expect(session.tls?.completed == true)
        #expect(session.smtp?.unusual?.returnToClear?.octets.full == "STARTTLS")
    }

    @Test func behindAnAlertTheDialogueIsInClearAgain() throws {
        let session = try observe { talk in
            greet(&talk)
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.send(Handshakes.clientHello, from: .client)
            talk.send([21, 3, 3, 0, 2, 2, 40], from: .server)
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
        }
        #expect(session.smtp?.unusual?.returnToClear?.octets.full == "MAIL FROM:<alice@example.net>")
        #expect(session.smtp?.mailCommands == 1)
        #expect(ids(session).contains("envelope-in-clear"))
    }

    /// The server finds out only behind its 220 that it cannot, and says so in clear.
    @Test func aRefusalInTheHandshakesPlaceReturnsToTheDialogue() throws {
        let session = try observe { talk in
            greet(&talk)
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.send(Handshakes.clientHello, from: .client)
            talk.s("454 4.7.0 no certificate after all")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
        }
        #expect(session.smtp?.mailCommands == 1)
        #expect(session.smtp?.unusual?.behindReady?.octets.full == "454 4.7.0 no certificate after all")
        #expect(ids(session).contains("envelope-in-clear"))
        #expect(!ids(session).contains("response-injection"))
    }

    /// What was injected is quoted alike however it came; without an end, as far as it came.
    @Test(arguments: ["", "\r\n"]) func whatIsBehindA220IsQuotedWholeHoweverItIsCut(_ end: String) throws {
        let line = "250 2.0.0 injected behind the 220"
        let octets = Array((line + end).utf8)
        for beginsTLS in [false, true] {
            var talk = Conversation()
            talk.open()
            greet(&talk)
            talk.c("STARTTLS")
            talk.s("220 ready")
            if beginsTLS { talk.send(Handshakes.clientHello, from: .client) }
            talk.send(octets, from: .server)
            let index = talk.segments.count - 1
            for size in [1, 4, 7, octets.count - 1, octets.count] {
                let segment = talk.segments[index]
                let cut = Array(talk.segments.prefix(index)) + [segment].split(every: size)
                let noted = try #require(try observe(cut).smtp?.unusual?.behindReady)
                #expect(noted.octets.full == line, "\(size) octets a segment")
                #expect(noted.offset == (try observe(talk.segments).smtp?.unusual?.behindReady?.offset))
            }
        }
    }

    // MARK: Greetings, ends, other protocols

    /// Postscreen's first line comes seconds before the last; a client may speak in between.
    @Test func aGreetingInTwoPartsIsOne() throws {
        for speaksEarly in [false, true] {
            let session = try observe { talk in
                talk.s("220-mx.example.org ESMTP")
                if speaksEarly { talk.c("EHLO client.example.net") }
                talk.s("220 mx.example.org ESMTP")
                if !speaksEarly { talk.c("EHLO client.example.net") }
                talk.s("250-mx.example.org", "250 STARTTLS")
            }
            #expect(session.smtp?.greeting?.value.code == .serviceReady)
            #expect(session.startTLS.offered?.value == true)
        }
    }

    @Test func lmtpIsAFact() throws {
        let session = try observe { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250 SIZE 1")
        }
        #expect(session.smtp?.unusual?.isLMTP == true)
    }

    @Test func whatFollowsAClientsFINIsRead() throws {
        var talk = Conversation()
        talk.open()
        greet(&talk)
        talk.send(Array("MAIL FROM:<alice@example.net>\r\nQUIT\r\n".utf8), from: .client, flags: [.fin, .ack])
        talk.s("250 ok")
        talk.s("221 bye")
        talk.send([], from: .server, flags: [.fin, .ack])
        talk.send([], from: .client, flags: .ack)
        let session = try observe(talk.segments)
        #expect(session.smtp?.transactions.first?.mailReply?.value == .ok)
        #expect(session.transport.fin?.side == .client)
        #expect(session.transport.state == .closed)
    }

    // MARK: What is no alert

    @Test func scannersAndHealthChecksAreNoAlert() throws {
        let probes: [[String]] = [["QUIT"], ["NOOP", "QUIT"], ["RSET"], ["HELP", "VRFY root", "QUIT"], []]
        for port in [25, 587] as [UInt16] {
            for keyword in ["STARTTLS", "SIZE 2", "AUTH PLAIN LOGIN"] {
                for commands in probes {
                    let session = try observe(port: port) { talk in
                        greet(&talk, keyword)
                        for command in commands {
                            talk.c(command)
                            talk.s(command == "QUIT" ? "221 bye" : "250 ok")
                        }
                    }
                    var judge = Judge()
                    let judged = judge.judge(session)
                    #expect(judged.findings.isEmpty, "\(keyword) \(commands)")
                    #expect(judged.exposure.verdict == .idle)
                    #expect(judged.exposure.listeners.isEmpty)
                }
            }
        }
    }

    @Test func aConnectAndLeaveIsNoAlert() throws {
        let session = try observe { talk in talk.s("220 mx.example.org ESMTP") }
        #expect(ids(session).isEmpty)
    }

    /// What was exposed decides: nothing, an envelope that was refused, an envelope, content, a login that works.
    @Test func severityFollowsWhatWasExposed() throws {
        func worst(_ say: (inout Conversation) -> Void) throws -> Severity? {
            let session = try observe(port: 587) { talk in
                greet(&talk, "STARTTLS")
                say(&talk)
            }
            return Observer.findings([session]).map(\.severity).max()
        }
        func envelope(_ talk: inout Conversation) {
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
            talk.c("RCPT TO:<bob@example.org>")
            talk.s("250 ok")
        }
        #expect(try worst { $0.c("QUIT") } == nil)
        #expect(
            try worst { talk in
                talk.c("MAIL FROM:<alice@example.net>")
                talk.s("530 5.7.0 Must issue a STARTTLS command first")
            } == .low)
        #expect(
            try worst { talk in
                talk.c("AUTH PLAIN AGFsaWNlAGZha2U=")
                talk.s("535 5.7.8 no")
            } == .low)
        #expect(try worst(envelope) == .medium)
        #expect(
            try worst { talk in
                envelope(&talk)
                talk.c("DATA")
                talk.s("354 go on")
                talk.c("text", ".")
                talk.s("250 ok")
            } == .high)
        #expect(
            try worst { talk in
                talk.c("AUTH PLAIN AGFsaWNlAGZha2U=")
                talk.s("235 ok")
            } == .critical)
    }
}

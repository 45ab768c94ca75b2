import Findings
import Sessions
import Support
import Testing
import Wire

/// Rules of the groups Plaintext and Downgrade on whole dialogues: what fires, and beside it what differs in one thing
/// and must not.
@Suite struct DowngradeTrapTests {
    private func findings(
        _ rule: String, port: UInt16 = 25, _ say: (inout Conversation) -> Void
    ) -> [Finding] {
        findings(rule, in: Conversation.segments(port: port, say))
    }

    private func findings(_ rule: String, in segments: [Segment]) -> [Finding] {
        Observer.findings(Observer.observe(segments).sessions).filter { $0.card.id == rule }
    }

    /// Greeting, EHLO, and a reply that lists `keywords`.
    private func hello(_ talk: inout Conversation, _ keywords: String...) { hello(&talk, keywords) }

    private func hello(_ talk: inout Conversation, _ keywords: [String]) {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        let lines = ["mx.example.org"] + keywords
        let reply = lines.enumerated().map { "250\($0 + 1 < lines.count ? "-" : " ")\($1)" }
        talk.send(Conversation.octets(reply), from: .server)
    }

    private func deliver(_ talk: inout Conversation, _ parameters: String = "") {
        talk.c("MAIL FROM:<alice@example.net>\(parameters)")
        talk.s("250 ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 ok")
        talk.c("DATA")
        talk.s("354 go on")
        talk.c("Subject: x", "", "hello", ".")
        talk.s("250 queued")
        talk.c("QUIT")
        talk.s("221 bye")
    }

    // MARK: starttls-not-offered

    /// Whoever takes STARTTLS out of a reply may put other words in, more than are kept.
    @Test(arguments: [3, 64, 65, 200]) func anOfferIsMissedAmongAnyNumberOfKeywords(_ count: Int) {
        let words = (1...count).map { "X-WORD-\($0)" }
        let without = findings("starttls-not-offered") { talk in
            hello(&talk, words)
            deliver(&talk)
        }
        #expect(without.map(\.certainty) == [.certain])
        for offer in ["STARTTLS", "starttls", "X-ANONYMOUSTLS"] {
            let with = findings("starttls-not-offered") { talk in
                hello(&talk, words + [offer, "SIZE 1"])
                deliver(&talk)
            }
            #expect(with.isEmpty)
        }
        let unused = findings("starttls-unused") { talk in
            hello(&talk, words + ["STARTTLS"])
            deliver(&talk)
        }
        #expect(unused.map(\.certainty) == [.certain])
    }

    // MARK: auth-offered-in-clear

    @Test(arguments: ["AUTH PLAIN", "AUTH=LOGIN", "auth scram-sha-256 login", "X-EXPS GSSAPI NTLM LOGIN"])
    func passwordsAreOfferedInClear(_ keyword: String) throws {
        let found = findings("auth-offered-in-clear", port: 587) { talk in
            hello(&talk, "STARTTLS", keyword)
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.shakeHands()
        }
        let finding = try #require(found.first)
        #expect(finding.severity == .low)
        #expect(finding.certainty == .certain)
    }

    @Test(arguments: ["AUTH EXTERNAL GSSAPI", "AUTH SCRAM-SHA-256 CRAM-MD5", "AUTH", "XAUTH PLAIN", "SIZE 1"])
    func otherMechanismsShowNoPassword(_ keyword: String) {
        let found = findings("auth-offered-in-clear", port: 587) { talk in
            hello(&talk, keyword)
            deliver(&talk)
        }
        #expect(found.isEmpty)
    }

    @Test func aProbeIsOfferedNothingThatMatters() {
        let found = findings("auth-offered-in-clear", port: 587) { talk in
            hello(&talk, "AUTH PLAIN LOGIN")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        #expect(found.isEmpty)
    }

    // MARK: requiretls-in-clear

    @Test(arguments: [" REQUIRETLS", " SIZE=1 requiretls BODY=8BITMIME"])
    func requireTLSInClear(_ parameters: String) throws {
        let found = findings("requiretls-in-clear") { talk in
            hello(&talk, "REQUIRETLS")
            deliver(&talk, parameters)
        }
        let finding = try #require(found.first)
        #expect(finding.severity == .high)
    }

    @Test(arguments: ["", " XREQUIRETLS", " REQUIRETLSX", " ENVID=REQUIRETLS"])
    func anOfferOfRequireTLSIsNoUse(_ parameters: String) {
        let found = findings("requiretls-in-clear") { talk in
            hello(&talk, "REQUIRETLS")
            deliver(&talk, parameters)
        }
        #expect(found.isEmpty)
    }

    @Test func aMailboxNamedSoRequiresNothing() {
        let found = findings("requiretls-in-clear") { talk in
            hello(&talk, "REQUIRETLS")
            talk.c("MAIL FROM:<REQUIRETLS>")
            talk.s("250 ok")
            talk.c("RCPT TO:<bob@example.org> REQUIRETLS")
            talk.s("250 ok")
        }
        #expect(found.isEmpty)
    }

    @Test func aRefusedRequireTLSWeighsLittle() throws {
        let found = findings("requiretls-in-clear") { talk in
            hello(&talk)
            talk.c("MAIL FROM:<alice@example.net> REQUIRETLS")
            talk.s("555 5.5.4 Unsupported option: REQUIRETLS")
        }
        #expect(try #require(found.first).severity == .low)
    }

    // MARK: starttls-contradiction

    /// The server answers MAIL with `reply`, having listed `keyword`.
    private func contradiction(_ keyword: String, _ reply: String, hello word: String = "EHLO") -> [Finding] {
        findings("starttls-contradiction") { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("\(word) client.example.net")
            talk.s("250-mx.example.org", "250 \(keyword)")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s(reply)
            talk.c("QUIT")
            talk.s("221 bye")
        }
    }

    @Test func aDemandForWhatWasNotOffered() throws {
        let finding = try #require(contradiction("SIZE 1", "530 5.7.0 Must issue a STARTTLS command first").first)
        #expect(finding.certainty == .likely)
        #expect(finding.severity == .medium)
    }

    @Test(arguments: [
        "530 5.7.0 Authentication required", "530 5.7.0 Must issue an AUTH command first",
        "538 5.7.11 Encryption required, say STARTTLS", "550 5.7.1 STARTTLS", "530 5.7.0 Go away", "250 STARTTLS",
    ])
    func otherDemandsContradictNothing(_ reply: String) {
        #expect(contradiction("SIZE 1", reply).isEmpty)
    }

    @Test func whatWasOfferedIsNoContradiction() {
        #expect(contradiction("STARTTLS", "530 5.7.0 Must issue a STARTTLS command first").isEmpty)
    }

    @Test func aHELOClientIsOfferedNothing() {
        #expect(contradiction("SIZE 1", "530 5.7.0 Must issue a STARTTLS command first", hello: "HELO").isEmpty)
    }

    @Test func anAcceptedSTARTTLSThatWasNotOffered() throws {
        func accepted(_ keyword: String, _ reply: String) -> [Finding] {
            findings("starttls-contradiction") { talk in
                hello(&talk, "SIZE 1", keyword)
                talk.c("STARTTLS")
                talk.s(reply)
                if reply.hasPrefix("220") { talk.shakeHands() }
            }
        }
        #expect(try #require(accepted("DSN", "220 ready").first).certainty == .likely)
        #expect(accepted("STARTTLS", "220 ready").isEmpty)
        #expect(accepted("DSN", "502 what").isEmpty)
        #expect(accepted("DSN", "454 no").isEmpty)
    }

    /// A line that was lost may have been the offer.
    @Test func aReplyWithAHoleContradictsNothing() {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org")
            talk.lose(14, from: .server)
            talk.s("250 SIZE 1")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("530 5.7.0 Must issue a STARTTLS command first")
        }
        #expect(findings("starttls-contradiction", in: segments).isEmpty)
    }

    // MARK: starttls-command-mangled

    /// The client says `command` where `keyword` was offered, and is answered with `reply`.
    private func mangled(_ keyword: String, _ command: String, _ reply: String) -> [Finding] {
        findings("starttls-command-mangled") { talk in
            hello(&talk, keyword)
            talk.c(command)
            talk.s(reply)
            deliver(&talk)
        }
    }

    @Test(arguments: [
        ("STARTTLS", "STARTTLS", "500 what"), ("STARTTLS", "STARTTLS", "502 what"),
        ("STARTTLS", "XXXXXXXX", "500 what"), ("STARTTLS", "abcdefgh", "502 what"),
        ("XXXXXXXA", "XXXXXXXX", "500 what"),
    ])
    func aCommandThatWasNotUnderstood(_ keyword: String, _ command: String, _ reply: String) throws {
        let finding = try #require(mangled(keyword, command, reply).first)
        #expect(finding.certainty == .possible)
        #expect(finding.severity == .medium)
    }

    @Test(arguments: [
        ("STARTTLS", "STARTTLS x", "501 no argument"), ("STARTTLS", "STARTTLS", "454 not now"),
        ("DSN", "STARTTLS", "500 what"), ("DSN", "XXXXXXXX", "500 what"), ("STARTTLS", "XXXXXXXX y", "500 what"),
        ("STARTTLS", "XXXXXXX", "500 what"), ("STARTTLS", "XFORWARD", "503 no"), ("STARTTLS", "XXXXXXXX", "250 ok"),
        ("STARTTLS", "XXXXXXXX", "501 no argument"), ("STARTTLS", "12345678", "500 what"),
        ("STARTTLS", "NOOP", "500 what"),
    ])
    func otherCommandsAreNotMangled(_ keyword: String, _ command: String, _ reply: String) {
        #expect(mangled(keyword, command, reply).isEmpty)
    }

    @Test func aMangledCommandAccusesNoClient() {
        let found = findings("starttls-unused") { talk in
            hello(&talk, "STARTTLS")
            talk.c("XXXXXXXX")
            talk.s("500 what")
            deliver(&talk)
        }
        #expect(found.isEmpty)
    }

    // MARK: starttls-refused

    /// A certificate that is being renewed: refused, asked again, accepted.
    @Test func aRefusalThatPassesIsNone() {
        let found = findings("starttls-refused") { talk in
            hello(&talk, "STARTTLS")
            talk.c("STARTTLS")
            talk.s("454 4.7.0 TLS not available due to temporary reason")
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.shakeHands()
        }
        #expect(found.isEmpty)
    }

    // MARK: helo-fallback

    private func fallback(_ ehlo: String?, _ helo: String, delivers: Bool = true) -> [Finding] {
        findings("helo-fallback") { talk in
            talk.s("220 mx.example.org")
            if let ehlo {
                talk.c("EHLO client.example.net")
                talk.s(ehlo)
            }
            talk.c("HELO client.example.net")
            talk.s(helo)
            if delivers { deliver(&talk) }
        }
    }

    @Test(arguments: ["500 what", "502 5.5.1 not implemented"]) func ehloWasRefused(_ reply: String) throws {
        let finding = try #require(fallback(reply, "250 mx").first)
        #expect(finding.severity == .medium)
        #expect(finding.certainty == .certain)
    }

    @Test func otherwiseHELOIsNoFallback() {
        #expect(fallback(nil, "250 mx").isEmpty)
        #expect(fallback("550 go away", "250 mx").isEmpty)
        #expect(fallback("421 later", "250 mx").isEmpty)
        #expect(fallback("500 what", "500 what").isEmpty)
        #expect(fallback("500 what", "250 mx", delivers: false).isEmpty)
    }

    // MARK: command-injection

    /// `octets` follow STARTTLS at once.
    private func injected(_ octets: [UInt8], _ reply: String = "220 ready") -> [Finding] {
        findings("command-injection") { talk in
            hello(&talk, "STARTTLS")
            talk.send(Array("STARTTLS\r\n".utf8) + octets, from: .client)
            talk.s(reply)
            guard reply.hasPrefix("220") else { return deliver(&talk) }
            talk.shakeHands()
        }
    }

    @Test func aCommandBehindSTARTTLS() throws {
        let finding = try #require(injected(Array("MAIL FROM:<injected@example.net>\r\n".utf8)).first)
        #expect(finding.severity == .medium)
        #expect(finding.certainty == .likely)
        #expect(finding.evidence.first?.octets?.masked == "(octets behind STARTTLS, not shown)")
    }

    @Test func unknownOctetsAreNotShown() throws {
        let finding = try #require(injected(Array("c2VjcmV0\r\n".utf8)).first)
        #expect(finding.evidence.first?.octets?.full == "(octets behind STARTTLS, not shown)")
    }

    @Test func nothingBehindSTARTTLSIsNoInjection() {
        #expect(injected([]).isEmpty)
        #expect(injected(Array("NOOP\r\n".utf8), "454 not now").isEmpty)
    }

    @Test func anEarlyHelloIsNoInjection() {
        let found = findings("command-injection") { talk in
            hello(&talk, "STARTTLS")
            talk.send(Array("STARTTLS\r\n".utf8) + Handshakes.clientHello, from: .client)
            talk.s("220 ready")
            talk.send(Handshakes.serverHello, from: .server)
        }
        #expect(found.isEmpty)
    }

    @Test func aRetransmissionIsNoInjection() throws {
        var segments = Conversation.segments { talk in
            hello(&talk, "STARTTLS")
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.shakeHands()
        }
        let place = try #require(segments.index(of: "STARTTLS\r\n", from: .client))
        var copy = segments[place]
        copy.time += 200_000
        segments.insert(copy, at: place + 1)
        #expect(findings("command-injection", in: segments).isEmpty)
    }

    /// The tap shows the command behind the 220, which its sender had not received.
    @Test func acknowledgementsTellWhatWasSentBeforeTheReply() throws {
        var segments = Conversation.segments { talk in
            hello(&talk, "STARTTLS")
            talk.c("STARTTLS")
            talk.c("MAIL FROM:<injected@example.net>")
            talk.s("220 ready")
            talk.shakeHands()
        }
        let place = try #require(segments.index(of: "MAIL FROM"))
        // The server acknowledges STARTTLS alone.
        segments[place + 1].acknowledgment = segments[place].sequence
        segments.swapAt(place, place + 1)
        #expect(findings("command-injection", in: segments.restamped()).count == 1)
        segments[place + 1].acknowledgment = segments[place].sequence &+ UInt32(segments[place].payload.count)
        #expect(findings("command-injection", in: segments.restamped()).isEmpty)
    }

    // MARK: response-injection

    @Test func aReplyBehindTheReady() throws {
        for isBehindHello in [false, true] {
            let found = findings("response-injection") { talk in
                hello(&talk, "STARTTLS")
                talk.c("STARTTLS")
                if isBehindHello {
                    talk.s("220 ready")
                    talk.send(Handshakes.clientHello, from: .client)
                    talk.s("250-mx.example.org", "250 AUTH PLAIN")
                } else {
                    talk.s("220 ready", "250 injected")
                    talk.send(Handshakes.clientHello, from: .client)
                }
                talk.send(Handshakes.serverHello, from: .server)
                talk.send(Handshakes.clientKeys, from: .client)
                talk.send(Handshakes.serverKeys, from: .server)
            }
            let finding = try #require(found.first)
            #expect(finding.certainty == .likely)
            #expect(finding.evidence.first?.octets?.full.hasPrefix("250") == true)
        }
    }

    @Test func aReadyOfManyLinesIsOneReply() {
        let found = findings("response-injection") { talk in
            hello(&talk, "STARTTLS")
            talk.c("STARTTLS")
            talk.s("220-2.0.0 wait", "220-2.0.0 a little", "220 2.0.0 ready")
            talk.shakeHands()
        }
        #expect(found.isEmpty)
    }

    @Test func aServerThatGivesUpInjectsNothing() {
        for reply in ["421 4.4.2 timeout", "454 4.7.0 no certificate after all"] {
            for saysHello in [false, true] {
                let found = findings("response-injection") { talk in
                    hello(&talk, "STARTTLS")
                    talk.c("STARTTLS")
                    talk.s("220 ready")
                    if saysHello { talk.send(Handshakes.clientHello, from: .client) }
                    talk.s(reply)
                }
                #expect(found.isEmpty)
            }
        }
    }

    @Test func aReplyToAnEarlyCommandIsOnlyPossible() throws {
        let found = findings("response-injection") { talk in
            hello(&talk, "STARTTLS")
            talk.c("STARTTLS", "NOOP")
            talk.s("220 ready", "250 ok")
            talk.shakeHands()
        }
        #expect(try #require(found.first).certainty == .possible)
    }

    // MARK: state-before-tls

    /// `say` happens between EHLO and STARTTLS.
    private func state(_ say: (inout Conversation) -> Void) -> [Finding] {
        findings("state-before-tls", port: 587) { talk in
            hello(&talk, "STARTTLS", "AUTH PLAIN")
            say(&talk)
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.shakeHands()
        }
    }

    @Test func aLoginOrASenderBeforeTLS() throws {
        let login = state { talk in
            talk.c("AUTH PLAIN AGFsaWNlAGZha2U=")
            talk.s("235 ok")
        }
        #expect(try #require(login.first).severity == .medium)
        let sender = state { talk in
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
        }
        #expect(try #require(sender.first).severity == .medium)
        let finished = state { talk in
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 ok")
            talk.c("RSET")
            talk.s("250 ok")
        }
        #expect(try #require(finished.first).severity == .low)
    }

    @Test func whatWasRefusedLeavesNoState() {
        #expect(state { _ in }.isEmpty)
        let refused = state { talk in
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("530 5.7.0 Must issue a STARTTLS command first")
        }
        #expect(refused.isEmpty)
        let login = state { talk in
            talk.c("AUTH PLAIN AGFsaWNlAGZha2U=")
            talk.s("535 no")
        }
        #expect(login.isEmpty)
        let harmless = state { talk in
            talk.c("NOOP")
            talk.s("250 ok")
        }
        #expect(harmless.isEmpty)
    }

    // MARK: bare line feeds

    /// Behind a line that ends in LF alone nothing is certain.
    @Test func behindABareLineFeedNothingIsCertain() throws {
        func certainty(_ end: String) throws -> Certainty {
            let found = findings("message-in-clear") { talk in
                hello(&talk, "SIZE 1")
                talk.send(Array("NOOP\(end)".utf8), from: .client)
                talk.s("250 ok")
                deliver(&talk)
            }
            return try #require(found.first).certainty
        }
        #expect(try certainty("\r\n") == .certain)
        #expect(try certainty("\n") == .likely)
    }

    @Test func beforeABareLineFeedItIs() throws {
        let segments = Conversation.segments { talk in
            hello(&talk, "SIZE 1")
            deliver(&talk)
            talk.send(Array("NOOP\n".utf8), from: .client)
        }
        #expect(try #require(findings("message-in-clear", in: segments).first).certainty == .certain)
    }
}

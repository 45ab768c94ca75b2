import Findings

@testable import Sessions
@testable import Wire

/// Sessions built by hand: a complete capture between two hosts, closed at its end, nothing said yet.
func sample(port: UInt16 = 25) -> MailSession {
    let role: PortRole = port == 25 ? .relay : port == 587 ? .submission : port == 465 ? .implicitTLS : .other
    var session = MailSession(
        id: SessionID(high: 1, low: 2),
        client: Endpoint(IPAddress(v4: 0xC000_020A), 34004), server: Endpoint(IPAddress(v4: 0xC000_0219), port),
        vlans: [], role: role, transport: TransportFacts(start: Sample.start, frame: FrameNumber(1)),
        application: .smtp, smtp: nil, startTLS: StartTLSFacts(), tls: nil, firstClientOctets: nil, notObservable: [],
        errors: [], errorCount: 0)
    session.transport.end = Timestamp(nanoseconds: Sample.start.nanoseconds + 1_000_000_000)
    session.transport.state = .closed
    return session
}

enum Sample {
    /// 2026-11-23T15:34:00Z.
    static let start = Timestamp(nanoseconds: 1_795_448_040_000_000_000)

    static func client(_ text: String, frame: UInt64 = 10, offset: Int64 = 100) -> Excerpt {
        Excerpt(frame: FrameNumber(frame), side: .client, offset: offset, octets: QuotedText(text))
    }

    static func server(_ text: String, frame: UInt64 = 6, offset: Int64 = 40) -> Excerpt {
        Excerpt(frame: FrameNumber(frame), side: .server, offset: offset, octets: QuotedText(text))
    }

    static func reply(_ code: UInt16, _ text: String = "", frame: UInt64 = 8, offset: Int64 = 90) -> Observed<SMTPReply>
    {
        Observed(SMTPReply(code: ReplyCode(code), text: QuotedText(text), offset: offset), in: FrameNumber(frame))
    }

    static func ehlo(_ keywords: [String], isCut: Bool = false) -> EHLOReply {
        let lines = keywords.enumerated().map { server($1, frame: 6, offset: Int64(40 + 20 * $0)) }
        return EHLOReply(frame: FrameNumber(7), keywords: lines, cut: isCut ? .budget : nil)
    }

    static func alert(_ description: UInt8, from sender: Side = .client) throws -> SentAlert {
        let octets: [UInt8] = [2, description]
        var reader = ByteReader(octets.span, layer: .tlsRecord)
        return SentAlert(
            alert: try TLSAlert(parsing: &reader), sender: sender, frame: FrameNumber(21), offset: 300)
    }

    /// A ServerKeyExchange with a Diffie-Hellman prime of so many bits.
    static func prime(bits: Int) throws -> ServerKeyExchangeFacts {
        let count = bits / 8
        let prime = [UInt8(count >> 8), UInt8(count & 0xFF)] + [UInt8](repeating: 0xFF, count: count)
        let octets = prime + [0, 1, 2, 0, 1, 9]
        var reader = ByteReader(octets.span, layer: .tlsHandshake)
        return try ServerKeyExchangeFacts(parsing: &reader, keyExchange: .dhe, version: .tls11)
    }

    /// Observations of a capture that holds just these sessions.
    static func observing(_ sessions: MailSession...) -> CaptureObservations {
        var observations = CaptureObservations()
        for session in sessions { observations.observe(session) }
        return observations
    }
}

extension MailSession {
    func with(_ change: (inout MailSession) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// A dialogue up to the reply to EHLO.
    func greet(_ keywords: [String] = ["PIPELINING", "SIZE 1000", "STARTTLS"]) -> Self {
        var facts = SMTPFacts()
        facts.greeting = Sample.reply(220, "pf.test ESMTP", frame: 4, offset: 0)
        facts.clientName = Observed(QuotedText("cl.test"), in: FrameNumber(5))
        facts.isESMTP = true
        facts.ehlo = Sample.ehlo(keywords)
        let offer = facts.ehlo?.startTLS
        return with {
            $0.smtp = facts
            $0.firstClientOctets = Sample.client("EHLO cl.test", frame: 5, offset: 0)
            $0.startTLS.offered = Observed(offer != nil, in: offer?.frame ?? FrameNumber(7))
        }
    }

    func nameEnvelope(recipients: Int = 1, offset: Int64 = 100) -> Self {
        let mail = Sample.client("MAIL FROM:<a@example.org>", offset: offset)
        return with {
            $0.smtp?.firstMail = mail
            if $0.startTLS.unusedBy == nil { $0.startTLS.unusedBy = mail }
            $0.smtp?.mailCommands = 1
            $0.smtp?.rcptCommands = recipients
            $0.smtp?.transactions = [MailTransaction(mail: mail, sender: QuotedText("a@example.org"))]
        }
    }

    func sendMessage(offset: Int64 = 200) -> Self {
        nameEnvelope().with {
            $0.smtp?.firstContent = Sample.client("(message content, not kept)", frame: 14, offset: offset)
            $0.smtp?.contentOctets = 512
            $0.smtp?.messagesAccepted = 1
        }
    }

    func logIn(
        _ mechanism: String, _ outcome: Authentication.Outcome, code: UInt16? = nil, lines: Int = 1,
        hasInitialResponse: Bool = false, offset: Int64 = 100
    ) -> Self {
        let command = Sample.client("AUTH \(mechanism)", offset: offset)
        var exchange = Authentication(
            mechanism: SASLMechanism(named: mechanism), command: command, hasInitialResponse: hasInitialResponse)
        exchange.clientLines = lines
        exchange.outcome = outcome
        exchange.reply = code.map { Observed(ReplyCode($0), in: FrameNumber(13)) }
        if hasInitialResponse { exchange.response = command }
        if lines > 0, exchange.response == nil {
            exchange.response = Sample.client("••• (response, not shown)", frame: 12, offset: offset + 20)
        }
        return with {
            $0.smtp?.authentications.append(exchange)
            if $0.smtp?.firstAuth == nil { $0.smtp?.firstAuth = command }
            if $0.startTLS.unusedBy == nil { $0.startTLS.unusedBy = command }
        }
    }

    /// STARTTLS was asked for, and the server said 220.
    func beginTLS() -> Self {
        with {
            $0.startTLS.request = Sample.client("STARTTLS", frame: 8, offset: 14)
            $0.startTLS.requests = 1
            $0.startTLS.reply = Sample.reply(220, "Ready", frame: 9)
        }
    }

    /// What followed the 220 was SMTP in clear.
    func goOnInClear(answered: Bool = true) -> Self {
        beginTLS().with {
            let line = Sample.client("EHLO cl.test", frame: 10, offset: 24)
            $0.startTLS.afterReady = .plaintext(line, answered: answered)
        }
    }

    /// A TLS handshake with these parameters; after STARTTLS unless the port is for TLS from the start.
    func handshake(
        _ version: TLSVersion = .tls13, _ suite: CipherSuite = .aes256GCMSHA384, group: NamedGroup? = .x25519MLKEM768,
        completed: Bool? = true, change: (inout TLSFacts) -> Void = { _ in }
    ) -> Self {
        var facts = TLSFacts(isImplicit: role == .implicitTLS)
        facts.clientHello = Observed(ClientHelloFacts(legacyVersion: .tls12), in: FrameNumber(16))
        facts.serverHello = Observed(
            ServerHelloFacts(
                legacyVersion: min(version, .tls12), version: version, random: .none, cipherSuite: suite),
            in: FrameNumber(18))
        facts.group = group.map { Observed($0, in: FrameNumber(18)) }
        facts.completed = completed
        facts.resumed = false
        change(&facts)
        let encrypted = with {
            $0.tls = facts
            $0.application = facts.isImplicit == true ? .tls : .smtpThenTLS
        }
        guard facts.isImplicit != true else { return encrypted }
        return encrypted.beginTLS().with {
            $0.startTLS.afterReady = .tls(FrameNumber(16))
            $0.startTLS.completed = true
        }
    }
}

extension Judgement {
    var draft: Finding.Draft? {
        if case .finding(let draft) = self { draft } else { nil }
    }

    var passed: Bool {
        if case .pass = self { true } else { false }
    }

    var isNotApplicable: Bool {
        if case .notApplicable = self { true } else { false }
    }

    var unobservable: Unobservable? {
        if case .notObserved(let why) = self { why } else { nil }
    }
}

extension SessionRule {
    /// Judges a session as the only one of its capture.
    static func judge(_ session: MailSession) -> Judgement { judge(session, Sample.observing(session)) }
}

import Foundation
import Testing

@testable import Findings
@testable import Reports
@testable import Sessions
@testable import Wire

/// Hand-built values: one session in clear, one in TLS 1.3, and findings on them.
enum Sample {
    static let client = Endpoint(IPAddress(v4: 0xC000_020A), 34004)
    static let server = Endpoint(IPAddress(v4: 0xC000_0219), 587)
    static let relay = Endpoint(IPAddress(v4: 0xC000_0219), 25)
    /// 2026-11-23T15:34:00.123456789Z.
    static let time = Timestamp(nanoseconds: 1_795_448_040_123_456_789)
    static let inputs = ["lan.pcap"]

    static func quoted(_ text: String) -> QuotedText { QuotedText(text) }

    static func excerpt(_ frame: UInt64, _ side: Side, _ offset: Int64, _ text: String) -> Excerpt {
        Excerpt(frame: FrameNumber(frame), side: side, offset: offset, octets: QuotedText(text))
    }

    static func reply(_ code: UInt16, _ text: String, in frame: UInt64) -> Observed<SMTPReply> {
        Observed(SMTPReply(code: ReplyCode(code), text: QuotedText(text), offset: 0), in: FrameNumber(frame))
    }

    static func transport(end: Timestamp = time) -> TransportFacts {
        var facts = TransportFacts(
            start: Timestamp(nanoseconds: time.nanoseconds - 2_500_000_000), frame: FrameNumber(1))
        facts.end = end
        facts.lastFrame = FrameNumber(23)
        facts.toServer.packets = 12
        facts.toServer.octets = 1490
        facts.toClient.packets = 11
        facts.toClient.octets = 1207
        facts.state = .closed
        facts.fin = FINFacts(side: .client, frame: FrameNumber(22), offset: nil, acknowledged: nil)
        return facts
    }

    static func dialogue() -> SMTPFacts {
        var facts = SMTPFacts()
        facts.greeting = reply(220, "pf.test ESMTP Postfix", in: 4)
        facts.clientName = Observed(quoted("cl.test"), in: FrameNumber(5))
        facts.isESMTP = true
        let keywords = [excerpt(6, .server, 30, "PIPELINING"), excerpt(6, .server, 42, "STARTTLS")]
        facts.ehlo = EHLOReply(frame: FrameNumber(6), keywords: keywords, cut: nil)
        var login = Authentication(
            mechanism: SASLMechanism(named: "PLAIN"), command: excerpt(7, .client, 14, "AUTH PLAIN (secret)"),
            hasInitialResponse: true)
        login.reply = Observed(ReplyCode(235), in: FrameNumber(8))
        facts.authentications = [login]
        facts.transactions = [transaction()]
        (facts.mailCommands, facts.rcptCommands, facts.dataCommands) = (1, 1, 1)
        return facts
    }

    static func transaction() -> MailTransaction {
        var mail = MailTransaction(
            mail: excerpt(9, .client, 60, "MAIL FROM:<alice@example.org>"), sender: quoted("alice@example.org"))
        mail.recipients = [quoted("bob@example.net")]
        (mail.rcptCommands, mail.rcptAccepted) = (1, 1)
        mail.mailReply = Observed(ReplyCode(250), in: FrameNumber(10))
        mail.content = FrameNumber(15)
        mail.contentOctets = 812
        mail.contentReply = Observed(ReplyCode(250), in: FrameNumber(17))
        return mail
    }

    /// A submission in clear, with a login.
    static func plaintext() -> MailSession {
        var startTLS = StartTLSFacts()
        startTLS.offered = Observed(true, in: FrameNumber(6))
        return MailSession(
            id: SessionID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210), client: client, server: server,
            vlans: [], role: .submission, transport: transport(), application: .smtp, smtp: dialogue(),
            startTLS: startTLS, tls: nil, firstClientOctets: nil, notObservable: [], errors: [], errorCount: 0)
    }

    static let card = RuleCard(
        id: "credentials-in-clear", signatureID: 1001, group: .plaintext, title: "Credentials crossed in clear",
        severity: .critical, certainty: .certain, citations: ["RFC 4954 §9", "RFC 8314 §3"],
        explanation: "The client logged in before TLS.", alternatives: "",
        remediation: "Refuse AUTH before TLS (Postfix: smtpd_tls_auth_only = yes), and change the password.",
        tlsrptResultType: nil, example: "auth-in-clear.pcap")

    static let infoCard = RuleCard(
        id: "no-post-quantum", signatureID: 1002, group: .tls, title: "The key exchange is not post-quantum",
        severity: .info, certainty: .certain, citations: ["RFC 8446 §4.2.8"],
        explanation: "Recorded today, read later.",
        alternatives: "", remediation: "Offer X25519MLKEM768.", example: "tls13.pcap")

    static func credentials() -> Finding {
        Finding(
            card,
            Finding.Draft(
                "The client sent AUTH PLAIN before TLS for alice@example.org, and the server accepted it (235).",
                [
                    Evidence(excerpt(7, .client, 14, "AUTH PLAIN (secret)"), "the login, before TLS"),
                    Evidence(excerpt(8, .server, 88, "235 2.7.0 Welcome alice@example.org"), "the server accepts it"),
                ]))
    }

    static func judgedPlaintext() -> JudgedSession {
        let exposure = Exposure(listeners: [.anyone, .interceptor], interceptor: .possible, verdict: .open)
        return JudgedSession(session: plaintext(), exposure: exposure, findings: [credentials()])
    }

    static func judged(_ session: MailSession, _ verdict: Verdict, _ findings: [Finding] = []) -> JudgedSession {
        JudgedSession(
            session: session, exposure: Exposure(listeners: [], interceptor: .unknown, verdict: verdict),
            findings: findings)
    }
}

/// What an `EventWriter` writes for one session, line by line.
func lines(
    _ judged: JudgedSession, options: ReportOptions = ReportOptions(), inputs: [String] = Sample.inputs
) throws -> [String] {
    var sink = OutputSink.inMemory()
    var writer = EventWriter(options: options, inputs: inputs)
    try writer.write(judged, to: &sink)
    return sink.collected.split(separator: "\n").map(String.init)
}

/// A line of JSON as another program's parser reads it.
func parse(_ line: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(value as? [String: Any])
}

extension Sample {
    /// A delivery between servers over STARTTLS and TLS 1.3.
    static func encrypted() -> MailSession {
        var session = plaintext()
        session.server = relay
        session.role = .relay
        session.application = .smtpThenTLS
        session.smtp?.authentications = []
        session.smtp?.transactions = []
        session.startTLS.request = excerpt(7, .client, 14, "STARTTLS")
        session.startTLS.reply = reply(220, "2.0.0 Ready to start TLS", in: 8)
        session.startTLS.afterReady = .tls(FrameNumber(9))
        session.startTLS.completed = true
        session.tls = handshake()
        session.notObservable = [Unobserved("certificate", .encryptedByTLS13)]
        return session
    }

    static func summary() -> CaptureSummary {
        var summary = CaptureSummary()
        var input = InputSummary(name: "lan.pcap")
        (input.packets, input.octets) = (12_345, 9_876_543)
        var broken = InputSummary(name: "night.pcap")
        (broken.packets, broken.octets) = (10, 900)
        broken.failure = "the file ends in the middle of packet 11"
        summary.inputs = [input, broken]
        summary.start = Timestamp(nanoseconds: time.nanoseconds - 70_000_000_000)
        summary.end = time
        for _ in 0..<2 { summary.add(judgedPlaintext()) }
        for _ in 0..<5 { summary.add(judged(encrypted(), .sealed, [postQuantum()])) }
        summary.add(judged(plaintext(), .idle))
        summary.counters.packets = 12_355
        summary.counters.mailSegments = 12_000
        summary.counters.otherPackets = 355
        summary.counters.gaps = 3
        summary.counters.gapOctets = 4380
        summary.counters.halfOpen = 1
        summary.counters.malformed = [.ipv4: 2, .tcp: 1]
        summary.counters.unreadable = [.tlsHandshake: 1]
        return summary
    }

    static func postQuantum() -> Finding {
        Finding(
            infoCard, Finding.Draft("The server chose x25519.", [Evidence(frame: FrameNumber(10), "the key share")]))
    }

    static func hop(_ judged: [JudgedSession]) -> Hop {
        var hop = Hop(key: HopKey(judged[0].session))
        for one in judged { hop.add(one) }
        return hop
    }
}

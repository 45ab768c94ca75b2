import Sessions
import Wire

/// A reply in clear stood between the 220 to STARTTLS and the server's handshake (RFC 3207 §4.2).
public enum ResponseInjection: SessionRule {
    public static let card = RuleCard(
        id: "response-injection", signatureID: 9_025_056, group: .downgrade,
        title: "A reply in clear stood behind the 220 to STARTTLS", severity: .medium, certainty: .likely,
        citations: ["RFC 3207 §4", "RFC 3207 §4.2", "CVE-2011-0411", "CVE-2021-38371"],
        explanation: """
            Behind the last line of its 220 a server says nothing until the TLS handshake. Here more octets in clear \
            followed, and TLS came after them. A client that keeps them takes them for replies from inside TLS: \
            whoever put them there can pretend what the server offers or accepts.
            """,
        alternatives: """
            A faulty server or proxy that answers twice; a reply to a command that the client had sent too early (see \
            command-injection). The lines of a 220 that has several are one reply, and are not meant.
            """,
        remediation: """
            The client's administrator keeps it up to date (Exim up to 4.94.2 keeps what it has read before the \
            handshake: CVE-2021-38371); the network's administrator compares with a capture at the server: what is \
            not there was added on the path.
            """,
        remedies: [.readTheSendersLog, .compareBothEnds],
        example: "response-injection.pcap")

    public static let needs: SessionTraits = [.startTLS, .tls, .unusual]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let reply = session.startTLS.reply, reply.value.code == .serviceReady else { return .notApplicable }
        guard let octets = session.smtp?.unusual?.behindReady else {
            return session.clearBlindSpot.map(Judgement.notObserved) ?? .pass
        }
        // A server that does not go on to TLS has said that it cannot, or that it is tired of waiting.
        guard let hello = session.tls?.serverHelloFrame else { return .notApplicable }
        let isAnswer = session.startTLS.pipelined != nil
        let evidence = [
            Evidence(octets, "octets in clear behind the 220"),
            Evidence(frame: reply.frame, side: .server, offset: reply.value.offset, "the 220"),
            Evidence(frame: hello, side: .server, "the server's TLS begins"),
        ]
        return .finding(
            Finding.Draft(
                "Between the 220 to STARTTLS and its TLS handshake the server's side sent more octets in clear.",
                evidence, certainty: isAnswer || session.clearBlindSpot != nil ? .possible : .likely))
    }
}

extension TLSFacts {
    fileprivate var serverHelloFrame: FrameNumber? {
        helloRetryRequest?.frame ?? serverHello?.frame ?? sslv2ServerHello
    }
}

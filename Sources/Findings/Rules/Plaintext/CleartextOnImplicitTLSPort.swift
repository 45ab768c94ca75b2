import Sessions
import Wire

/// A client spoke in clear on a port where TLS begins with the first octet (RFC 8314 §3.3).
public enum CleartextOnImplicitTLSPort: SessionRule {
    public static let card = RuleCard(
        id: "cleartext-on-implicit-tls-port", signatureID: 9_025_006, group: .plaintext,
        title: "Plaintext on a port for TLS from the start", severity: .medium, certainty: .certain,
        citations: ["RFC 8314 §3.3", "RFC 8314 §4.1"],
        explanation: """
            On port 465 the client has to begin with TLS. Here its opening octets are no TLS record, so whatever it \
            sent was readable by anyone on the path.
            """,
        alternatives: """
            A scanner or a wrongly configured client that gives up at once exposes nothing. A tap that is handed \
            decrypted TLS shows the same: where the server answers in SMTP, it is called likely. Where the capture \
            joined a connection that was under way, the rule stays silent.
            """,
        remediation: """
            Let the server speak TLS from the start on this port (Postfix smtpd_tls_wrappermode = yes in master.cf, \
            Exim 465 in daemon_smtp_ports and tls_on_connect_ports) and set the client to SSL/TLS instead of none or STARTTLS.
            """,
        remedies: [.speakTLSFromTheStart, .setClientToTLS],
        example: "cleartext-on-465.pcap")

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard session.role == .implicitTLS else { return .notApplicable }
        // Whatever the server may have said before.
        guard session.tls?.isImplicit != true, session.application != .tlsHelloToPlaintextServer else { return .pass }
        guard session.smtp != nil, let first = session.firstClientOctets else { return .notApplicable }
        guard isOpening(first, session) else { return .notObserved(session.blindSpot ?? .midStream) }
        let weight = ClearText(session, observations).weight
        return .finding(
            Finding.Draft(
                "On port \(session.server.port) the client began in clear instead of with TLS.",
                [Evidence(first, "the client's opening octets are no TLS record")], severity: weight ?? .low))
    }

    /// The octets stand where the connection's stream begins, or behind a load balancer's header.
    private static func isOpening(_ first: Excerpt, _ session: MailSession) -> Bool {
        first.offset == Int64(session.proxy?.value.length ?? 0)
            && (session.transport.capture == .complete || session.smtp?.greeting != nil)
    }
}

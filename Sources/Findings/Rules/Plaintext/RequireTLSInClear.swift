import Sessions
import Wire

/// A message was sent in clear although its sender had required TLS for it (RFC 8689 §2, §4.2.1).
public enum RequireTLSInClear: SessionRule {
    public static let card = RuleCard(
        id: "requiretls-in-clear", signatureID: 9_025_051, group: .plaintext,
        title: "REQUIRETLS was asked for without TLS", severity: .high, certainty: .certain,
        citations: ["RFC 8689 §2", "RFC 8689 §4.1", "RFC 8689 §4.2.1"],
        explanation: """
            REQUIRETLS on MAIL says that a message must not be sent on without TLS. It may be said inside TLS alone; \
            here it crossed in clear, so the sender's own promise was broken on this hop.
            """,
        alternatives: """
            A test of what the server supports looks the same: where the server refuses the parameter (555) nothing \
            but the envelope crossed. A tunnel (VPN, IPsec) outside this capture may have protected the hop. Behind a \
            tap that shows decrypted TLS, the octets were not in clear on the wire.
            """,
        remediation: """
            The client's administrator makes it use TLS towards this server before MAIL, with a certificate that it \
            checks (Postfix smtp_tls_policy_maps with secure, Exim hosts_require_tls and tls_verify_hosts, OpenSMTPD \
            action … relay tls), or drops REQUIRETLS; the server's administrator does not offer REQUIRETLS in clear.
            """,
        remedies: [.verifyServers, .requireTLSTowards, .setClientToTLS],
        example: "built-requiretls-in-clear.pcap")

    public static let needs: SessionTraits = [.exposure, .unusual]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let command = session.smtp?.unusual?.requireTLS else { return session.nothingInClear(observations) }
        if let mirror = session.suspectedMirror(observations), command.offset >= mirror.offset {
            return .notObserved(.insideTLS)
        }
        let clear = ClearText(session, observations)
        return .finding(
            Finding.Draft(
                sentence(clear), [Evidence(command, "MAIL with REQUIRETLS, in clear")],
                severity: clear.content != nil ? .high : clear.isMailRefused ? .low : .medium))
    }

    private static func sentence(_ clear: ClearText) -> String {
        let what = "The client required TLS for a message (REQUIRETLS) and named it in clear"
        if clear.content != nil { return "\(what); message content followed in clear." }
        return clear.isMailRefused ? "\(what); the server refused it." : "\(what); no content followed in clear."
    }
}

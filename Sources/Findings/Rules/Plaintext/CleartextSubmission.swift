import Sessions
import Wire

/// A mail client submitted mail, or logged in, in clear on the submission port (RFC 6409, RFC 8314).
public enum CleartextSubmission: SessionRule {
    public static let card = RuleCard(
        id: "cleartext-submission", signatureID: 9_025_007, group: .plaintext,
        title: "Mail submission without TLS", severity: .medium, certainty: .certain,
        citations: ["RFC 8314 §3.3", "RFC 8314 §4.1", "RFC 6409 §3.1"],
        explanation: """
            Port 587 is for people's mail clients, which log in. Cleartext has been considered obsolete there since \
            2018: a server should not take MAIL or AUTH before TLS, and a client should not send them.
            """,
        alternatives: """
            A bot that guesses passwords, or a device that cannot do TLS on a network of its own. If MAIL or AUTH \
            was refused, the server did the right thing and only the client needs a change. Behind a load balancer \
            that ends TLS, or a tap that shows decrypted TLS, the same octets are no fault of the client.
            """,
        remediation: """
            On the server require TLS on this port (Postfix smtpd_tls_security_level = encrypt for the submission \
            service in master.cf, Exim an ACL that denies where $tls_in_cipher is empty) and offer port 465; set \
            clients to SSL/TLS, or STARTTLS required.
            """,
        remedies: [.requireTLSOnSubmission, .setClientToTLS],
        example: "cleartext-submission.pcap")

    public static let needs: SessionTraits = .exposure

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard session.role == .submission else { return .notApplicable }
        let clear = ClearText(session, observations)
        guard let command = clear.firstUse, let weight = clear.weight else {
            return session.nothingInClear(observations)
        }
        return .finding(
            Finding.Draft(
                "Mail or a login crossed in clear on the submission port \(session.server.port).",
                [Evidence(command, "sent before TLS")], severity: weight, certainty: clear.certainty))
    }
}

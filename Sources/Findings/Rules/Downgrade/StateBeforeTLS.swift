import Sessions
import Wire

/// A login or a transaction began in clear and STARTTLS followed in the same session (RFC 3207 §4.2).
public enum StateBeforeTLS: SessionRule {
    public static let card = RuleCard(
        id: "state-before-tls", signatureID: 9_025_057, group: .downgrade,
        title: "AUTH or MAIL was accepted before STARTTLS", severity: .medium, certainty: .certain,
        citations: ["RFC 3207 §4.2", "RFC 3207 §6", "RFC 4954 §4"],
        explanation: """
            What was said in clear could have come from anyone on the path, so both sides have to forget it when TLS \
            begins. Here the server had accepted a login or a sender before STARTTLS. If it remembers that inside TLS, \
            somebody else's login or envelope becomes the client's. Whether it did cannot be seen.
            """,
        alternatives: """
            A client that begins TLS late, such as a script; few mail servers do. Commands that were refused (530, 538) \
            left nothing to remember and are no finding. A transaction that was finished or given up before STARTTLS \
            weighs less.
            """,
        remediation: """
            The client's administrator lets it begin TLS right behind EHLO; the server's refuses AUTH and MAIL before \
            (Postfix smtpd_tls_auth_only = yes, and smtpd_tls_security_level = encrypt on submission; Exim \
            auth_advertise_hosts and an ACL on $tls_in_cipher; OpenSMTPD tls-require).
            """,
        remedies: [.offerAuthInsideTLS, .requireTLSOnSubmission, .setClientToTLS],
        example: "state-before-tls.pcap")

    public static let needs: SessionTraits = [.startTLS, .unusual]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let state = session.smtp?.unusual?.stateBeforeTLS else {
            return session.clearBlindSpot.map(Judgement.notObserved) ?? .pass
        }
        guard session.tls != nil, let reply = session.startTLS.reply else { return .notApplicable }
        let evidence = [
            Evidence(state.command, "accepted in clear"),
            Evidence(frame: reply.frame, side: .server, offset: reply.value.offset, "the 220 to STARTTLS"),
        ]
        return .finding(
            Finding.Draft(
                state.isOpen
                    ? "The server had accepted a login or a sender in clear when STARTTLS began."
                    : "A transaction had begun and ended in clear before STARTTLS.",
                evidence, severity: state.isOpen ? .medium : .low))
    }
}

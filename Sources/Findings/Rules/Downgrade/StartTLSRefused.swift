import Sessions
import Wire

/// The server answered STARTTLS with something else than 220 (RFC 3207 §4).
public enum StartTLSRefused: SessionRule {
    public static let card = RuleCard(
        id: "starttls-refused", signatureID: 9_025_009, group: .downgrade,
        title: "The server refused STARTTLS", severity: .medium, certainty: .certain,
        citations: ["RFC 3207 §4", "RFC 3207 §4.2"],
        explanation: """
            The client asked for TLS and the server did not agree. What the client did next decides what was exposed: \
            it may leave and try again later, or go on in clear.
            """,
        alternatives: """
            A certificate or key that cannot be read, a certificate that is being renewed, a limit on connections, or \
            something on the path that answers in the server's place. 500 and 502 say that the command was not \
            understood and are not counted here.
            """,
        remediation: """
            Look in the server's log for the reason at this time (Postfix: smtpd_tls_chain_files readable, \
            smtpd_client_new_tls_session_rate_limit; Exim: tls_certificate, tls_privatekey); a sender that must not \
            go on in clear requires TLS (Postfix smtp_tls_policy_maps with encrypt, Exim hosts_require_tls).
            """,
        remedies: [.readTheLog, .offerStartTLS, .requireTLSTowards],
        example: "starttls-refused-quit.pcap")

    public static let needs: SessionTraits = [.startTLS, .refusal]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let request = session.startTLS.request else { return .notApplicable }
        guard let reply = session.startTLS.reply else {
            if session.tls != nil { return .pass }
            // Where nothing is missing, the connection ended before the server had answered.
            return session.blindSpot.map(Judgement.notObserved) ?? .notApplicable
        }
        let code = reply.value.code
        // Where TLS came nevertheless, this reply answered something else.
        if code == .serviceReady || session.tls?.version != nil { return .pass }
        // Not understood rather than refused: perhaps not what the client sent.
        if code == .syntaxError || code == .notImplemented { return .notApplicable }
        let evidence = [
            Evidence(
                frame: reply.frame, side: .server, offset: reply.value.offset, octets: reply.value.text,
                "the server's reply \(code)"),
            Evidence(request, "the client's STARTTLS"),
        ]
        let next = session.startTLS.afterRefusal
        return .finding(
            Finding.Draft(
                "The server answered STARTTLS with \(code); \(said(next)).", evidence,
                severity: next == .continuedInClear ? .medium : .low,
                // Where replies are missing, this one may belong to another command.
                certainty: session.blindSpot == nil ? .certain : .possible, alternatives: alternatives(code)))
    }

    /// What the code itself points to; `nil` where the card says it all.
    private static func alternatives(_ code: ReplyCode) -> String? {
        switch code {
        case .tlsNotAvailable:
            """
            454 means that it may work later: a certificate or key that is being renewed or cannot be read just now, or a \
            limit on new TLS sessions. Something on the path that answers in the server's place looks the same.
            """
        case .unavailable: "421 ends the connection: a limit on connections, or a server that shuts down."
        case ReplyCode(501): "501 complains of an argument behind STARTTLS: the client's mistake."
        case ReplyCode(503): "503 complains of the order of commands: the client's mistake, or TLS is already in use."
        default: nil
        }
    }

    private static func said(_ next: StartTLSFacts.AfterRefusal) -> String {
        switch next {
        case .nothing: "nothing more of the client was seen"
        case .quit: "the client left without sending mail"
        case .retried: "the client asked again"
        case .continuedInClear: "the client went on in clear"
        }
    }
}

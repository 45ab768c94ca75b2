import Sessions
import Wire

/// Who obtains the server's key later can read this session (RFC 9325 §4.1).
public enum NoForwardSecrecy: SessionRule {
    public static let card = RuleCard(
        id: "no-forward-secrecy", signatureID: 9_025_014, group: .tls,
        title: "The key exchange has no forward secrecy", severity: .medium, certainty: .certain,
        citations: ["RFC 9325 §4.1", "RFC 10015 §4", "RFC 8446 §4.2.9", "NCSC-NL TLS 2025-05"],
        explanation: """
            The session's keys follow from a key that the server keeps: its certificate's, in a static RSA or \
            Diffie-Hellman exchange, the one that protects its tickets, or one that it shares with the client. Who \
            records the traffic today and obtains that key in some years, by theft or by order, can read the mail.
            """,
        alternatives: """
            The client may offer nothing better, or the server prefers its own order. TLS 1.3 always has forward \
            secrecy, except where a session is resumed without a new key exchange.
            """,
        remediation: """
            Offer ECDHE before everything else and leave out static RSA where every client can do without (Postfix \
            smtpd_tls_exclude_ciphers = kRSA, Exim tls_require_ciphers with !kRSA); on port 25 watch for senders that know \
            nothing else, they would fall back to plaintext.
            """,
        remedies: [.preferForwardSecrecy],
        example: "no-forward-secrecy.pcap")

    public static let needs: SessionTraits = [.tls, .noForwardSecrecy]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let suite = tls.cipherSuite, let lacks = tls.lacksForwardSecrecy else {
            return session.missingFromHandshake()
        }
        guard lacks else { return .pass }
        let isSubmission = session.role == .submission || session.role == .implicitTLS
        return .finding(
            Finding.Draft(
                sentence(tls, suite.value),
                [Evidence(frame: suite.frame, side: .server, "the ServerHello chooses \(suite.value)")],
                severity: isSubmission ? .medium : .low))
    }

    private static func sentence(_ tls: TLSFacts, _ suite: CipherSuite) -> String {
        tls.version?.value.isTLS13 == true
            ? "The session was resumed without a new key exchange."
            : "The key exchange of \(suite) has no forward secrecy."
    }
}

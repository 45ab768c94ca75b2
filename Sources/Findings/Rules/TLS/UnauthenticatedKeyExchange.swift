import Sessions
import Wire

/// Neither side proved who it is (RFC 5246 appendix F.1.1.1): whoever stands in the path can be the other side.
public enum UnauthenticatedKeyExchange: SessionRule {
    public static let card = RuleCard(
        id: "unauthenticated-key-exchange", signatureID: 9_025_032, group: .tls,
        title: "The server proved nothing about itself", severity: .high, certainty: .certain,
        citations: ["RFC 5246 appendix F.1.1.1", "RFC 7672 §8.2", "NCSC-NL TLS 2025-05"],
        explanation: """
            An anonymous suite keeps out who only listens, and nobody else: there is no certificate, so the client \
            cannot know whom it talks to. On 465 and 587, where passwords go, that is no protection. On port 25 \
            servers offer such suites to opportunistic senders, who would not have looked at a certificate either.
            """,
        alternatives: """
            On port 25 this is the default of Postfix on both sides and asks for nothing. Elsewhere a client was set \
            up without checks, or something in the path took the certificate's suites out of the offer. A suite that \
            was chosen in a handshake which then failed is not counted.
            """,
        remediation: """
            On 465 and 587 exclude anonymous suites (Postfix smtpd_tls_mandatory_exclude_ciphers = aNULL with \
            smtpd_tls_security_level = encrypt, Exim tls_require_ciphers with !aNULL), and have clients check the \
            certificate. On port 25 leave them on unless a sender verifies this server (DANE, MTA-STS).
            """,
        remedies: [.dropAnonymousSuites, .checkTheCertificate],
        example: "anonymous-suite-submission.pcap")

    public static let needs: SessionTraits = [.olderTLS, .anonymousSuite]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let suite = tls.cipherSuite else { return session.missingFromHandshake() }
        guard tls.isAnonymous else { return .pass }
        let isSubmission = session.role == .submission || session.role == .implicitTLS
        return .finding(
            Finding.Draft(
                "The server chose \(suite.value), in which nobody proves who he is.",
                [Evidence(frame: suite.frame, side: .server, "the ServerHello chooses \(suite.value)")],
                severity: isSubmission ? .high : .info))
    }
}

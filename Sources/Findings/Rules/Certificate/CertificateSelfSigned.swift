import Sessions
import Wire

/// The server's certificate vouches for itself (RFC 5280 §6.1).
public enum CertificateSelfSigned: SessionRule {
    public static let card = RuleCard(
        id: "certificate-self-signed", signatureID: 9_025_017, group: .certificate,
        title: "The server's certificate is self-signed", severity: .medium, certainty: .certain,
        citations: ["RFC 5280 §6.1", "RFC 5280 §4.2.1.1", "RFC 8314 §5.3", "RFC 7672 §3.1.1"],
        explanation: """
            No authority vouches for this certificate; anyone can make one like it. It protects against listeners, \
            but a client that accepts it without knowing it beforehand accepts an impostor's as well.
            """,
        alternatives: """
            The client may know this very certificate (pinned, or published as DANE-EE in DNS): then it proves the \
            server well. On port 25 most senders check nothing, so it counts as low there. The signature itself is \
            not verified; subject, issuer and key identifiers are compared.
            """,
        remediation: """
            Use a certificate of a public authority (ACME), or of an authority of your own that the clients trust \
            (Postfix smtpd_tls_chain_files, Exim tls_certificate); on port 25 a self-signed one is fine together with DANE.
            """,
        remedies: [.replaceCertificate],
        tlsrptResultType: "certificate-not-trusted",
        example: "certificate-self-signed.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .selfIssued]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            guard let certainty = check.selfSigned else { return .pass }
            return .finding(
                Finding.Draft(
                    "The server's certificate names itself as its issuer.",
                    check.evidence("subject and issuer are the same"),
                    severity: session.checksCertificates ? .medium : .low, certainty: certainty))
        }
    }
}

import Sessions
import Wire

/// The session began after the end of the certificate's validity (RFC 5280 §4.1.2.5).
public enum CertificateExpired: SessionRule {
    public static let card = RuleCard(
        id: "certificate-expired", signatureID: 9_025_016, group: .certificate,
        title: "The server's certificate had expired", severity: .high, certainty: .certain,
        citations: ["RFC 5280 §4.1.2.5", "RFC 8314 §5.3", "RFC 7672 §3.1.1"],
        explanation: """
            The certificate's last day was over when this session began, by the capture's clock. Mail clients must \
            not accept it; one that went on does not check certificates, and would not notice an impostor either. On \
            port 25 few senders look at the date, and those that use DANE-EE ignore it, so it counts as low there.
            """,
        alternatives: """
            The clock of the capturing machine may be ahead, by a time zone for example: less than a day lowers the \
            certainty, and so does a clock that jumps or is implausible. TLS \
            1.3 hides the certificate, so only TLS 1.2 and older can be judged.
            """,
        remediation: """
            Renew the certificate, let the server load it (postfix reload; Exim reads tls_certificate anew), and renew \
            automatically from now on.
            """,
        remedies: [.replaceCertificate],
        tlsrptResultType: "certificate-expired",
        example: "certificate-expired.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .expired]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            guard check.isExpired else { return .pass }
            let age = CertificateCheck.days(from: check.leaf.notAfter, to: check.time)
            let severity = check.clockIsPlausible ? session.doubtfulCertificateSeverity : .low
            return .finding(
                Finding.Draft(
                    "The server's certificate had expired \(age) before this session.",
                    check.evidence("the certificate"), severity: severity,
                    certainty: check.certainty(of: check.leaf.notAfter, before: check.time)))
        }
    }
}

import Sessions
import Wire

/// The session began before the certificate's validity (RFC 5280 §4.1.2.5).
public enum CertificateNotYetValid: SessionRule {
    public static let card = RuleCard(
        id: "certificate-not-yet-valid", signatureID: 9_025_070, group: .certificate,
        title: "The server's certificate was not valid yet", severity: .high, certainty: .certain,
        citations: ["RFC 5280 §4.1.2.5", "RFC 8314 §5.3", "RFC 7672 §3.1.1"],
        explanation: """
            The certificate's first moment was still to come when this session began, by the capture's clock. Mail \
            clients must not accept it; one that went on does not check certificates, and would not notice an impostor \
            either. On port 25 few senders look at the date, and those that use DANE-EE ignore it, so it counts as low \
            there.
            """,
        alternatives: """
            The clock of the capturing machine may be behind, by a time zone for example: less than a day lowers the \
            certainty, and so does a clock that jumps or is implausible. The clock of the authority may have been \
            ahead when it signed. TLS 1.3 hides the certificate, so only TLS 1.2 and older can be judged.
            """,
        remediation: """
            Compare the clocks of the server and of the authority (chronyc tracking; openssl x509 -noout -dates -in \
            FILE), go back to the certificate before this one or have it issued anew, and let the server load it \
            (Postfix: postfix reload; Exim reads tls_certificate anew; OpenSMTPD: rcctl restart smtpd or systemctl \
            restart opensmtpd).
            """,
        remedies: [.replaceCertificate],
        tlsrptResultType: "validation-failure",
        example: "certificate-not-yet-valid.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .notYetValid]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            guard check.isNotYetValid else { return .pass }
            let wait = CertificateCheck.days(from: check.time, to: check.leaf.notBefore)
            return .finding(
                Finding.Draft(
                    "The server's certificate became valid only \(wait) after this session began.",
                    check.evidence("the certificate"),
                    severity: check.clockIsPlausible ? session.doubtfulCertificateSeverity : .low,
                    certainty: check.certainty(of: check.time, before: check.leaf.notBefore)))
        }
    }
}

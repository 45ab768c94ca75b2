import Sessions
import Wire

/// The certificate was about to expire when the session began (RFC 5280 §4.1.2.5).
public enum CertificateExpiringSoon: SessionRule {
    public static let card = RuleCard(
        id: "certificate-expiring-soon", signatureID: 9_025_071, group: .certificate,
        title: "The server's certificate is about to expire", severity: .low, certainty: .certain,
        citations: ["RFC 5280 §4.1.2.5", "RFC 8314 §5.3"],
        explanation: """
            The certificate was valid when this session began, and had few days left by the capture's clock (--expiring \
            says how many count, 21 unless told otherwise). Where renewal is automatic it should have happened by \
            then: clients that check certificates will refuse the server from that day on.
            """,
        alternatives: """
            It may have been renewed since the capture, and the server has only to load it. Certificates that live \
            for days only always end soon, so less than a third of its lifetime has to be left, too. On port 25 few \
            senders look at the date, and those that use DANE-EE ignore it: there it is no more than a remark.
            """,
        remediation: """
            Renew it and let the server load it (certbot renew --deploy-hook 'postfix reload', or acme.sh with \
            --reloadcmd; Exim reads tls_certificate anew; OpenSMTPD: rcctl restart smtpd or systemctl restart \
            opensmtpd); find out why the renewal that should have come before did not (systemctl list-timers certbot).
            """,
        remedies: [.replaceCertificate],
        example: "certificate-expiring-soon.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .lastThird]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            guard !check.isExpired, !check.isNotYetValid,
                endsSoon(check, within: observations.settings.expiringWithin)
            else { return .pass }
            let left = CertificateCheck.days(from: check.time, to: check.leaf.notAfter)
            return .finding(
                Finding.Draft(
                    "The server's certificate was to expire \(left) after this session began.",
                    check.evidence("the certificate"),
                    severity: check.clockIsPlausible && session.checksCertificates ? .low : .info,
                    certainty: check.clockIsPlausible ? .certain : .possible))
        }
    }

    /// What is left is no more than so many seconds, and less than a third of the whole.
    private static func endsSoon(_ check: CertificateCheck, within seconds: Int64) -> Bool {
        let (left, isLong) = check.leaf.notAfter.subtractingReportingOverflow(check.time)
        return !isLong && left <= seconds && check.leaf.isInLastThird(at: check.time)
    }
}

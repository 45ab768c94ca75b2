import Sessions
import Wire

/// The server's key, or one that vouches for it, is too short (RFC 9325 §4.5).
public enum CertificateWeakKey: SessionRule {
    public static let card = RuleCard(
        id: "certificate-weak-key", signatureID: 9_025_073, group: .certificate,
        title: "The key of a certificate is too short", severity: .medium, certainty: .certain,
        citations: ["RFC 9325 §4.5", "NIST SP 800-57 Part 1 Rev. 5 §5.6.1", "NCSC-NL TLS 2025-05"],
        explanation: """
            The server's certificate, or one that was sent to vouch for it, holds an RSA or DSA key of fewer than 2048 \
            bits or an elliptic-curve key of fewer than 224. Who computes its private key is the server to everyone \
            who asks, and with static RSA reads what was recorded. RSA of 512 bits takes hours today, 829 bits have \
            been done; 1024 are held to be within reach of states.
            """,
        alternatives: """
            On port 25 few senders check certificates at all, so it counts as low there; those that use DANE-EE rely \
            on the key just as much. Keys whose size is not known are not judged; certificates that were sent \
            besides, and vouch for none of the others, neither, nor those that a chain to a trusted authority goes past.
            """,
        remediation: """
            Make a new key and have a certificate issued for it (openssl req -new -newkey rsa:2048 -nodes -keyout KEY \
            -out CSR, or -newkey ec -pkeyopt ec_paramgen_curve:P-256), then point the server to both (Postfix \
            smtpd_tls_chain_files = KEY, CHAIN; Exim tls_privatekey and tls_certificate; OpenSMTPD pki NAME key KEY \
            and pki NAME cert CHAIN); publish the new TLSA record before that, where DANE is used.
            """,
        remedies: [.replaceCertificate],
        example: "certificate-weak-key.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .shortKey]
    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            // Short keys are never followed: what leads to a trusted authority goes through none of them.
            let path = check.trust == .trusted ? [check.leaf] : check.path
            guard let weak = path.first(where: \.hasShortKey) else { return .pass }
            let key = weak.publicKey.description
            return .finding(
                Finding.Draft(
                    weak == check.leaf
                        ? "The server's certificate holds a short key: \(key)."
                        : "A certificate that vouches for the server's holds a short key: \(key).",
                    check.evidence("the certificates"),
                    severity: session.checksCertificates ? .medium : .low))
        }
    }
}

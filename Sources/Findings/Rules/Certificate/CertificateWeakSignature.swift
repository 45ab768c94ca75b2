import Sessions
import Wire

/// A certificate is signed over a broken hash (RFC 9325 §4.5).
public enum CertificateWeakSignature: SessionRule {
    public static let card = RuleCard(
        id: "certificate-weak-signature", signatureID: 9_025_074, group: .certificate,
        title: "A certificate is signed with a broken hash", severity: .medium, certainty: .certain,
        citations: ["RFC 9325 §4.5", "RFC 6151 §2", "CA/Browser Forum BR §7.1.3.2"],
        explanation: """
            The server's certificate, or one that was sent to vouch for it, is signed over MD5 or SHA-1. Two \
            certificates with the same such hash can be made, so an authority that still signs like this may have \
            vouched for another name without knowing it. Clients of today refuse such certificates.
            """,
        alternatives: """
            Whoever has this certificate cannot make another one to its signature: the danger is in what else the \
            authority signed that way. The signature of a self-signed certificate proves nothing in the first place, \
            and is not judged. Where the chain leads to a trusted authority, it may do so without a certificate of an \
            authority that is signed like this, which is called possible then. On port 25 few senders check certificates at all, so it counts as low there; senders \
            that use DANE-EE check no signature.
            """,
        remediation: """
            Have it issued anew with SHA-256 (an authority of your own: default_md = sha256 in openssl.cnf, openssl \
            ca -md sha256), and let the server load it (Postfix smtpd_tls_chain_files, Exim tls_certificate, OpenSMTPD \
            pki NAME cert).
            """,
        remedies: [.replaceCertificate],
        example: "certificate-weak-signature.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .brokenSignature]
    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            let weak = check.path.first(where: \.hasBrokenSignature)
            guard let weak else { return .pass }
            // The chain may lead to its authority past this one.
            let isNeeded = weak == check.leaf || check.trust != .trusted
            return .finding(
                Finding.Draft(
                    weak == check.leaf
                        ? "The server's certificate is signed with \(weak.signature.name)."
                        : "A certificate that vouches for the server's is signed with \(weak.signature.name).",
                    check.evidence("the certificates"),
                    severity: session.checksCertificates ? .medium : .low,
                    certainty: isNeeded ? nil : .possible))
        }
    }
}

import Sessions
import Wire

/// The server chose TLS 1.1 or older (RFC 8996).
public enum ObsoleteTLSVersion: SessionRule {
    public static let card = RuleCard(
        id: "obsolete-tls-version", signatureID: 9_025_012, group: .tls,
        title: "An obsolete version of TLS was chosen", severity: .medium, certainty: .certain,
        citations: [
            "RFC 8996 §4", "RFC 8996 §5", "RFC 7568 §3", "RFC 6176 §3", "RFC 9325 §3.1.1", "NCSC-NL TLS 2025-05",
        ],
        explanation: """
            TLS 1.0 and 1.1 rest on MD5 and SHA-1 and must not be used any more; SSL 3.0 and SSL 2.0 are broken. On \
            port 25 even old TLS is better than the plaintext that would take its place, so it counts as low there.
            """,
        alternatives: """
            One side may be too old for more: look at what the client offered. A version that was chosen in a \
            handshake which then failed is not counted.
            """,
        remediation: """
            Offer TLS 1.2 and 1.3; on 465 and 587 make 1.2 the minimum (Postfix smtpd_tls_mandatory_protocols = \
            >=TLSv1.2; Exim with GnuTLS tls_require_ciphers by $received_port, with OpenSSL openssl_options, which holds \
            for port 25 too). On port 25 raise the minimum only when no sender needs less: an opportunistic sender falls \
            back to plaintext.
            """,
        remedies: [.raiseMinimumVersion, .readTheLog],
        example: "tls10.pcap")

    public static let needs: SessionTraits = [.tls, .obsoleteVersion]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let chosen = tls.version else { return session.missingFromHandshake() }
        // A version that nobody knows is no old one.
        guard chosen.value.isKnown else { return .notApplicable }
        guard chosen.value < .tls12 else { return .pass }
        var evidence = [Evidence(frame: chosen.frame, side: .server, "the ServerHello chooses \(chosen.value)")]
        if let hello = tls.hello {
            evidence.append(
                Evidence(
                    frame: hello.frame, side: .client,
                    "the ClientHello offers up to \(hello.value.facts.maximumVersion)"))
        }
        return .finding(
            Finding.Draft(
                "The server chose \(chosen.value).", evidence, severity: severity(chosen.value, session.role)))
    }

    private static func severity(_ version: TLSVersion, _ role: PortRole) -> Severity {
        version == .ssl2 || role == .submission || role == .implicitTLS ? .medium : .low
    }
}

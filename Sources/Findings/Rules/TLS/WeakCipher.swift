import Sessions
import Wire

/// The server chose a cipher suite that is broken or on its way out (RFC 9325 §4.1).
public enum WeakCipher: SessionRule {
    public static let card = RuleCard(
        id: "weak-cipher", signatureID: 9_025_013, group: .tls,
        title: "A weak cipher suite was chosen", severity: .medium, certainty: .certain,
        citations: ["RFC 9325 §4.1", "RFC 9325 §4.2", "RFC 7465 §2", "RFC 9150 §1", "NCSC-NL TLS 2025-05"],
        explanation: """
            NULL and integrity-only suites encrypt nothing: the mail reads as clear. The short keys of EXPORT, DES and \
            RC2 can be tried out by whoever records it. RC4 gives away bit by bit what is sent again and again, such as \
            a password; no practical attack on a message that is sent once is known. Triple DES is at risk in long \
            sessions because of its small block (Sweet32). CBC with SHA-1 is outdated and has a history of padding \
            attacks, but no practical attack on mail is known.
            """,
        alternatives: """
            One side may be too old for better, or its list of suites was cut down by hand. A suite that was chosen \
            in a handshake which then failed is not counted.
            """,
        remediation: """
            Exclude these suites on both sides (Postfix smtpd_tls_ciphers = medium with smtpd_tls_exclude_ciphers = \
            eNULL, EXPORT, DES, RC2, RC4, 3DES; Exim tls_require_ciphers) and offer AES-GCM; on port 25 leave CBC with \
            SHA-1 on, since old senders would fall back to plaintext.
            """,
        remedies: [.dropWeakCiphers],
        example: "weak-cipher-null.pcap")

    public static let needs: SessionTraits = [.tls, .weakSuite]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let suite = tls.cipherSuite else { return session.missingFromHandshake() }
        guard let weakness = suite.value.weakness else { return .pass }
        return .finding(
            Finding.Draft(
                "The server chose \(suite.value): \(weakness.text).",
                [Evidence(frame: suite.frame, side: .server, "the ServerHello chooses \(suite.value)")],
                severity: severity(weakness)))
    }

    private static func severity(_ weakness: CipherWeakness) -> Severity {
        weakness == .null ? .high : weakness.isBreakable ? .medium : .low
    }
}

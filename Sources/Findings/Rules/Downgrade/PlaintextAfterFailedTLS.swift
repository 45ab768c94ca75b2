import Sessions
import Wire

/// TLS failed between a client and a server, and soon the same client delivered to it in clear (RFC 7435 §4).
public enum PlaintextAfterFailedTLS: HopRule {
    public static let card = RuleCard(
        id: "plaintext-after-failed-tls", signatureID: 9_025_058, group: .downgrade,
        title: "A delivery in clear followed a failure of TLS", severity: .medium, certainty: .likely,
        citations: ["RFC 7435 §4", "RFC 7435 §6", "RFC 3207 §6", "RFC 8461 §1"],
        explanation: """
            A handshake failed, was cut, or STARTTLS was refused; within minutes the same client reached the same \
            server in another connection, in clear. Opportunistic senders do this to keep mail flowing, which is why \
            breaking one handshake is enough to read their mail. Whoever can drop packets can break a handshake, and \
            so can a wrong setting: cause undetermined.
            """,
        alternatives: """
            A client that leaves right behind a handshake may have checked the server alone, without any failure. \
            Ordinary opportunistic fallback after a mistake at one of both ends (no common version or cipher, a broken \
            certificate or key, a limit on connections), and no one in between. Several hosts behind one address \
            can be taken for one client. Scanners try one thing after another; those that leave without mail \
            are not counted.
            """,
        remediation: """
            Find out from the alert and the logs why TLS failed (tls-handshake-failed). The client's administrator \
            makes it wait instead of falling back: Postfix smtp_tls_policy_maps with encrypt or dane-only, \
            Exim hosts_require_tls or tls_tempfail_tryclear = false, OpenSMTPD relay with \
            smtp+tls://. The server's publishes DANE or MTA-STS. Requiring TLS of everyone leaves some mail undelivered.
            """,
        remedies: [.readTheSendersLog, .readTheLog, .requireTLSTowards, .verifyServers],
        tlsrptResultType: "validation-failure",
        example: "plaintext-after-failed-tls.pcap")

    /// Beyond this, one may have nothing to do with the other.
    private static let soon: Int64 = 60_000_000_000

    public static func judge(_ hop: Hop, _ observations: CaptureObservations) -> Judgement {
        guard let retries = hop.retries else { return .notApplicable }
        guard let worst = retries.fallbacks.max(by: { $0.delivery.weight < $1.delivery.weight }) else { return .pass }
        let isDoubtful =
            worst.namesDiffer || worst.interval > soon || worst.failure.isEarlyLeave || worst.failure.isDoubtful
        return .finding(
            Finding.Draft(
                sentence(worst, of: retries.count),
                [Evidence(worst.delivery.command, "what the client sent in clear"), worst.failure.evidence],
                severity: worst.delivery.weight, certainty: isDoubtful ? .possible : .likely))
    }

    private static func sentence(_ fallback: RetryMemory.Fallback, of count: Int) -> String {
        let seconds = fallback.interval / 1_000_000_000
        let later = seconds == 0 ? "less than a second" : seconds == 1 ? "1 second" : "\(seconds) seconds"
        let name = fallback.namesDiffer ? ", under another name," : ""
        let times = count > 1 ? " (\(count) times on this hop)" : ""
        let what =
            fallback.failure.isEarlyLeave ? "A connection ended right behind its TLS handshake" : "TLS failed"
        return "\(what), and \(later) later the same client\(name) delivered in clear\(times); cause undetermined."
    }
}

import Sessions
import Wire

/// The same place of a stream was sent twice with different octets (RFC 9293 §3.10.7.4).
public enum ConflictingRetransmission: SessionRule {
    public static let card = RuleCard(
        id: "conflicting-retransmission", signatureID: 9_025_019, group: .downgrade,
        title: "Different octets were sent for the same place in a stream", severity: .high, certainty: .certain,
        citations: ["RFC 9293 §3.4", "RFC 9293 §3.10.7.4", "RFC 3207 §6"],
        explanation: """
            A host repeats octets as it sent them before. Here two segments claim the same sequence numbers with \
            different octets, so most likely one of them was not sent by this host, or was changed on its way. Which of them the \
            other side read cannot be seen from here. In the reply to EHLO, in the STARTTLS exchange and in the TLS \
            handshake this decides whether mail is encrypted, and for whom.
            """,
        alternatives: """
            A tap that sees both sides of a device which rewrites mail (a firewall's SMTP inspection, a proxy) shows \
            each packet as it was and as it became; few hosts with a faulty TCP send other octets. An attacker who \
            answers in the server's place looks the same. Keep-alives and probes of one octet, packets captured \
            twice and copies with a wrong checksum are not counted. Logins and what comes behind them, content, and what \
            TLS protects are never kept, and not compared.
            """,
        remediation: """
            Compare with a capture on the server's side, and take what rewrites mail out of the path; senders that \
            must not depend on it require TLS towards this server (Postfix smtp_tls_policy_maps with dane-only or \
            encrypt, Exim hosts_require_dane or hosts_require_tls).
            """,
        remedies: [.compareBothEnds, .verifyServers, .requireTLSTowards],
        example: "built-conflicting-retransmission.pcap")

    public static let needs: SessionTraits = .conflict
    public static let weighsConflicts = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        let transport = session.transport
        guard let worst = transport.conflicts.max(by: { $0.weight < $1.weight }) else {
            if transport.isUncompared { return .notObserved(.budget) }
            return session.blindSpot.map(Judgement.notObserved) ?? .pass
        }
        let shown = transport.conflicts.filter { $0.place == worst.place }.prefix(maximumShown)
        return .finding(
            Finding.Draft(
                sentence(worst, of: transport.conflictCount), shown.flatMap(evidence),
                severity: worst.place == .elsewhere ? .low : .high,
                certainty: worst.isProven ? .certain : .likely))
    }

    /// Conflicts that are itemized.
    private static let maximumShown = 3

    private static func sentence(_ conflict: StreamConflict, of count: Int) -> String {
        let place =
            switch conflict.place {
            case .negotiation: "while TLS was being negotiated"
            case .handshake: "in the TLS handshake"
            case .elsewhere: "outside the negotiation of TLS"
            }
        let sender = conflict.side == .server ? "server" : "client"
        let others = count > 1 ? " (\(count) such places in this session)" : ""
        return """
            Different octets were sent for the same place in the \(sender)'s stream, \(place)\(others); who sent which \
            cannot be told.
            """
    }

    private static func evidence(_ conflict: StreamConflict) -> [Evidence] {
        let hidden = QuotedText("(not shown)")
        let other = Evidence(
            frame: conflict.frame, side: conflict.side, offset: conflict.offset, octets: conflict.other ?? hidden,
            "other octets for a place that was seen before")
        guard let frame = conflict.usedFrame else { return [other] }
        let used = Evidence(
            frame: frame, side: conflict.side, offset: conflict.offset, octets: conflict.used ?? hidden,
            "what was seen there before, and is read here")
        return [other, used]
    }
}

extension StreamConflict {
    /// What decides about TLS counts most, then what is proven.
    fileprivate var weight: Int { (place == .elsewhere ? 0 : 2) + (isProven ? 1 : 0) }
}

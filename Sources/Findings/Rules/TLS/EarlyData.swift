import Sessions
import Wire

/// The client sent data before the handshake (RFC 8446 §2.3), which can be replayed.
public enum EarlyData: SessionRule {
    public static let card = RuleCard(
        id: "early-data", signatureID: 9_025_038, group: .tls,
        title: "Early data was sent", severity: .low, certainty: .certain,
        citations: ["RFC 8446 §2.3", "RFC 8446 §8", "RFC 8446 appendix E.5", "RFC 9325 §3.10", "NCSC-NL TLS 2025-05"],
        explanation: """
            The client sent encrypted octets behind its ClientHello, without waiting for the server (0-RTT). Who \
            recorded them can send them to the server again, and they have no forward secrecy with regard to the \
            ticket that they were sent with. SMTP has no profile that says which commands would be safe this way.
            """,
        alternatives: """
            Whether the server took the data is inside the encrypted part of its answer. Where the server asked for \
            another ClientHello, or did not take the ticket, it threw the data away: the rule is silent there. An \
            offer without data is nothing.
            """,
        remediation: """
            Neither Postfix nor Exim has early data, so look for what terminates TLS in front of them and switch it off \
            there (Nginx ssl_early_data off, HAProxy without allow-0rtt), or in the client.
            """,
        remedies: [.switchEarlyDataOff],
        example: "early-data.pcap")

    public static let needs: SessionTraits = .preSharedKey

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let hello = tls.serverHello, let offer = tls.hello else { return session.missingFromHandshake() }
        guard offer.value.facts.offersEarlyData else { return .pass }
        // Only the opening key can carry early data (RFC 8446 §4.2.10).
        guard let sent = tls.earlyRecord, sent < hello.frame, hello.value.selectedPSK == 0,
            tls.helloRetryRequest == nil
        else { return .pass }
        return .finding(
            Finding.Draft(
                "The client sent early data, and the server took the ticket that it was sent with.",
                [
                    Evidence(frame: sent, side: .client, "the early data, before the ServerHello"),
                    Evidence(frame: offer.frame, side: .client, "the ClientHello announces it"),
                ]))
    }
}

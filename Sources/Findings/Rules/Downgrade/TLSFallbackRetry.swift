import Sessions
import Wire

/// The client tries again with a lower version, and says so (RFC 7507).
package enum TLSFallbackRetry: SessionRule {
    package static let card = RuleCard(
        id: "tls-fallback-retry", signatureID: 9_025_030, group: .downgrade,
        title: "The client came back with a lower version of TLS", severity: .low, certainty: .certain,
        citations: ["RFC 7507 §4", "RFC 9325 §3.1.3", "RFC 8446 appendix D.5"],
        explanation: """
            A client that comes back with less after a handshake has failed can be led down step by step by whoever \
            breaks its handshakes. TLS negotiates the version by itself; such retries were a crutch for servers that \
            did not. The signal TLS_FALLBACK_SCSV among the suites says that this ClientHello is such a retry, and \
            lets a server that can do more refuse it.
            """,
        alternatives: """
            Scanners try one version after another; so does monitoring. Whether the failure before came from the \
            path, the server or the client cannot be told from the retry.
            """,
        remediation: """
            Switch the retry off in the client (Postfix and Exim have none of their own; look at old mail clients and at \
            appliances), and find out why the handshake before failed (tls-handshake-failed). On the server offer TLS \
            1.3 and 1.2, and let its TLS library refuse retries that it did not cause, as OpenSSL and GnuTLS do.
            """,
        remedies: [.readTheSendersLog, .compareBothEnds],
        example: "tls-fallback-retry.pcap")

    package static let needs: SessionTraits = .tls

    package static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls else { return .notApplicable }
        guard let hello = tls.hello else { return session.missingFromHandshake() }
        let offer = hello.value.facts
        guard offer.offersFallbackSCSV else { return .pass }
        return .finding(
            Finding.Draft(
                "The client says that it tries again with no more than \(offer.maximumVersion).",
                [Evidence(frame: hello.frame, side: .client, "TLS_FALLBACK_SCSV among the suites")]))
    }
}

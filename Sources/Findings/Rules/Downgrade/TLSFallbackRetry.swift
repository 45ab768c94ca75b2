import Sessions
import Wire

/// The client tries again with a lower version: it says so (RFC 7507), or its sessions show it.
public enum TLSFallbackRetry: SessionRule, HopRule {
    public static let card = RuleCard(
        id: "tls-fallback-retry", signatureID: 9_025_030, group: .downgrade,
        title: "The client came back with a lower version of TLS", severity: .low, certainty: .certain,
        citations: ["RFC 7507 §3", "RFC 7507 §4", "RFC 9325 §3.1.3"],
        explanation: """
            A client that comes back with less after a handshake has failed can be led down step by step by whoever \
            breaks its handshakes. TLS negotiates the version by itself; such retries were a crutch for servers that \
            did not. The signal TLS_FALLBACK_SCSV among the suites says that this ClientHello is such a retry, and \
            lets a server that can do more refuse it.
            """,
        alternatives: """
            Scanners try one version after another; so does monitoring: without the signal a retry is counted only if \
            it carried enough for mail, and no more than two versions failed before. Several clients behind one address \
            can be taken for one. Whether the failure before came from the path, the server or the client cannot \
            be told from the retry.
            """,
        remediation: """
            Switch the retry off in the client (Postfix and Exim have none of their own; look at old mail clients and at \
            appliances), and find out why the handshake before failed (tls-handshake-failed). On the server offer TLS \
            1.3 and 1.2, and let its TLS library refuse retries that it did not cause, as OpenSSL and GnuTLS do.
            """,
        remedies: [.readTheSendersLog, .compareBothEnds],
        example: "tls-fallback-retry.pcap")

    public static let questions: [RuleQuestion] = [.session(Self.self), .hop(Self.self)]

    public static let needs: SessionTraits = [.tls, .fallbackSignal]

    /// Beyond this, one may have nothing to do with the other, in nanoseconds.
    private static let soon: Int64 = 60_000_000_000
    /// Maximum versions that fail, at most, for a client that is no scanner.
    private static let versionsOfClients = 2

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls else { return .notApplicable }
        guard let hello = tls.hello else { return session.missingFromHandshake() }
        let offer = hello.value.facts
        guard offer.offersFallbackSCSV else { return .pass }
        return .finding(
            Finding.Draft(
                "The client says that it tries again with no more than \(offer.maximumVersion).",
                [Evidence(frame: hello.frame, side: .client, "TLS_FALLBACK_SCSV among the suites")]))
    }

    /// A retry without the signal shows in a handshake that failed and a later one of the same client that offers less.
    public static func judge(_ hop: Hop, _ observations: CaptureObservations) -> Judgement {
        guard let memory = hop.retries else { return .notApplicable }
        guard memory.versionsThatFailed <= versionsOfClients,
            let retry = memory.retries.max(by: { certainty($0) < certainty($1) })
        else { return .pass }
        let offered = retry.offer.offered
        let before = retry.failure.offered.map { " that offered \($0)" } ?? ""
        let times = memory.retryCount > 1 ? " (\(memory.retryCount) times on this hop)" : ""
        let sentence = """
            A handshake\(before) failed, and the same client came back within \(span(retry.interval)) with no more \
            than \(offered.value)\(times); cause undetermined.
            """
        let lower = Evidence(
            frame: offered.frame, side: .client, "the ClientHello offers no more than \(offered.value)")
        return .finding(
            Finding.Draft(sentence, [lower, retry.failure.evidence], certainty: certainty(retry)))
    }

    private static func certainty(_ retry: RetryMemory.Retry) -> Certainty {
        retry.isSameName && retry.interval <= soon && !retry.failure.isDoubtful ? .likely : .possible
    }

    private static func span(_ interval: Int64) -> String {
        let seconds = interval / 1_000_000_000 + 1
        return seconds == 1 ? "a second" : "\(seconds) seconds"
    }
}

import Sessions
import Wire

/// The server does not know safe renegotiation (RFC 5746).
public enum InsecureRenegotiation: SessionRule {
    public static let card = RuleCard(
        id: "insecure-renegotiation", signatureID: 9_025_036, group: .tls,
        title: "The server does not confirm safe renegotiation", severity: .low, certainty: .certain,
        citations: ["RFC 5746 §3.4", "RFC 5746 §3.6", "RFC 9325 §3.5", "NCSC-NL TLS 2025-05"],
        explanation: """
            The client said that it can renegotiate safely (renegotiation_info, or the signal in its list of suites), \
            and the ServerHello does not confirm it. If such a server renegotiates at all, someone in the path can \
            put octets of his own in front of the client's and have the server take both for one session \
            (CVE-2009-3555): commands in front of a message.
            """,
        alternatives: """
            The server may refuse every renegotiation, then nothing can happen; that cannot be seen. A client that \
            does not ask gets no answer, so the rule is silent there.
            """,
        remediation: """
            Bring the server's TLS library up to date (OpenSSL from 0.9.8m, GnuTLS from 2.10), or switch renegotiation \
            off (Postfix tls_ssl_options = NO_RENEGOTIATION, Exim openssl_options = +no_renegotiation).
            """,
        remedies: [.renegotiateSafely],
        example: "insecure-renegotiation.pcap")

    public static let needs: SessionTraits = [.olderTLS, .noSafeRenegotiation]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let hello = tls.serverHello else { return session.missingFromHandshake() }
        guard !hello.value.version.isTLS13 else { return .notApplicable }
        if hello.value.usesRenegotiationInfo { return .pass }
        guard let offer = tls.hello else { return .notObserved(session.blindSpot ?? .gap) }
        guard offer.value.facts.offersRenegotiationInfo else { return .notApplicable }
        return .finding(
            Finding.Draft(
                "The client asked for safe renegotiation, and the server did not confirm it.",
                [
                    Evidence(frame: hello.frame, side: .server, "the ServerHello, without renegotiation_info"),
                    Evidence(frame: offer.frame, side: .client, "the ClientHello asks for it"),
                ]))
    }
}

import Sessions
import Wire

/// A session was resumed without a new key exchange (RFC 8446 §4.2.9, psk_ke).
public enum PSKWithoutDH: SessionRule {
    public static let card = RuleCard(
        id: "psk-without-dh", signatureID: 9_025_039, group: .tls,
        title: "The session was resumed without a new key exchange", severity: .low, certainty: .certain,
        citations: ["RFC 8446 §4.2.9", "RFC 8446 §2.2", "RFC 9325 §3.4", "NCSC-NL TLS 2025-05"],
        explanation: """
            The server took a ticket and no key share, so the session's keys follow from the ticket alone. Who learns \
            the key that protects the server's tickets can read this session, also afterwards.
            """,
        alternatives: """
            The key may have been given to both sides by hand, without a ticket: then it is as good as that secret is \
            kept. A resumption with a key share is as it should be. Drafts of TLS 1.3 before 23 had key shares under \
            another number, and are not judged.
            """,
        remediation: """
            Leave out psk_ke where it was switched on: Postfix and Exim on OpenSSL use it only with Options = \
            AllowNoDHEKEX in the OpenSSL configuration, on GnuTLS only with +PSK in the priority string (Exim \
            tls_require_ciphers).
            """,
        remedies: [.exchangeKeysAnew],
        example: "psk-without-dh.pcap")

    public static let needs: SessionTraits = .preSharedKey

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let hello = tls.serverHello else { return session.missingFromHandshake() }
        guard hello.value.version.isTLS13, hello.value.selectedPSK != nil else { return .notApplicable }
        guard tls.lacksForwardSecrecy == true else { return .pass }
        return .finding(
            Finding.Draft(
                "The server took a pre-shared key and sent no key share.",
                [Evidence(frame: hello.frame, side: .server, "the ServerHello, without key_share")]))
    }
}

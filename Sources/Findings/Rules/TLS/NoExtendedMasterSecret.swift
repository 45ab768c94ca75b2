import Sessions
import Wire

/// A TLS ≤ 1.2 handshake whose master secret is not bound to what was said in it (RFC 7627).
public enum NoExtendedMasterSecret: SessionRule {
    public static let card = RuleCard(
        id: "no-extended-master-secret", signatureID: 9_025_037, group: .tls,
        title: "The handshake has no extended master secret", severity: .info, certainty: .certain,
        citations: ["RFC 7627 §1", "RFC 7627 §5.2", "RFC 9325 §3.5", "NCSC-NL TLS 2025-05"],
        explanation: """
            Without the extension a master secret of TLS 1.2 is not bound to the handshake it came from. A server in \
            the middle can make two sessions share one (triple handshake), which breaks authentication by client \
            certificates and whatever else is tied to the connection. Ordinary mail between servers has neither.
            """,
        alternatives: """
            An old library on one side; the sentence says which. TLS 1.3 has this built in, and SSL 3.0 cannot have it.
            """,
        remediation: """
            Bring the TLS library up to date on the side that lacks it: Postfix and Exim have the extension from \
            OpenSSL 1.1.0 and GnuTLS 3.4 on without any setting. With TLS 1.3 the question does not arise.
            """,
        remedies: [.bindMasterSecrets],
        example: "no-extended-master-secret.pcap")

    public static let needs: SessionTraits = [.olderTLS, .noExtendedMasterSecret]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let hello = tls.serverHello else { return session.missingFromHandshake() }
        guard hello.value.version >= .tls10, !hello.value.version.isTLS13 else { return .notApplicable }
        if hello.value.usesExtendedMasterSecret { return .pass }
        let sentence =
            switch tls.hello?.value.facts.offersExtendedMasterSecret {
            case true?: "The client offered an extended master secret, the server did not take it up."
            case false?: "The client did not offer an extended master secret."
            case nil: "No extended master secret was confirmed; whether the client offered one was not seen."
            }
        return .finding(
            Finding.Draft(sentence, [Evidence(frame: hello.frame, side: .server, "the ServerHello, without it")]))
    }
}

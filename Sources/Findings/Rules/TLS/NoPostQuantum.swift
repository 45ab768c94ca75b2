import Sessions
import Wire

/// The key exchange falls to a quantum computer (RFC 10024): who records today may read it then.
public enum NoPostQuantum: SessionRule {
    public static let card = RuleCard(
        id: "no-post-quantum", signatureID: 9_025_034, group: .tls,
        title: "The key exchange is not post-quantum", severity: .info, certainty: .certain,
        citations: ["RFC 10024", "FIPS 203", "RFC 9794", "NCSC-NL TLS 2025-05"],
        explanation: """
            The keys were agreed on with a method that a large quantum computer breaks. There is none yet, but \
            traffic that is recorded today can be kept until there is one. A hybrid group (X25519MLKEM768, \
            SecP256r1MLKEM768, SecP384r1MLKEM1024) in TLS 1.3 withstands that; an offer alone protects nothing.
            """,
        alternatives: """
            Nothing is wrong with the session today. In one that was resumed the keys also follow from an earlier \
            handshake, which may have been a hybrid one: the rule is silent there.
            """,
        remediation: """
            Needs both sides to offer X25519MLKEM768. OpenSSL 3.5 does so by itself where the program sets no list of \
            groups of its own (Exim tls_eccurve = auto; Postfix from 3.10, with tls_eecdh_auto_curves and \
            tls_ffdhe_auto_groups empty); GnuTLS from 3.8.10 where the priority string names it \
            (+GROUP-X25519-MLKEM768). Leave the classical groups in: other senders need them.
            """,
        remedies: [.offerHybridGroups],
        example: "clean-starttls-tls13.pcap")

    public static let needs: SessionTraits = [.tls, .noPostQuantum]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        // Asked of most sessions: the handshake is looked at by its parts, and not copied.
        guard case .some = session.tls, session.tls?.completed != false else { return .notApplicable }
        guard let hello = session.tls?.serverHello?.frame, let suite = session.tls?.serverHello?.value.cipherSuite
        else {
            return session.missingFromHandshake()
        }
        // What is not encrypted needs no quantum computer.
        guard suite.properties?.isNull != true else { return .notApplicable }
        let group = session.tls?.group
        let frame = group?.frame ?? hello
        if let group = group?.value, group.isKyberDraft {
            return .finding(
                Finding.Draft(
                    "The group \(group) is a draft from before ML-KEM, which nobody maintains any more.",
                    [Evidence(frame: frame, side: .server, "the server chooses \(group)")]))
        }
        let isResumed = session.tls?.resumed
        let version = session.tls?.serverHello?.value.version
        // How an unknown version exchanges keys is not known either.
        if version?.isKnown == false { return .notApplicable }
        if version?.isTLS13 == false, suite.mayExchangeKeysOtherwise { return .notApplicable }
        guard let falls = TLSFacts.fallsToQuantum(version, suite, group?.value, isResumed: isResumed) else {
            return .notObserved(isResumed == true ? .resumedSession : session.blindSpot ?? .gap)
        }
        guard falls else { return .pass }
        return .finding(
            Finding.Draft(
                sentence(session.tls?.hello?.value),
                [Evidence(frame: frame, side: .server, choice(group?.value))]))
    }

    /// One session in two needs this sentence: none is put together.
    private static func sentence(_ offer: SharedClientHello?) -> String {
        // What the server answered may be encrypted inside the ClientHello (RFC 9849 §5).
        guard let offer, !offer.facts.mayHideAnother else {
            return "No post-quantum group was used; what the client offered was not seen."
        }
        return offer.facts.groups.contains { $0.isPostQuantum }
            ? "The client offered a post-quantum group, the server chose another one."
            : "No post-quantum group was used: the client did not offer any."
    }

    private static func choice(_ group: NamedGroup?) -> String {
        switch group {
        case .x25519: "the server chooses x25519"
        case .secp256r1: "the server chooses secp256r1"
        case .secp384r1: "the server chooses secp384r1"
        case let group?: "the server chooses \(group)"
        case nil: "the ServerHello"
        }
    }
}

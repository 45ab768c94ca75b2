import Sessions
import Wire

/// The server answered an offer that this ClientHello does not make (RFC 8446 §4.1.3).
public enum CipherNotOffered: SessionRule {
    public static let card = RuleCard(
        id: "cipher-not-offered", signatureID: 9_025_031, group: .downgrade,
        title: "The server chose what the client did not offer", severity: .medium, certainty: .certain,
        citations: ["RFC 8446 §4.1.3", "RFC 8446 §4.2.1", "RFC 5246 §7.4.1.3", "RFC 8422 §5.4"],
        explanation: """
            A server may only choose a version, suite and group out of what the ClientHello offers. Here it chose \
            something else, so either the server received another ClientHello than the one in this capture, or it \
            does not follow the standard. A client that does ends the handshake.
            """,
        alternatives: """
            A faulty server; or TLS inspection that answers for the server and mixes up both sides. Where octets of \
            the handshake came twice with different content, the other copy may have made the offer: it is called \
            possible then. Without supported_groups a client takes any group. A ClientHello may hold another one, \
            encrypted (ECH), which a server of TLS 1.3 answers instead: the rule is silent there.
            """,
        remediation: """
            Compare ClientHello and ServerHello on both sides of every device between the two ends; take the one \
            that changes them out of the path or bring it up to date, and do the same with the server's TLS library.
            """,
        remedies: [.compareBothEnds],
        tlsrptResultType: "validation-failure",
        example: "cipher-not-offered.pcap")

    public static let needs: SessionTraits = [.tls, .strangeChoice]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls else { return .notApplicable }
        guard let answer = tls.serverHello ?? tls.helloRetryRequest else { return session.missingFromHandshake() }
        guard let offer = tls.hello else { return .notObserved(session.blindSpot ?? .gap) }
        if isHidden(answer.value, offer.value) { return .notObserved(.encryptedByTLS13) }
        guard let (choice, frame) = strange(answer.value, answer.frame, offer.value, tls.group) else { return .pass }
        return .finding(
            Finding.Draft(
                "The server chose \(choice), which the client did not offer.",
                [
                    Evidence(frame: frame, side: .server, "the server chooses \(choice)"),
                    Evidence(frame: offer.frame, side: .client, "the ClientHello, which does not offer it"),
                ],
                certainty: session.transport.conflictCount > 0 ? .possible : nil))
    }

    /// Whether there is a finding; asked of every session, in place.
    static func isStrange(_ tls: inout TLSFacts) -> Bool {
        guard let offer = tls.hello?.value else { return false }
        if let answer = tls.serverHello { return strange(answer.value, answer.frame, offer, tls.group) != nil }
        guard let retry = tls.helloRetryRequest else { return false }
        return strange(retry.value, retry.frame, offer, tls.group) != nil
    }

    /// The offer that the server answered may be the one that is encrypted inside the ClientHello, and differ from it in suites and
    /// groups. Who takes that one negotiates TLS 1.3 (RFC 9849 §7).
    private static func isHidden(_ answer: borrowing ServerHelloFacts, _ offer: SharedClientHello) -> Bool {
        offer.facts.mayHideAnother && answer.version.isTLS13
    }

    private static func strange(
        _ answer: borrowing ServerHelloFacts, _ frame: FrameNumber, _ offer: SharedClientHello,
        _ group: Observed<NamedGroup>?
    ) -> (String, FrameNumber)? {
        if isHidden(answer, offer) { return nil }
        let suite = answer.cipherSuite
        if !isVersionOffered(answer, offer) { return ("\(answer.version)", frame) }
        if !isOffered(suite, offer) { return ("\(suite)", frame) }
        if let group, !isOffered(group.value, offer) { return ("\(group.value)", group.frame) }
        return nil
    }

    /// A server that does not know supported_versions takes the client's legacy_version for its highest one, and answers with
    /// its own if that is older (RFC 5246 appendix E.1).
    private static func isVersionOffered(_ answer: borrowing ServerHelloFacts, _ offer: SharedClientHello) -> Bool {
        let chosen = answer.version
        if GREASE.contains(chosen.rawValue) { return true }
        if let offered = offer.facts.offeredVersions {
            if offered.contains(where: { $0.rawValue == chosen.rawValue }) { return true }
            if answer.isVersionExtended { return false }
        }
        // Versions that nobody knows come before all others, and are none that the client stands for.
        return chosen.isKnown && chosen <= offer.facts.legacyVersion || !offer.facts.legacyVersion.isKnown
    }

    /// GREASE in the offer is not kept, so a server that chooses it is not accused.
    private static func isOffered(_ chosen: CipherSuite, _ offer: SharedClientHello) -> Bool {
        offer.facts.cipherSuites.contains { $0.rawValue == chosen.rawValue } || GREASE.contains(chosen.rawValue)
    }

    /// Key shares are not compared: after a HelloRetryRequest they are others.
    private static func isOffered(_ chosen: NamedGroup, _ offer: SharedClientHello) -> Bool {
        offer.facts.groups.isEmpty || offer.facts.groups.contains { $0.rawValue == chosen.rawValue }
            || GREASE.contains(chosen.rawValue)
    }
}

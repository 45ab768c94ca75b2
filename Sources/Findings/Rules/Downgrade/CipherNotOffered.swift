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
            possible then. Without supported_groups a client takes any group.
            """,
        remediation: """
            Compare ClientHello and ServerHello on both sides of every device between the two ends; take the one \
            that changes them out of the path or bring it up to date, and do the same with the server's TLS library.
            """,
        remedies: [.compareBothEnds],
        tlsrptResultType: "validation-failure",
        example: "cipher-not-offered.pcap")

    public static let needs: SessionTraits = .tls

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls else { return .notApplicable }
        guard let answer = tls.serverHello ?? tls.helloRetryRequest else { return session.missingFromHandshake() }
        guard let offer = tls.hello else { return .notObserved(session.blindSpot ?? .gap) }
        let facts = offer.value.facts
        let strange = version(answer, facts) ?? suite(answer, facts) ?? group(tls, facts)
        guard let (choice, frame) = strange else { return .pass }
        return .finding(
            Finding.Draft(
                "The server chose \(choice), which the client did not offer.",
                [
                    Evidence(frame: frame, side: .server, "the server chooses \(choice)"),
                    Evidence(frame: offer.frame, side: .client, "the ClientHello, which does not offer it"),
                ],
                certainty: session.transport.conflictCount > 0 ? .possible : nil))
    }

    /// Without supported_versions a client offers its legacy_version, and every older one (RFC 5246 appendix E.1).
    private static func version(
        _ answer: Observed<ServerHelloFacts>, _ offer: ClientHelloFacts
    ) -> (String, FrameNumber)? {
        let chosen = answer.value.version
        let isOffered =
            offer.offeredVersions?.contains(chosen) ?? (chosen <= offer.legacyVersion || !offer.legacyVersion.isKnown)
        return isOffered || GREASE.contains(chosen.rawValue) ? nil : ("\(chosen)", answer.frame)
    }

    /// GREASE in the offer is not kept, so a server that chooses it is not accused.
    private static func suite(
        _ answer: Observed<ServerHelloFacts>, _ offer: ClientHelloFacts
    ) -> (String, FrameNumber)? {
        let chosen = answer.value.cipherSuite
        guard !offer.cipherSuites.contains(chosen), !GREASE.contains(chosen.rawValue) else { return nil }
        return ("\(chosen)", answer.frame)
    }

    /// Key shares are not compared: after a HelloRetryRequest they are others.
    private static func group(_ tls: TLSFacts, _ offer: ClientHelloFacts) -> (String, FrameNumber)? {
        guard let chosen = tls.group, !offer.groups.isEmpty, !offer.groups.contains(chosen.value),
            !GREASE.contains(chosen.value.rawValue)
        else { return nil }
        return ("\(chosen.value)", chosen.frame)
    }
}

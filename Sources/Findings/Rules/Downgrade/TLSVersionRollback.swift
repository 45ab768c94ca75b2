import Sessions
import Wire

/// The server says in its random that it was asked for less than it can, and the client offered more (RFC 8446 §4.1.3).
public enum TLSVersionRollback: SessionRule {
    public static let card = RuleCard(
        id: "tls-version-rollback", signatureID: 9_025_011, group: .downgrade,
        title: "The server was asked for a lower TLS version than it can do", severity: .high, certainty: .likely,
        citations: ["RFC 8446 §4.1.3", "RFC 8446 §4.2.1"],
        explanation: """
            A server that can do TLS 1.3 marks its ServerHello when it is asked for less. Here the mark is present \
            although the ClientHello in this capture offered the higher version: most likely the server did not receive \
            the offer that the client sent. Without such an offer the mark is normal and only says what the server can do.
            """,
        alternatives: """
            TLS inspection that makes its own connection to the server and copies the server's random to the client \
            looks the same, and so does a faulty server. A client that follows the standard ends the handshake itself.
            """,
        remediation: """
            Compare ClientHello and ServerHello on both sides of every device between the two ends; take the one \
            that changes them out of the path or bring it up to date.
            """,
        remedies: [.compareBothEnds, .verifyServers],
        tlsrptResultType: "validation-failure",
        example: "tls-version-rollback.pcap")

    public static let needs: SessionTraits = [.tls, .downgradeMark]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls else { return .notApplicable }
        guard let hello = tls.serverHello else { return session.missingFromHandshake() }
        guard let mark = hello.value.downgradeSentinel, !hello.value.version.isTLS13 else { return .pass }
        guard let offer = tls.hello else { return .notObserved(session.blindSpot ?? .gap) }
        let chosen = hello.value.version
        // A mark that its own ServerHello contradicts says nothing.
        guard chosen < mark.lowestOffer else { return .pass }
        let evidence = Evidence(frame: hello.frame, side: .server, "the mark in ServerHello.random")
        guard offer.value.facts.maximumVersion >= mark.lowestOffer else {
            return .finding(normal(mark, offer.value.facts.maximumVersion, evidence))
        }
        let highest = offer.value.facts.maximumVersion
        let offered = Evidence(frame: offer.frame, side: .client, "the ClientHello offers \(highest)")
        let sentence = """
            The client offered \(highest), the server chose \(chosen) and marks that it was asked for less than it can.
            """
        return .finding(Finding.Draft(sentence, [evidence, offered]))
    }

    /// Nobody rolled back anything: the server can do more than this client asked for.
    private static func normal(_ mark: DowngradeSentinel, _ offered: TLSVersion, _ evidence: Evidence) -> Finding.Draft
    {
        Finding.Draft(
            sentence(mark, offered), [evidence],
            severity: .info, alternatives: "",
            remediation: "Nothing to do on the server; bring the client's TLS library up to date where it is yours.",
            tlsrptResultType: .none)
    }

    /// Nearly every such session needs the same one: it is not put together. A server that leaves a version out chooses
    /// less than it is asked for: what the client asked for is in its offer, and not in the choice.
    private static func sentence(_ mark: DowngradeSentinel, _ offered: TLSVersion) -> String {
        if mark == .tls12, offered == .tls12 {
            return "The server supports TLS 1.3; this client asked for TLS 1.2 at most."
        }
        return "The server supports \(mark.supported); this client asked for \(offered) at most."
    }
}

extension DowngradeSentinel {
    /// The lowest offer that this mark contradicts.
    fileprivate var lowestOffer: TLSVersion { self == .tls12 ? .tls13 : .tls12 }

    fileprivate var supported: String { self == .tls12 ? "TLS 1.3" : "TLS 1.2 or higher" }
}

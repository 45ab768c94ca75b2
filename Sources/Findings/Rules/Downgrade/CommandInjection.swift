import Sessions
import Wire

/// Commands stood in clear between STARTTLS and its 220 (RFC 3207 §4.2, CVE-2011-0411).
public enum CommandInjection: SessionRule {
    public static let card = RuleCard(
        id: "command-injection", signatureID: 9_025_055, group: .downgrade,
        title: "Commands were sent in clear behind STARTTLS", severity: .medium, certainty: .likely,
        citations: ["CVE-2011-0411", "RFC 3207 §4.2", "RFC 3207 §6"],
        explanation: """
            A client waits for the 220 before it says more. Here octets that are no TLS record followed STARTTLS \
            before the server had answered. A server that keeps them executes them behind the handshake, as if they \
            had come inside TLS: whoever put them there speaks in the client's name. This is an attempt; whether the \
            server fell for it happens inside TLS and cannot be seen.
            """,
        alternatives: """
            A client that does not wait (some bots and tests pipeline everything); a check of whether a server is \
            vulnerable. A ClientHello that comes early, and a retransmission, are not meant. Servers that discard \
            what comes early are safe.
            """,
        remediation: """
            The server's administrator keeps it up to date: Postfix from 2.4.16, 2.5.12, 2.6.9 and 2.7.3 on \
            discards what comes before the handshake. Look in the log for commands that this client cannot have sent, \
            and compare with a capture at the client.
            """,
        remedies: [.readTheLog, .compareBothEnds],
        example: "command-injection.pcap")

    public static let needs: SessionTraits = [.startTLS, .pipelined]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let request = session.startTLS.request, let reply = session.startTLS.reply else {
            return session.startTLS.request == nil ? .notApplicable : .notObserved(session.blindSpot ?? .gap)
        }
        guard reply.value.code == .serviceReady else { return .notApplicable }
        guard let octets = session.startTLS.pipelined else {
            return session.clearBlindSpot.map(Judgement.notObserved) ?? .pass
        }
        let followed = session.tls == nil ? "no TLS followed" : "TLS followed"
        let evidence = [
            Evidence(octets, "octets that are no TLS, before the 220"), Evidence(request, "the STARTTLS before them"),
            Evidence(frame: reply.frame, side: .server, offset: reply.value.offset, "the 220"),
        ]
        return .finding(
            Finding.Draft(
                "Octets in clear came behind STARTTLS before the server had answered it; \(followed).", evidence,
                severity: session.tls == nil ? .low : .medium,
                certainty: session.clearBlindSpot == nil ? .likely : .possible))
    }
}

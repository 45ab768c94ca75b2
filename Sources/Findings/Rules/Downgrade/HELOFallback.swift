import Sessions
import Wire

/// EHLO was refused, HELO was not, and mail went on without the extension that TLS needs (RFC 5321 §3.2, §4.1.4).
public enum HELOFallback: SessionRule {
    public static let card = RuleCard(
        id: "helo-fallback", signatureID: 9_025_054, group: .downgrade,
        title: "The client fell back to HELO, where there is no TLS", severity: .medium, certainty: .certain,
        citations: ["RFC 5321 §3.2", "RFC 5321 §4.1.4", "RFC 3207 §6"],
        explanation: """
            The server, or something in its place, did not know EHLO (500, 502). The client said HELO instead, which \
            offers no extensions, and sent mail in clear. Refusing EHLO is a way to keep a client from TLS without \
            touching a line about TLS; cause undetermined.
            """,
        alternatives: """
            A server of before 1995, or one that refuses EHLO on purpose; old firewalls that let HELO through alone \
            (Cisco PIX fixup protocol smtp). A client that never said EHLO chose so by itself: that is no finding here.
            """,
        remediation: """
            The network's administrator switches off what lets HELO through alone (Cisco PIX: no fixup protocol smtp \
            25); the server's administrator checks that EHLO is answered (it is in Postfix, Exim and OpenSMTPD unless \
            something in front changes it); the client's requires TLS towards this server (Postfix \
            smtp_tls_policy_maps with encrypt, Exim hosts_require_tls), which ends the fallback.
            """,
        remedies: [.stopRewriting, .compareBothEnds, .requireTLSTowards],
        tlsrptResultType: "starttls-not-supported",
        example: "helo-fallback.pcap")

    public static let needs: SessionTraits = [.exposure, .unusual]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let smtp = session.smtp, smtp.isESMTP == false, smtp.ehlo == nil else { return .notApplicable }
        guard let refusal = smtp.ehloRefused,
            refusal.value.code == .syntaxError || refusal.value.code == .notImplemented
        else { return session.blindSpot.map(Judgement.notObserved) ?? .pass }
        guard let accepted = smtp.unusual?.heloAccepted else { return .pass }
        let clear = ClearText(session, observations)
        guard let command = clear.firstUse, let weight = clear.weight, command.frame >= accepted else {
            return session.nothingInClear(observations)
        }
        let evidence = [
            Evidence(
                frame: refusal.frame, side: .server, offset: refusal.value.offset, octets: refusal.value.text,
                "EHLO is refused with \(refusal.value.code)"),
            Evidence(frame: accepted, side: .server, "HELO is accepted"),
            Evidence(command, "what the client then sent in clear"),
        ]
        return .finding(
            Finding.Draft(
                "EHLO was refused, HELO accepted, and the client went on in clear; cause undetermined.", evidence,
                severity: weight, certainty: session.blindSpot == nil ? .certain : .likely))
    }
}

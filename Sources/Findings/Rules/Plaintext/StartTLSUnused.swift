import Sessions
import Wire

/// STARTTLS was offered, and the client sent mail or logged in without it.
public enum StartTLSUnused: SessionRule {
    public static let card = RuleCard(
        id: "starttls-unused", signatureID: 9_025_005, group: .plaintext,
        title: "The client did not use the TLS it was offered", severity: .medium, certainty: .certain,
        citations: ["RFC 3207 §4", "RFC 7435 §4", "RFC 8314 §5.2"],
        explanation: """
            The server offered STARTTLS in its reply to EHLO. The client did not ask for it and went on with MAIL or \
            AUTH in clear. The cause is on the client's side.
            """,
        alternatives: """
            The client is not set up for TLS, was told not to use it towards this server, or remembers an earlier \
            failure of TLS. A client that leaves without mail is no finding. If something between tap and client \
            takes the offer out, the client never saw it.
            """,
        remediation: """
            On the sending side switch TLS on (Postfix smtp_tls_security_level = may or dane; Exim remove the host \
            from hosts_avoid_tls; a mail client: port 465, or STARTTLS required); for your own submission refuse mail \
            in clear, on port 25 do not, since others would bounce.
            """,
        remedies: [.useTLSWhereOffered, .requireTLSOnSubmission, .setClientToTLS],
        example: "starttls-unused.pcap")

    public static let needs: SessionTraits = [.exposure, .startTLSOffer, .noTLS]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let offer = session.smtp?.ehlo?.startTLS else {
            return session.startTLS.offered == nil ? unseen(session) : .notApplicable
        }
        guard session.startTLS.requests == 0, session.tls == nil else { return .pass }
        // It may have asked, and the command was overwritten on its way (starttls-command-mangled).
        if session.smtp?.unusual?.unknownCommand?.reply?.value.isFailure == true { return .notApplicable }
        let clear = ClearText(session, observations)
        guard clear.firstUse != nil, let weight = clear.weight else {
            return session.clearBlindSpot.map(Judgement.notObserved) ?? .pass
        }
        // What the client sent before it was told is no answer to the offer.
        guard let command = session.startTLS.unusedBy else { return .notApplicable }
        // The reply that is kept may be a later one.
        let isLater = session.startTLS.offered.map { $0.frame != offer.frame } ?? false
        let told = isLater ? session.startTLS.offered?.frame : nil
        let evidence = [
            Evidence(command, "the client goes on in clear"),
            told.map { Evidence(frame: $0, side: .server, "the server had offered STARTTLS") }
                ?? Evidence(offer, "the server had offered STARTTLS"),
        ]
        let certainty: Certainty =
            mayHaveAsked(session, before: command)
            ? .possible : session.clearBlindSpot == nil && !mayFollow(in: session) ? .certain : .likely
        return .finding(
            Finding.Draft(
                "The server offered STARTTLS; the client did not use it and went on in clear.", evidence,
                severity: weight, certainty: min(certainty, clear.certainty)))
    }

    /// Octets of the client are missing before it went on, or the beginning is and a word that is none was said: it may have asked.
    private static func mayHaveAsked(_ session: MailSession, before command: Excerpt) -> Bool {
        guard session.clearBlindSpot != nil else { return false }
        return session.smtp.map { $0.unrecognizedLines > 0 } == true
            || session.transport.gaps.contains { $0.side == .client && $0.offset < command.offset }
    }

    /// The capture ended while the connection was open, and before anything that goes on without it in earnest: nothing forbids a
    /// client to ask for STARTTLS behind MAIL.
    private static func mayFollow(in session: MailSession) -> Bool {
        guard session.transport.state == .open, let smtp = session.smtp else { return false }
        return smtp.dataCommands == 0 && smtp.bdatCommands == 0 && smtp.quit == nil && smtp.authentications.isEmpty
    }

    private static func unseen(_ session: MailSession) -> Judgement {
        guard session.smtp?.isESMTP == true, let why = session.blindSpot else { return .notApplicable }
        return .notObserved(why)
    }
}

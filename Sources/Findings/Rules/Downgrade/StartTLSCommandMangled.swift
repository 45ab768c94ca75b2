import Sessions
import Wire

/// STARTTLS did not reach the server as the client sent it, or looks as if it had not (RFC 3207 §4).
public enum StartTLSCommandMangled: SessionRule {
    public static let card = RuleCard(
        id: "starttls-command-mangled", signatureID: 9_025_053, group: .downgrade,
        title: "The server did not understand a STARTTLS that it offers", severity: .medium, certainty: .possible,
        citations: ["RFC 3207 §4", "RFC 5321 §4.2.4", "RFC 3207 §6"],
        explanation: """
            A server that lists STARTTLS understands it. Here it answered that it does not know the command (500, \
            502), or an unknown command of the same length stands in its place: devices that inspect mail overwrite \
            what they do not let through.
            """,
        alternatives: """
            A server whose TLS is broken or switched off behind the offer, a proxy in front of a server that has none, \
            or a client's own command of eight letters. 501 complains of an argument, 454 refuses: neither is meant.
            """,
        remediation: """
            The network's administrator compares this command on both sides of each device that inspects mail, and \
            switches the inspection off (Cisco ASA: allow-tls in the esmtp inspection policy, or no inspect esmtp); \
            the server's administrator checks that the offer works (Postfix smtpd_tls_chain_files, Exim \
            tls_certificate, OpenSMTPD pki); the client's requires TLS towards this server \
            (Postfix smtp_tls_policy_maps with encrypt).
            """,
        remedies: [.stopRewriting, .compareBothEnds, .offerStartTLS, .requireTLSTowards],
        tlsrptResultType: "starttls-not-supported",
        example: "starttls-command-mangled.pcap")

    public static let needs: SessionTraits = [.ehloReply, .noTLS]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let smtp = session.smtp, let reply = smtp.ehlo, session.tls == nil else { return .notApplicable }
        if let draft = unknownCommand(smtp, reply) ?? notUnderstood(session, reply) {
            return .finding(draft.weighed(by: ClearText(session, observations).weight))
        }
        return session.blindSpot.map(Judgement.notObserved) ?? .pass
    }

    /// What stands where STARTTLS was offered, and was not understood.
    private static func unknownCommand(_ smtp: SMTPFacts, _ offer: EHLOReply) -> Finding.Draft? {
        guard offer.startTLS != nil || MaskedKeyword(offer) != nil, let unknown = smtp.unusual?.unknownCommand,
            let answer = unknown.reply, answer.value.isPermanentFailure, answer.value != ReplyCode(501)
        else { return nil }
        let evidence = [
            Evidence(unknown.line, "an unknown command of eight letters"),
            Evidence(frame: answer.frame, side: .server, "the server's reply \(answer.value)"),
        ]
        return Finding.Draft(
            "Where STARTTLS belongs stands an unknown command of the same length; the server answered \(answer.value).",
            evidence)
    }

    private static func notUnderstood(_ session: MailSession, _ offer: EHLOReply) -> Finding.Draft? {
        guard offer.startTLS != nil, let request = session.startTLS.request, let reply = session.startTLS.reply,
            reply.value.code == .syntaxError || reply.value.code == .notImplemented, request.frame >= offer.frame
        else { return nil }
        let evidence = [
            Evidence(
                frame: reply.frame, side: .server, offset: reply.value.offset, octets: reply.value.text,
                "the server's reply \(reply.value.code)"),
            Evidence(request, "the client's STARTTLS"),
        ]
        return Finding.Draft(
            "The server offered STARTTLS and did not understand it (\(reply.value.code)).", evidence)
    }
}

extension Finding.Draft {
    /// Less where the client sent nothing in clear afterwards.
    fileprivate func weighed(by weight: Severity?) -> Self {
        var copy = self
        copy.severity = weight == nil ? .low : .medium
        return copy
    }
}

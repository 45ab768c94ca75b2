import Sessions
import Wire

/// A complete EHLO reply before TLS did not list STARTTLS, and mail went on in clear (RFC 3207 §2).
public enum StartTLSNotOffered: SessionRule {
    public static let card = RuleCard(
        id: "starttls-not-offered", signatureID: 9_025_004, group: .plaintext,
        title: "The server offered no TLS; cause undetermined", severity: .medium, certainty: .certain,
        citations: ["RFC 3207 §2", "RFC 3207 §6", "RFC 5321 §4.1.1.1"],
        explanation: """
            The reply to EHLO was seen from its first line to its last, and STARTTLS is not in it. The client then \
            sent mail or credentials in clear. As captured here, the client had no way to use TLS.
            """,
        alternatives: """
            The server is not set up for TLS, offers it only to some clients, or something between the server and \
            this tap took the line out. One session cannot tell which: compare with a capture on the server's side.
            """,
        remediation: """
            On the server set a certificate and offer STARTTLS (Postfix smtpd_tls_chain_files and \
            smtpd_tls_security_level = may, Exim tls_certificate and tls_advertise_hosts = *); if it does offer it, \
            look for mail inspection on the path.
            """,
        remedies: [.offerStartTLS, .stopRewriting],
        tlsrptResultType: "starttls-not-supported",
        example: "starttls-not-offered.pcap")

    public static let needs: SessionTraits = [.exposure, .noStartTLSOffer, .noTLS]
    public static let weighsConflicts = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard session.role != .implicitTLS, session.tls == nil, session.startTLS.request == nil,
            let smtp = session.smtp, smtp.isESMTP != false
        else { return .notApplicable }
        let clear = ClearText(session, observations)
        guard !clear.isEmpty else { return .notApplicable }
        guard let reply = smtp.ehlo else {
            return smtp.ehloRefused == nil ? .notObserved(session.blindSpot ?? .gap) : .notApplicable
        }
        if reply.startTLS != nil { return .pass }
        // Behind as many keywords as are kept, too, it would have been noted.
        if let why = session.blindSpot(before: reply), reply.cut != .budget || why != .budget {
            return .notObserved(why)
        }
        // An earlier reply to EHLO offered it.
        guard let offered = session.startTLS.offered, !offered.value else { return .notApplicable }
        // A client that did not wait for the reply had not asked what is offered.
        guard let command = session.startTLS.unusedBy else { return .notApplicable }
        // The overwritten line is a finding of its own; Exchange has another word for the same offer.
        if MaskedKeyword(reply) != nil || reply.offers("X-ANONYMOUSTLS") { return .notApplicable }
        var answer = draft(offered.frame, command, clear)
        // Other octets were sent for it as well: they may have offered it.
        if session.mayOfferMore(than: reply) {
            answer.certainty = .possible
        }
        return .finding(answer)
    }

    private static func draft(_ reply: FrameNumber, _ command: Excerpt, _ clear: ClearText) -> Finding.Draft {
        let sentence = """
            The server's complete reply to EHLO offered no TLS, and the client went on in clear; \
            cause undetermined.
            """
        let evidence = [
            Evidence(frame: reply, side: .server, "the EHLO reply ends here, without STARTTLS"),
            Evidence(command, "what the client then sent in clear"),
        ]
        return Finding.Draft(sentence, evidence, severity: clear.weight, certainty: clear.certainty)
    }
}

extension MailSession {
    /// Why lines of the EHLO reply may have escaped the capture.
    func blindSpot(before reply: EHLOReply) -> Unobservable? {
        if let why = reply.cut, why != .budget { return why }
        // The capture may have joined in the middle of the reply.
        if smtp?.isESMTP == nil || !startIsSeen { return .midStream }
        if transport.truncatedSegments > 0 { return .truncatedPackets }
        if transport.multipath != nil { return .otherSubflows }
        let end = reply.cut == nil ? reply.keywords.last?.offset ?? .max : .max
        return transport.gaps.contains { $0.side == .server && $0.offset <= end } ? .gap : reply.cut
    }
}

import Sessions
import Wire

/// Sender and recipients crossed in clear, and no content followed (RFC 5321 §4.1.1.2, §4.1.1.3).
public enum EnvelopeInClear: SessionRule {
    public static let card = RuleCard(
        id: "envelope-in-clear", signatureID: 9_025_003, group: .plaintext,
        title: "Who writes to whom crossed in clear", severity: .medium, certainty: .certain,
        citations: ["RFC 5321 §4.1.1.2", "RFC 5321 §4.1.1.3", "RFC 5321 §7.1"],
        explanation: """
            The client named a sender, and perhaps recipients, without TLS; no message content followed in clear. \
            Anyone on the path could read who writes to whom.
            """,
        alternatives: """
            The server refused the transaction before content, the client only checked an address (callout), or the \
            client turned to TLS afterwards. Probes and spam senders do this as well.
            """,
        remediation: """
            Let clients start TLS before MAIL: on submission refuse it in clear (Postfix \
            smtpd_tls_security_level = encrypt on 587, Exim an ACL on $tls_in_cipher); on port 25 keep TLS optional \
            for others and require it of your own hops (smtp_tls_policy_maps, hosts_require_tls).
            """,
        remedies: [.requireTLSTowards, .requireTLSOnSubmission, .offerStartTLS],
        example: "envelope-in-clear.pcap")

    public static let needs: SessionTraits = .exposure

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        let clear = ClearText(session, observations)
        // Where content followed, message-in-clear says it all.
        guard clear.content == nil else { return .notApplicable }
        guard clear.hasEnvelope, let smtp = session.smtp else { return session.nothingInClear(observations) }
        return .finding(
            Finding.Draft(
                sentence(smtp, session), [evidence(clear, session)], severity: clear.isMailRefused ? .low : nil))
    }

    private static func sentence(_ smtp: SMTPFacts, _ session: MailSession) -> String {
        let recipients = smtp.rcptCommands == 1 ? "1 recipient" : "\(smtp.rcptCommands) recipients"
        if session.mayLackWhatFollowed {
            return smtp.rcptCommands == 0
                ? "A sender was named in clear; what followed was not captured as a whole."
                : "A sender and \(recipients) were named in clear; content that may have followed was not captured."
        }
        return smtp.rcptCommands == 0
            ? "A sender was named in clear; no recipient and no content followed in clear."
            : "A sender and \(recipients) were named in clear; no content followed in clear."
    }

    /// Where the capture joined after MAIL, only RCPT commands were seen.
    private static func evidence(_ clear: ClearText, _ session: MailSession) -> Evidence {
        clear.mail.map { Evidence($0, "the first MAIL command") }
            ?? session.smtp?.unusual?.firstRecipient.map { Evidence($0, "the first RCPT command") }
            ?? Evidence(frame: session.transport.firstFrame, side: .client, "the session's RCPT commands follow")
    }
}

extension MailSession {
    /// Octets behind the envelope may be missing; those before it do not matter here.
    fileprivate var mayLackWhatFollowed: Bool {
        switch clearBlindSpot {
        case .oneSided?, .gap?, .truncatedPackets?, .budget?, .otherSubflows?: true
        default: false
        }
    }
}

import Sessions
import Wire

/// The server's reply to EHLO lacks STARTTLS, and what the server does says that it has it (RFC 3207 §4).
public enum StartTLSContradiction: SessionRule {
    public static let card = RuleCard(
        id: "starttls-contradiction", signatureID: 9_025_052, group: .downgrade,
        title: "The server offers no TLS, and behaves as if it did", severity: .medium, certainty: .likely,
        citations: ["RFC 3207 §4", "RFC 3207 §6", "RFC 5321 §4.1.1.1"],
        explanation: """
            The reply to EHLO was seen whole and does not list STARTTLS. Later the same server asks for STARTTLS \
            (530), or accepts it. A server that insists on TLS lists it, or no client could ever begin: most likely \
            the line was taken out between the server and this tap.
            """,
        alternatives: """
            A server that hides the keyword from some clients (Postfix smtpd_discard_ehlo_keyword_address_maps, Exim \
            tls_advertise_hosts) and requires TLS all the same; a cluster of differently configured servers; a proxy \
            that answers EHLO by itself. 530 for a missing login, and 538, are not meant. Clients that said HELO are \
            offered nothing.
            """,
        remediation: """
            The network's administrator compares the reply to EHLO in front of and behind each device between both \
            ends, and switches off what rewrites it; the server's administrator looks for hidden keywords (Postfix \
            smtpd_discard_ehlo_keywords; Exim tls_advertise_hosts; OpenSMTPD listen on … tls); the client's requires \
            TLS towards this server (Postfix smtp_tls_policy_maps with dane-only or encrypt, Exim hosts_require_tls).
            """,
        remedies: [.stopRewriting, .compareBothEnds, .offerStartTLS, .requireTLSTowards],
        tlsrptResultType: "starttls-not-supported",
        example: "starttls-contradiction.pcap")

    public static let needs: SessionTraits = .noStartTLSOffer
    public static let weighsConflicts = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard session.role != .implicitTLS, let smtp = session.smtp, smtp.isESMTP != false, let reply = smtp.ehlo
        else { return .notApplicable }
        if reply.startTLS != nil { return .pass }
        let demand = smtp.unusual?.demandForTLS.flatMap { $0.frame >= reply.frame ? $0 : nil }
        let accepted = session.acceptedStartTLS(behind: reply)
        guard demand != nil || accepted != nil else { return .pass }
        if let why = session.blindSpot(before: reply) { return .notObserved(why) }
        // Exchange's word for the same offer.
        if reply.offers("X-ANONYMOUSTLS"), session.startTLS.verb == .xAnonymousTLS { return .pass }
        return .finding(draft(reply, demand, accepted, session))
    }

    private static func draft(
        _ reply: EHLOReply, _ demand: Excerpt?, _ accepted: Observed<SMTPReply>?, _ session: MailSession
    ) -> Finding.Draft {
        var evidence: [Evidence] = []
        if let demand { evidence.append(Evidence(demand, "a 530 that asks for STARTTLS")) }
        if let accepted {
            evidence.append(
                Evidence(
                    frame: accepted.frame, side: .server, offset: accepted.value.offset, octets: accepted.value.text,
                    "the 220 to a STARTTLS that was not offered"))
        }
        evidence.append(Evidence(frame: reply.frame, side: .server, "the EHLO reply ends here, without STARTTLS"))
        let what = accepted == nil ? "then asked for STARTTLS" : "then accepted STARTTLS"
        // Other octets were sent for the reply as well: they may have offered it.
        let isDoubtful = session.mayOfferMore(than: reply)
        return Finding.Draft(
            "The server's complete reply to EHLO offered no TLS, and the server \(what); cause undetermined.",
            evidence, certainty: isDoubtful ? .possible : .likely,
            // Where TLS came after all, STARTTLS is supported.
            tlsrptResultType: accepted == nil ? .ofCard : .none)
    }
}

extension MailSession {
    /// The 220 to a STARTTLS that was sent when the client had the reply.
    fileprivate func acceptedStartTLS(behind reply: EHLOReply) -> Observed<SMTPReply>? {
        guard let answer = startTLS.reply, answer.value.code == .serviceReady, let request = startTLS.request,
            request.frame >= reply.frame
        else { return nil }
        return answer
    }
}

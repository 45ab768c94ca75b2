import Sessions
import Wire

/// Something on the path overwrote a keyword of the EHLO reply where STARTTLS belongs (RFC 3207 §6).
public enum StartTLSMasked: SessionRule {
    public static let card = RuleCard(
        id: "starttls-masked", signatureID: 9_025_008, group: .downgrade,
        title: "A mangled EHLO keyword stands where STARTTLS belongs", severity: .high, certainty: .certain,
        citations: ["RFC 3207 §6", "RFC 5321 §4.1.1.1", "RFC 7435 §4"],
        explanation: """
            A line of the server's reply to EHLO was overwritten in place, its length kept, and the reply lists no \
            STARTTLS. No mail server sends such a keyword by itself: something between the server and this tap \
            rewrites the dialogue. A client that does not insist on TLS goes on in clear, since it sees no offer of it.
            """,
        alternatives: """
            Most often it is a firewall of one's own that inspects mail (Cisco PIX and ASA write XXXXXXXA and a \
            banner of asterisks), more rarely an attacker; the octets look the same. What the line said before is \
            inferred from its length. A keyword that is off by a letter or two may be a mistake in the server.
            """,
        remediation: """
            Switch off the rewriting on the path (Cisco ASA: allow-tls in the esmtp inspection policy, or no inspect \
            esmtp; PIX: no fixup protocol smtp 25); senders that must not fall for it require TLS towards this \
            server (Postfix smtp_tls_policy_maps with dane-only or encrypt, Exim hosts_require_dane or hosts_require_tls).
            """,
        remedies: [.stopRewriting, .verifyServers, .requireTLSTowards],
        tlsrptResultType: "starttls-not-supported",
        example: "starttls-masked.pcap")

    public static let needs: SessionTraits = .noStartTLSOffer
    public static let weighsConflicts = true

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let smtp = session.smtp, smtp.isESMTP != false else { return .notApplicable }
        guard let reply = smtp.ehlo else {
            guard smtp.isESMTP == true, let why = session.blindSpot else { return .notApplicable }
            return .notObserved(why)
        }
        guard let masked = MaskedKeyword(reply) else { return reply.cut.map(Judgement.notObserved) ?? .pass }
        // A spelling mistake is one only where STARTTLS itself is in no other line.
        if masked.certainty < .certain, let why = session.blindSpot(before: reply) { return .notObserved(why) }
        return .finding(
            Finding.Draft(
                sentence(masked, reply), evidence(masked, smtp.greeting),
                severity: masked.certainty == .certain ? .high : .medium, certainty: masked.certainty))
    }

    private static func sentence(_ masked: MaskedKeyword, _ reply: EHLOReply) -> String {
        guard masked.certainty == .certain else {
            return "The reply to EHLO lists a keyword that is STARTTLS but for a letter or two, and no STARTTLS."
        }
        let others = reply.otherKeywordsOfEight.joined(separator: ", ")
        let doubt = others.isEmpty ? "" : " (by its length it could also have been \(others))"
        return "The reply to EHLO was altered on the path: a keyword as long as STARTTLS is overwritten\(doubt)."
    }

    private static func evidence(_ masked: MaskedKeyword, _ greeting: Observed<SMTPReply>?) -> [Evidence] {
        let line = Evidence(masked.line, "the overwritten keyword")
        guard let greeting, greeting.value.text.full.count(where: { $0 == "*" }) > 8 else { return [line] }
        let banner = Evidence(
            frame: greeting.frame, side: .server, offset: greeting.value.offset, octets: greeting.value.text,
            "the banner is overwritten as well")
        return [line, banner]
    }
}

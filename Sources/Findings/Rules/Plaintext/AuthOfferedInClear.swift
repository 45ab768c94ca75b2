import Sessions
import Wire

/// The server offered PLAIN or LOGIN before TLS (RFC 4954 §4, RFC 8314 §4.1).
public enum AuthOfferedInClear: SessionRule {
    public static let card = RuleCard(
        id: "auth-offered-in-clear", signatureID: 9_025_050, group: .plaintext,
        title: "The server offers to take passwords in clear", severity: .low, certainty: .certain,
        citations: ["RFC 4954 §4", "RFC 8314 §4.1", "RFC 4616 §5"],
        explanation: """
            The reply to EHLO lists AUTH with PLAIN or LOGIN before TLS is in use. A client that is set up carelessly, \
            or that was kept from TLS by someone on the path, will send its password where anyone can read it. \
            This is the server's side; a password that did cross is credentials-in-clear.
            """,
        alternatives: """
            Nothing else puts this line into the reply but who answers in the server's place. The server may still \
            refuse the login itself (538, 530). Mechanisms that show no password (EXTERNAL, GSSAPI, SCRAM, CRAM-MD5) \
            are not meant, and neither is a client that greets and leaves.
            """,
        remediation: """
            The server's administrator offers AUTH inside TLS alone: Postfix smtpd_tls_auth_only = yes; Exim \
            auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}; OpenSMTPD listen on … tls-require auth. Clients \
            that log in without TLS stop working then: set them to port 465, or to 587 with TLS required, before.
            """,
        remedies: [.offerAuthInsideTLS, .setClientToTLS],
        example: "auth-offered-in-clear.pcap")

    public static let needs: SessionTraits = [.ehloReply, .authOffer]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard !session.isProbe, let reply = session.smtp?.ehlo else { return .notApplicable }
        guard let line = reply.authentication.first(where: { $0.offersPassword }) else {
            return reply.cut.map(Judgement.notObserved) ?? .pass
        }
        return .finding(
            Finding.Draft(
                "The server offered PLAIN or LOGIN before TLS was in use.", [Evidence(line, "the offer, in clear")]))
    }
}

extension MailSession {
    /// The client greeted, perhaps asked for little, and left: a scanner or a health check.
    var isProbe: Bool { tls == nil && startTLS.request == nil && smtp?.mayExpose != true }
}

extension Excerpt {
    /// `AUTH PLAIN …`, `AUTH=LOGIN …` (an old spelling), or Exchange's word for it.
    fileprivate var offersPassword: Bool {
        let text = octets.full
        let line = text.utf8Span.span
        var words = 0
        var start = 0
        while start < line.count {
            var end = start
            while end < line.count, Self.lengthOfSeparator(line, end) == 0 { end += 1 }
            if end > start {
                words += 1
                let word = line.extracting(start..<end)
                if words > 1, word.count == 5, word.starts(withASCII: "PLAIN") || word.starts(withASCII: "LOGIN") {
                    return true
                }
            }
            start = end + (end < line.count ? Self.lengthOfSeparator(line, end) : 0)
        }
        return false
    }

    /// Octets of what stands between words here; 0 where none does. A tab is escaped by now.
    private static func lengthOfSeparator(_ line: Span<UInt8>, _ place: Int) -> Int {
        switch line[place] {
        case UInt8(ascii: " "), UInt8(ascii: "="): 1
        case UInt8(ascii: "\\") where place + 1 < line.count && ASCII.upper(line[place + 1]) == UInt8(ascii: "T"): 2
        default: 0
        }
    }
}

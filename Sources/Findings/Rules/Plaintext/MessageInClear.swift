import Sessions
import Wire

/// The content of a message crossed in clear (RFC 5321 §4.1.1.4, RFC 3030 §2).
public enum MessageInClear: SessionRule {
    public static let card = RuleCard(
        id: "message-in-clear", signatureID: 9_025_002, group: .plaintext,
        title: "A message crossed in clear", severity: .high, certainty: .certain,
        citations: ["RFC 5321 §7.1", "RFC 5321 §4.1.1.4", "RFC 3030 §2"],
        explanation: """
            Headers and body of a message crossed the network without TLS. Anyone on the path could read it: the \
            local network, a provider, a backbone. They could have changed it as well.
            """,
        alternatives: """
            PGP or S/MIME may hide the body; sender, recipients, subject and other headers stay readable. \
            A tunnel (VPN, IPsec) outside this capture may have protected the hop. Behind a tap that shows decrypted \
            TLS, the octets were not in clear on the wire.
            """,
        remediation: """
            Find out which side did without TLS (see starttls-not-offered, starttls-unused); on hops of your own \
            require it (Postfix smtp_tls_policy_maps with encrypt, Exim hosts_require_tls); \
            towards the world prefer DANE and MTA-STS, since requiring TLS of everyone leaves some mail undelivered.
            """,
        remedies: [.requireTLSTowards, .requireTLSOnSubmission, .offerStartTLS],
        example: "message-in-clear-bdat.pcap")

    public static let needs: SessionTraits = [.exposure, .content]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let content = ClearText(session, observations).content, let smtp = session.smtp else {
            return session.nothingInClear(observations)
        }
        return .finding(
            Finding.Draft(
                observations.sessionGoesOn ? "Message content crossed in clear." : sentence(smtp),
                [Evidence(content, "message content begins here")],
                certainty: session.mayBeNoContent(content) ? .possible : smtp.contentInferred ? .likely : .certain))
    }

    private static func sentence(_ smtp: SMTPFacts) -> String {
        // Joined, and not interpolated: one session in clear in two has this sentence.
        let octets = String(smtp.contentOctets)
        return switch smtp.messagesAccepted {
        case 0: octets + " octets of message content crossed in clear; no acceptance by the server was seen."
        case 1: octets + " octets of message content crossed in clear; the server accepted the message."
        default:
            "\(octets) octets of message content crossed in clear; the server accepted \(smtp.messagesAccepted) messages."
        }
    }
}

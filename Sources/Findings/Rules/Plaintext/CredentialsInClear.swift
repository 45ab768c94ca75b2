import Sessions
import Wire

/// A login secret crossed before TLS (RFC 4954 §4).
public enum CredentialsInClear: SessionRule {
    public static let card = RuleCard(
        id: "credentials-in-clear", signatureID: 9_025_001, group: .plaintext,
        title: "Login credentials crossed in clear", severity: .critical, certainty: .certain,
        citations: ["RFC 4954 §4", "RFC 8314 §4.1", "RFC 4616 §5"],
        explanation: """
            A mail client logged in before TLS was in use. PLAIN, LOGIN and the OAuth mechanisms put the password or \
            token itself on the wire, where anyone on the path can read it and use it. CRAM-MD5, DIGEST-MD5, NTLM and \
            SCRAM put enough on the wire to guess the password offline. Accepted credentials (235) are known to work; \
            those refused as wrong (535) were exposed too, but most of them are guesses of bots.
            """,
        alternatives: """
            EXTERNAL, GSSAPI and the GS2 mechanisms expose no secret, and neither does a cancelled exchange: the rule \
            stays silent. What an unknown mechanism exposes cannot be told. Behind a tap that shows decrypted TLS, \
            the octets were not in clear on the wire.
            """,
        remediation: """
            Change the passwords that were accepted; offer AUTH only inside TLS (Postfix smtpd_tls_auth_only = yes, \
            Exim auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}) and set mail clients to port 465, or to \
            587 with TLS required.
            """,
        remedies: [.offerAuthInsideTLS, .changePasswords, .setClientToTLS],
        example: "credentials-in-clear-plain.pcap")

    public static let needs: SessionTraits = [.exposure, .authentication]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        let secrets = ClearText(session, observations).secrets
        guard let worst = secrets.first else { return session.nothingInClear(observations) }
        return .finding(
            Finding.Draft(
                sentence(worst, others: secrets.count - 1), evidence(worst), severity: worst.severity,
                certainty: worst.certainty, alternatives: alternatives(worst)))
    }

    private static func sentence(_ worst: ExposedSecret, others: Int) -> String {
        let more = others == 0 ? "" : " (and \(others) more in this session)"
        return "\(what(worst)) crossed in clear; \(outcome(worst.authentication))\(more)."
    }

    private static func what(_ secret: ExposedSecret) -> String {
        if secret.isNameAlone { return "The user name of an AUTH \(secret.mechanism), without its password," }
        return switch secret.mechanism.exposure {
        case .secret, .harmless: "The secret of an AUTH \(secret.mechanism)"
        case .guessable: "An AUTH \(secret.mechanism) exchange, from which the password can be guessed offline,"
        case .unknown: "The response of an AUTH with an unknown mechanism"
        }
    }

    private static func outcome(_ authentication: Authentication) -> String {
        let code = authentication.reply.map { " (\($0.value))" } ?? ""
        return switch authentication.outcome {
        case .accepted: "the server accepted it\(code)"
        case .refused where authentication.isJudgedWrong: "the server refused it as wrong\(code)"
        case .refused: "the server refused the exchange\(code) without saying that the secret is wrong"
        case .unanswered where authentication.reply != nil:
            "the server did not say whether it accepted it\(code)"
        case .unanswered, .cancelled: "no reply of the server was seen"
        }
    }

    private static let mirror =
        "Behind a tap that shows decrypted TLS, the octets were not in clear on the wire."

    private static func evidence(_ secret: ExposedSecret) -> [Evidence] {
        let authentication = secret.authentication
        var evidence = [Evidence(secret.place, "the client's response, left out here")]
        if secret.place.offset != authentication.command.offset {
            evidence.append(Evidence(authentication.command, "the AUTH command"))
        }
        if let reply = authentication.reply {
            evidence.append(Evidence(frame: reply.frame, side: .server, "the server's reply \(reply.value)"))
        }
        return evidence
    }

    /// What this very case adds; `nil` where the card says it all.
    private static func alternatives(_ secret: ExposedSecret) -> String? {
        if secret.mechanism.exposure == .unknown {
            return "The mechanism is in no registry: whether its response holds a secret cannot be told. \(mirror)"
        }
        return secret.authentication.isJudgedWrong
            ? "Most refused logins are guesses of bots; a mistyped password of a person looks the same. \(mirror)" : nil
    }
}

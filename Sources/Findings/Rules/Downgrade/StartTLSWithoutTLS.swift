import Sessions
import Wire

/// The server agreed to STARTTLS, and what followed was no TLS (RFC 3207 §4).
public enum StartTLSWithoutTLS: SessionRule, CaptureRule {
    public static let card = RuleCard(
        id: "starttls-without-tls", signatureID: 9_025_010, group: .downgrade,
        title: "No TLS followed an accepted STARTTLS", severity: .medium, certainty: .likely,
        citations: ["RFC 3207 §4", "RFC 3207 §4.2"],
        explanation: """
            The server answered STARTTLS with 220, so the next octets of the client have to be a TLS handshake. \
            They were SMTP in clear instead.
            """,
        alternatives: """
            The capture may come from behind TLS inspection, which hands a decrypted copy to the tap: then every \
            session of the capture that uses STARTTLS looks like this, and nothing was in clear on the wire. \
            Otherwise client or server is broken, or something between them holds both ends. A client that only \
            says QUIT is a probe and no finding.
            """,
        remediation: """
            Check whether the tap sits behind TLS inspection and capture in front of it; if not, repeat the session \
            from both ends (openssl s_client -starttls smtp) and compare what each of them sends after the 220.
            """,
        remedies: [.moveTheTap, .compareBothEnds],
        tlsrptResultType: "validation-failure",
        example: "starttls-without-tls.pcap")

    public static let questions: [RuleQuestion] = [.session(Self.self), .capture(Self.self)]

    public static let needs: SessionTraits = .plaintextAfterStartTLS

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard session.startTLS.reply?.value.code == .serviceReady else { return .notApplicable }
        switch session.startTLS.afterReady {
        case .tls: return .pass
        case .nothing, .quit: return .notApplicable
        case .notObservable: return .notObserved(session.blindSpot ?? .gap)
        case .plaintext(let excerpt, let answered):
            let isMirror = session.suspectedMirror(observations) != nil
            return .finding(draft(session, excerpt, answered: answered, isMirror: isMirror))
        }
    }

    private static func draft(
        _ session: MailSession, _ excerpt: Excerpt, answered: Bool, isMirror: Bool
    ) -> Finding.Draft {
        var evidence = [Evidence(excerpt, "no TLS record follows the 220")]
        if let reply = session.startTLS.reply {
            evidence.append(Evidence(frame: reply.frame, side: .server, offset: reply.value.offset, "the 220"))
        }
        if isMirror {
            return Finding.Draft(
                "After the 220 to STARTTLS this capture shows SMTP in clear; it may have been decrypted for the tap.",
                evidence, severity: .info, certainty: .possible, tlsrptResultType: .none)
        }
        let end = answered ? "and the server went on in SMTP" : "and the server did not go on"
        return Finding.Draft(
            "After the 220 to STARTTLS the client sent no TLS, \(end).", evidence,
            severity: answered ? .medium : .low, certainty: session.blindSpot == nil ? .likely : .possible)
    }

    /// Every session of the capture that began STARTTLS went on in clear.
    public static func judge(_ observations: CaptureObservations) -> Judgement {
        guard observations.looksLikeDecryptedMirror else {
            return observations.startTLSThenTLS > 0 ? .pass : .notApplicable
        }
        let count = observations.startTLSThenAnsweredPlaintext
        let sessions = count == 1 ? "the only session" : "all \(count) sessions"
        let evidence = observations.firstAnsweredPlaintext.map { [Evidence($0, "SMTP in clear after the 220")] } ?? []
        return .finding(
            Finding.Draft(
                "In \(sessions) with an accepted STARTTLS no TLS follows: the tap looks like a decrypted mirror.",
                evidence, severity: count < few ? .low : .info, certainty: count < few ? .possible : .likely))
    }

    /// Fewer sessions than this could as well be real ones in clear: a person should look.
    private static let few = 3
}

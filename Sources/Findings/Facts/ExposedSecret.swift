import Sessions
import Wire

/// An AUTH exchange that gave a listener something to log in with, or to guess from (RFC 4954 §4).
struct ExposedSecret {
    let authentication: Authentication
    let severity: Severity
    let certainty: Certainty

    /// `nil` where the exchange exposed no secret: the mechanism sends none, the client cancelled, or the octets that
    /// would hold it never came.
    init?(_ authentication: Authentication) {
        let isAccepted = authentication.outcome == .accepted
        guard authentication.mechanism.exposure != .harmless, authentication.outcome != .cancelled else { return nil }
        guard isAccepted || authentication.reachedTheSecret else { return nil }
        self.authentication = authentication
        severity = Self.severity(authentication)
        if authentication.mechanism.exposure == .unknown {
            certainty = .possible
        } else {
            // A 235 proves that the secret was sent, even where its octets are missing here.
            certainty = authentication.reachedTheSecret ? .certain : .likely
        }
    }

    var mechanism: SASLMechanism { authentication.mechanism }

    /// Where the secret stands; the command, where the response itself was not captured.
    var place: Excerpt { authentication.response ?? authentication.command }

    func outranks(_ other: Self) -> Bool {
        (severity, certainty, -place.offset) > (other.severity, other.certainty, -other.place.offset)
    }

    private static func severity(_ authentication: Authentication) -> Severity {
        if authentication.isJudgedWrong { return .low }
        guard authentication.mechanism.exposure == .secret else { return .medium }
        return switch authentication.outcome {
        case .accepted: .critical
        // The server refused to look at it: it may well be right.
        case .refused: .medium
        case .unanswered, .cancelled: .high
        }
    }
}

extension Authentication {
    /// The client sent as many responses as the mechanism needs before the secret is among them.
    fileprivate var reachedTheSecret: Bool {
        response != nil && clientLines + (hasInitialResponse ? 1 : 0) >= mechanism.responsesBeforeExposure
    }

    /// 535 and 501 say that the secret is wrong; other refusals say that it was not tried (RFC 4954 §6).
    var isJudgedWrong: Bool {
        guard outcome == .refused else { return false }
        guard let code = reply?.value else { return true }
        return code == ReplyCode(535) || code == ReplyCode(501)
    }
}

extension SASLMechanism {
    /// How many responses it takes until something worth having crosses: LOGIN sends the user name on its own;
    /// NTLM, SPNEGO and SCRAM (RFC 5802 §5) begin with a message that proves nothing yet.
    fileprivate var responsesBeforeExposure: Int {
        name == "LOGIN" || name == "NTLM" || name == "GSS-SPNEGO" || name.hasPrefix("SCRAM-") ? 2 : 1
    }
}

import Sessions
import Wire

/// An AUTH exchange that gave a listener something to log in with, to guess from, or at least a name (RFC 4954 §4).
struct ExposedSecret {
    let authentication: Authentication
    let severity: Severity
    let certainty: Certainty
    /// The exchange ended before the password came: the user's name is all that crossed.
    let isNameAlone: Bool

    /// `nil` where the exchange exposed nothing: the mechanism sends no secret, or the client cancelled, or left, before
    /// the octets that would hold one.
    init?(_ authentication: Authentication) {
        let isAccepted = authentication.outcome == .accepted
        let isWhole = authentication.reachedTheSecret
        guard authentication.mechanism.exposure != .harmless else { return nil }
        isNameAlone = !isAccepted && !isWhole
        guard !isNameAlone || authentication.showsName else { return nil }
        self.authentication = authentication
        severity = isNameAlone ? .low : Self.severity(authentication)
        if authentication.mechanism.exposure == .unknown {
            certainty = .possible
        } else {
            // A 235 proves that the secret was sent, even where its octets are missing here. Where AUTH was refused, lines that were
            // sent behind it only look like responses.
            certainty = isAccepted && !isWhole || authentication.isInferred ? .likely : .certain
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
        // The `*` that cancels is a line as well, and no response.
        let responses = clientLines + (hasInitialResponse ? 1 : 0) - (outcome == .cancelled ? 1 : 0)
        return response != nil && responses >= mechanism.responsesBeforeExposure
    }

    /// The client left after its name and did not take it back.
    fileprivate var showsName: Bool { response != nil && mechanism.beginsWithName && outcome != .cancelled }

    /// 535 and 501 say that the secret is wrong; other refusals say that it was not tried (RFC 4954 §6).
    var isJudgedWrong: Bool {
        guard outcome == .refused else { return false }
        guard let code = reply?.value else { return true }
        return code == ReplyCode(535) || code == ReplyCode(501)
    }
}

extension SASLMechanism {
    /// How many responses it takes until something to guess from crosses: LOGIN sends the user's name on its own;
    /// NTLM, SPNEGO and SCRAM (RFC 5802 §5) begin with a message that proves nothing yet.
    fileprivate var responsesBeforeExposure: Int {
        beginsWithName || name == "NTLM" || name == "GSS-SPNEGO" ? 2 : 1
    }

    fileprivate var beginsWithName: Bool { name == "LOGIN" || name.hasPrefix("SCRAM-") }
}

import Sessions
import Wire

extension EventEncoder {
    /// `mail_tls.smtp`: the dialogue in clear; who speaks.
    mutating func opening(_ smtp: SMTPFacts) -> [UInt8] {
        if let known = fragments.opening(smtp) { return known }
        let opening = JSONWriter.fragment { self.opening(smtp, into: &$0) }
        fragments.keep(opening, of: smtp)
        return opening
    }

    private func opening(_ smtp: SMTPFacts, into json: inout JSONWriter) {
        json.member("banner", smtp.greeting.map { privacy.text($0.value.text) })
        json.member("helo", smtp.clientName.map { privacy.text($0.value) })
        json.member("esmtp", smtp.isESMTP)
        json.member("capabilities", smtp.ehlo?.keywords.map { privacy.text($0.octets) })
    }

    /// The counts of commands that crossed in clear, and the logins.
    mutating func dialogue(_ smtp: SMTPFacts) -> [UInt8] {
        guard let facts = Self.number(of: smtp) else {
            return JSONWriter.fragment { json in dialogue(smtp, into: &json) }
        }
        return written(FragmentCache.number(.dialogue, facts)) { encoder, json in encoder.dialogue(smtp, into: &json) }
    }

    /// Of a dialogue that shows few commands, and nothing else that its counts do not tell.
    private static func number(of smtp: SMTPFacts) -> UInt64? {
        let counts = [smtp.mailCommands, smtp.rcptCommands, smtp.dataCommands, smtp.bdatCommands]
        guard smtp.authentications.isEmpty, !smtp.hasUnusual, counts.allSatisfy({ $0 < 1024 }) else { return nil }
        return counts.reduce(0) { $0 << 10 | UInt64($1) }
    }

    private func dialogue(_ smtp: SMTPFacts, into json: inout JSONWriter) {
        json.member("mail", smtp.mailCommands)
        json.member("rcpt", smtp.rcptCommands)
        json.member("data", smtp.dataCommands)
        json.member("bdat", smtp.bdatCommands)
        json.array("auth") { json in
            for authentication in smtp.authentications {
                json.object { json in self.authentication(authentication, into: &json) }
            }
        }
        if let unusual = smtp.unusual { self.unusual(unusual, into: &json) }
    }

    /// What few dialogues show: absent where it was not seen.
    private func unusual(_ facts: UnusualFacts, into json: inout JSONWriter) {
        if facts.isLMTP { json.member("lmtp", true) }
        if let xClient = facts.xClient {
            json.object("xclient") { json in
                json.member("frame", xClient.frame.number)
                json.member("reply_code", xClient.reply?.rawValue)
            }
        }
        json.memberIfPresent("xforward_frame", facts.xForward?.number)
        json.memberIfPresent("require_tls_frame", facts.requireTLS?.frame.number)
        json.memberIfPresent("bare_line_feed_frame", facts.bareLineFeed?.frame.number)
        json.memberIfPresent("bare_carriage_return_frame", facts.bareCarriageReturn?.frame.number)
        json.memberIfPresent("doubtful_command_frame", facts.doubtfulCommand?.frame.number)
    }

    /// The mechanism and how it ended; never the secret.
    private func authentication(_ authentication: Authentication, into json: inout JSONWriter) {
        json.member("mechanism", authentication.mechanism.name)
        json.member("reply_code", authentication.reply?.value.rawValue)
        json.member("in_clear", true)
    }

    /// `mail_tls.starttls`.
    mutating func upgrade(_ startTLS: StartTLSFacts, _ smtp: SMTPFacts) -> [UInt8] {
        guard !smtp.hasUnusual, let facts = Self.number(of: startTLS) else {
            return JSONWriter.fragment { json in upgrade(startTLS, smtp.unusual, into: &json) }
        }
        return written(FragmentCache.number(.upgrade, facts)) { encoder, json in
            encoder.upgrade(startTLS, nil, into: &json)
        }
    }

    /// Of an exchange that names no frame, and that went as most do.
    private static func number(of startTLS: StartTLSFacts) -> UInt64? {
        guard startTLS.verb == .startTLS, startTLS.requests <= 1 else { return nil }
        if case .some = startTLS.pipelined { return nil }
        var number = startTLS.reply.map { UInt64($0.value.code.rawValue) + 1 } ?? 0
        number = number << 2 | (startTLS.offered.map { $0.value ? 2 : 1 } ?? 0)
        number = number << 1 | (startTLS.request == nil ? 0 : 1)
        return number << 1 | (startTLS.completed ? 1 : 0)
    }

    private func upgrade(_ startTLS: StartTLSFacts, _ unusual: UnusualFacts?, into json: inout JSONWriter) {
        json.member("offered", startTLS.offered?.value)
        json.member("requested", startTLS.request != nil)
        json.member("reply_code", startTLS.reply?.value.code.rawValue)
        json.member("completed", startTLS.completed)
        if startTLS.verb != .startTLS { json.member("verb", startTLS.verb.rawValue) }
        if startTLS.requests > 1 { json.member("requests", startTLS.requests) }
        json.memberIfPresent("pipelined_frame", startTLS.pipelined?.frame.number)
        json.memberIfPresent("behind_reply_frame", unusual?.behindReady?.frame.number)
        json.memberIfPresent("state_before_frame", unusual?.stateBeforeTLS?.command.frame.number)
        json.memberIfPresent("failed_before_frame", unusual?.earlierFailure?.frame.number)
        json.memberIfPresent("return_to_clear_frame", unusual?.returnToClear?.frame.number)
    }
}

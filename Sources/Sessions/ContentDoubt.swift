import Wire

/// What the client says may be message content, although it is read as commands: the octets that would tell are missing, or the
/// server refused a chunk that may come all the same.
struct ContentDoubt: Sendable, Equatable {
    /// It is a refused chunk: how a server reads that says nothing of what the client sent.
    var isOfChunk = false
    /// Where the line stands that was read first meanwhile.
    var beginning: Int64?
    /// Content may have ended among what was read: with a lone dot, which no command looks like, or where octets are missing. Or
    /// it was a chunk, which the server takes for commands that it does not know.
    var mayHaveEnded = false
    /// What the client called itself, if that was a command.
    var clientName: Observed<QuotedText>?
}

extension SMTPDialogue {
    /// From now on what reads like commands may be content, until a reply tells.
    mutating func doubtCommands(isOfChunk: Bool = false) {
        if contentDoubt == nil { contentDoubt = ContentDoubt(isOfChunk: isOfChunk) }
    }

    /// A line of the client is read, as a command or as a response to AUTH.
    mutating func noteLineInDoubt(_ line: Span<UInt8>) {
        if line.count == 1, line[0] == UInt8(ascii: ".") { contentDoubt?.mayHaveEnded = true }
    }

    /// A line of the client is read as a command in doubt; answers what of it may be kept.
    mutating func noteInDoubt(_ command: SMTPCommand, _ position: StreamPosition) -> SMTPCommand {
        if contentDoubt?.beginning == nil { contentDoubt?.beginning = position.offset }
        if command.verb != .unrecognized {
            if facts.unusual?.doubtfulCommand == nil {
                facts.note { $0.doubtfulCommand = position.excerpt(.client, .doubtfulCommand) }
            } else if facts.unusual?.doubtEnd != nil {
                facts.note { $0.doubtEnd = nil }
            }
        }
        return command.withoutName
    }

    /// Servers say nothing while content comes, unless they refuse it. So a reply that only a command has means that what was read
    /// in doubt were commands, or that content has ended with them.
    mutating func settleDoubt(_ reply: ReplyInProgress, _ position: StreamPosition) {
        guard let doubt = contentDoubt else { return }
        if doubt.isOfChunk, doubt.beginning != nil, reply.code.isFailure { contentDoubt?.mayHaveEnded = true }
        guard settles(doubt, reply) else { return }
        if let beginning = doubt.beginning {
            guard let acknowledged = position.acknowledged, acknowledged > beginning else { return }
        }
        contentDoubt = nil
        if !doubt.mayHaveEnded { return confirm(doubt) }
        guard let beginning = doubt.beginning, let acknowledged = position.acknowledged else { return }
        // What has a reply of its own is proven by it.
        let end = reply.code.answers(.auth(0)) ? facts.authentications.last?.command.offset : nil
        settle(from: beginning, to: min(end ?? acknowledged, acknowledged))
    }

    private mutating func settle(from beginning: Int64, to end: Int64) {
        if facts.unusual?.doubtEnd == nil, facts.unusual?.doubtfulCommand != nil { facts.note { $0.doubtEnd = end } }
        // What comes later stands for itself.
        if let mail = facts.firstMail, mail.offset >= beginning, mail.offset < end { facts.firstMail = nil }
        if let use = startTLS.unusedBy, use.offset >= beginning, use.offset < end {
            startTLS.unusedBy = facts.firstContent.flatMap { $0.offset >= use.offset ? $0 : nil }
        }
        if let auth = facts.firstAuth, auth.offset >= beginning, auth.offset < end { facts.firstAuth = nil }
    }

    /// TLS has begun: its client had said commands.
    mutating func settleDoubtByTLS() {
        guard let doubt = contentDoubt, !doubt.mayHaveEnded else { return }
        contentDoubt = nil
        confirm(doubt)
    }

    private mutating func confirm(_ doubt: ContentDoubt) {
        if let name = doubt.clientName { facts.clientName = name }
        guard let noted = facts.unusual?.doubtfulCommand, let beginning = doubt.beginning else { return }
        if noted.offset >= beginning {
            facts.note { $0.doubtfulCommand = nil }
        } else if facts.unusual?.doubtEnd == nil {
            facts.note { $0.doubtEnd = beginning }
        }
    }

    private func settles(_ doubt: ContentDoubt, _ reply: ReplyInProgress) -> Bool {
        let code = reply.code
        if doubt.isOfChunk { return !code.isFailure }
        // Lines that have not been read yet may be the end of content, unless the reply is what the last one waits for.
        if clientIsAhead, case .waiting(let reason) = client, !code.answers(reason) { return false }
        switch code {
        case .serviceReady, .closing, .authenticated, .authContinue, .startMailInput: return true
        // Chunks follow their command at once, so that other replies to what came before one may come while it is under way.
        case .ok: return reply.lines > 1 && Self.areCapabilities(reply.keywords)
        default: return code.refusesLogin
        }
    }
}

extension ReplyCode {
    /// Only a login is refused like that (RFC 4954 §6).
    fileprivate var refusesLogin: Bool { rawValue == 534 || rawValue == 535 || rawValue == 538 }

    fileprivate func answers(_ reason: SMTPDialogue.ClientState.For) -> Bool {
        switch reason {
        case .startTLS: self == .serviceReady
        case .auth: self == .authContinue || self == .authenticated || refusesLogin
        case .data: self == .startMailInput
        }
    }
}

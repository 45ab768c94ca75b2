import Wire

/// What the client says may be message content, although it is read as commands: the octets that would tell are missing, or the
/// server refused a chunk that may come all the same.
struct ContentDoubt: Sendable, Equatable {
    /// Where the line stands that was read first meanwhile.
    var beginning: Int64?
    /// A line that ends content, and that no command looks like.
    var sawLoneDot = false
    /// What the client called itself, if that was a command.
    var clientName: Observed<QuotedText>?
}

extension SMTPDialogue {
    /// A line of the client is read, as a command or as a response to AUTH.
    mutating func noteLineInDoubt(_ line: Span<UInt8>) {
        if contentDoubt != nil, line.count == 1, line[0] == UInt8(ascii: ".") { contentDoubt?.sawLoneDot = true }
    }

    /// A line of the client is read as a command; answers what of it may be kept.
    mutating func noteInDoubt(_ command: SMTPCommand, _ position: StreamPosition) -> SMTPCommand {
        guard var doubt = contentDoubt else { return command }
        if doubt.beginning == nil { doubt.beginning = position.offset }
        contentDoubt = doubt
        if command.verb != .unrecognized {
            if facts.unusual?.doubtfulCommand == nil {
                facts.note { $0.doubtfulCommand = position.excerpt(.client, .doubtfulCommand) }
            } else if facts.unusual?.doubtEnd != nil {
                facts.note { $0.doubtEnd = nil }
            }
        }
        return command.withoutName
    }

    /// Servers say nothing while content comes, unless they refuse it. So a reply to all that was seen in doubt means that these
    /// were commands, or that content has ended with them.
    mutating func settleDoubt(_ code: ReplyCode, _ position: StreamPosition) {
        guard let doubt = contentDoubt, code.answersCommand else { return }
        // Chunks follow their command at once, so that a reply to what came before one may come while it is under way.
        if hasGap, code == .ok { return }
        // Lines that have not been read yet may be the end of content, unless the reply is what the last one waits for.
        if clientIsAhead, case .waiting(let reason) = client, !code.answers(reason) { return }
        if let beginning = doubt.beginning {
            guard let acknowledged = position.acknowledged, acknowledged > beginning else { return }
        }
        contentDoubt = nil
        if !doubt.sawLoneDot, let name = doubt.clientName { facts.clientName = name }
        guard let noted = facts.unusual?.doubtfulCommand, let beginning = doubt.beginning else { return }
        if noted.offset >= beginning, !doubt.sawLoneDot {
            facts.note { $0.doubtfulCommand = nil }
        } else if facts.unusual?.doubtEnd == nil {
            facts.note { $0.doubtEnd = position.acknowledged }
        }
    }
}

extension ReplyCode {
    /// No server refuses content like that while it comes.
    fileprivate var answersCommand: Bool {
        !isFailure || rawValue >= 500 && rawValue < 510 || rawValue >= 530 && rawValue < 540
    }

    fileprivate func answers(_ reason: SMTPDialogue.ClientState.For) -> Bool {
        switch reason {
        case .startTLS: self == .serviceReady
        case .auth: self == .authContinue || self == .authenticated || rawValue >= 530 && rawValue < 540
        case .data: self == .startMailInput
        }
    }
}

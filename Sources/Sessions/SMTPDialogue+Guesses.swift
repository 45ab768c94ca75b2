import Wire

/// What octets are where no reply tells.
extension SMTPDialogue {
    /// Decides what the client's octets are while the reply that would tell is missing.
    mutating func guess(_ reason: ClientState.For, _ octets: Span<UInt8>) {
        let looksLikeCommand = Self.looksLikeCommand(octets)
        unusualDataReply = false
        switch reason {
        case .startTLS: client = .command
        case .auth(let index): client = looksLikeCommand ? .command : .authResponse(index)
        case .data(let transaction):
            // What was seen before stays certain.
            if !looksLikeCommand, facts.firstContent == nil { facts.contentInferred = true }
            if looksLikeCommand {
                client = .command
                doubtCommands()
            } else {
                client = .content(beginningOfContent, transaction)
            }
        }
    }

    /// Whether the octets begin with a command that is known, its argument included.
    static func looksLikeCommand(_ octets: Span<UInt8>) -> Bool {
        let end = octets.firstIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? min(octets.count, LineReader.limit)
        let command = SMTPCommand(parsing: SMTPLine(octets.extracting(first: end)).octets)
        switch command.argument {
        case .unexpected: return false
        default: return command.verb != .unrecognized
        }
    }

    /// Whether the octets are text, and the end of their line is still to come: no TLS record begins like that.
    static func mayBecomeLine(_ octets: Span<UInt8>) -> Bool {
        guard octets.count < LineReader.limit else { return false }
        for index in octets.indices.dropLast() where !(0x20..<0x7F).contains(octets[index]) { return false }
        let last = octets[octets.count - 1]
        return last == ASCII.carriageReturn || (0x20..<0x7F).contains(last)
    }
}

import Wire

/// What few dialogues show (`UnusualFacts`).
extension SMTPDialogue {
    /// What is unusual of a command whatever its verb changes.
    mutating func noteUnusual(_ command: SMTPCommand, _ excerpt: Excerpt) {
        if command.requiresTLS, facts.unusual?.requireTLS == nil { facts.note { $0.requireTLS = excerpt } }
        if command.verb == .lhlo { facts.note { $0.isLMTP = true } }
        if command.verb == .xForward { facts.note { $0.xForward = $0.xForward ?? excerpt.frame } }
        if command.verb == .xClient, facts.unusual?.xClient == nil {
            facts.note { $0.xClient = UnusualFacts.XClient(frame: excerpt.frame) }
        }
        guard isBehindFailedTLS else { return }
        isBehindFailedTLS = false
        facts.note { $0.returnToClear = $0.returnToClear ?? excerpt }
    }

    /// A line of the client, or a dot in its content, that ended in LF alone: two readers may see two dialogues from
    /// here on.
    mutating func noteBareLineFeed(_ text: QuotedText, _ position: StreamPosition) {
        guard facts.unusual?.bareLineFeed == nil else { return }
        facts.note { $0.bareLineFeed = position.excerpt(.client, text) }
    }

    /// Some servers take a carriage return alone for the end of a line, so two of them may read two dialogues.
    mutating func noteBareCarriageReturn(_ position: StreamPosition) {
        guard facts.unusual?.bareCarriageReturn == nil else { return }
        facts.note { $0.bareCarriageReturn = position.excerpt(.client, .bareCarriageReturn) }
    }

    /// Where a line has a carriage return inside; the last octet of what is kept of a long one may belong to its end.
    static func endBeforeBareCarriageReturn(_ line: Span<UInt8>, isCut: Bool) -> Int? {
        guard let end = line.firstIndex(of: ASCII.carriageReturn), !isCut || end < line.count - 1 else { return nil }
        return end
    }

    /// A line that is longer than is kept of one may hide others; one with a secret or a ticket in it may be as long.
    mutating func noteCutCommand(_ command: SMTPCommand) {
        guard command.verb != .auth, command.verb != .xExps else { return }
        facts.note { $0.hidesOctets = true }
    }

    /// No more octets will come: a line that never ended may hide others, too.
    mutating func noteUnfinishedLine() {
        guard case .command = client, clientLines.pending > 0,
            Self.endBeforeBareCarriageReturn(clientLines.tail.span, isCut: true) != nil
        else { return }
        facts.note { $0.hidesOctets = true }
    }

    /// The server took TURN or ATRN (RFC 821 §3.8, RFC 2645 §5): what follows is read as neither side's, since each says now what
    /// the other one would.
    mutating func turn() {
        isTurned = true
        facts.note { $0.hidesOctets = true }
    }

    // MARK: STARTTLS

    /// A command that no RFC names.
    mutating func takeUnknown(_ command: SMTPCommand, _ excerpt: Excerpt, _ position: StreamPosition) {
        guard let likeness = command.likeness, previousVerb == .ehlo, facts.unusual?.unknownCommand == nil else {
            return pending.append(.other, sentAt: position.acknowledged)
        }
        facts.note { $0.unknownCommand = UnusualFacts.UnknownCommand(line: excerpt, likeness: likeness) }
        pending.append(.unknown, sentAt: position.acknowledged)
    }

    /// The client had not received the 220 to STARTTLS when it sent these octets.
    func wasSentBeforeReady(_ position: StreamPosition) -> Bool {
        guard let acknowledged = position.acknowledged, let reply = startTLS.reply?.value else { return false }
        return acknowledged <= reply.offset
    }

    /// Sent before the 220 was: a server must discard it (RFC 3207 §4.2). It is not quoted: how much of a line is there
    /// depends on how the octets came.
    mutating func notePipelined(at position: StreamPosition) {
        startTLS.pipelined = startTLS.pipelined ?? position.excerpt(.client, .behindStartTLS)
    }

    /// Sent together with a STARTTLS whose reply is not known: a server that agrees discards it, one that refuses takes it.
    mutating func noteBehindUnanswered(_ command: SMTPCommand, _ position: StreamPosition) {
        notePipelined(at: position)
        if command.verb != .quit { facts.note { $0.hidesOctets = true } }
    }

    /// Octets of the server that are no TLS, between its 220 to STARTTLS and TLS.
    mutating func noteBehindReady(_ octets: Span<UInt8>, _ position: StreamPosition) {
        guard facts.unusual?.behindReady == nil else { return }
        let end = octets.firstIndex(of: ASCII.lineFeed)
        behindReadyIsUnfinished = end == nil
        let text = quoteBehindReady(octets.extracting(first: end.map { $0 + 1 } ?? octets.count))
        facts.note { $0.behindReady = position.excerpt(.server, text) }
    }

    /// More of that line has come: it is quoted alike however it was cut into segments.
    mutating func extendBehindReady(_ line: Span<UInt8>, isFinished: Bool) {
        guard behindReadyIsUnfinished, let noted = facts.unusual?.behindReady else { return }
        behindReadyIsUnfinished = !isFinished
        let text = quoteBehindReady(line)
        facts.note {
            $0.behindReady = Excerpt(frame: noted.frame, side: .server, offset: noted.offset, octets: text)
        }
    }

    private func quoteBehindReady(_ line: Span<UInt8>) -> QuotedText {
        replyMayRepeatSecret ? .behindReady : QuotedText(SMTPLine(line).octets, limit: 128)
    }

    /// The server agreed to STARTTLS: what it had accepted before has to be forgotten (RFC 3207 §4.2).
    mutating func noteStateBeforeTLS() {
        guard facts.unusual?.stateBeforeTLS == nil else { return }
        let login = facts.authentications.first { $0.outcome == .accepted }?.command
        let accepted = facts.transactions.first { $0.mailReply?.value.isPositive == true || $0.rcptAccepted > 0 }?.mail
        guard let command = login ?? accepted else { return }
        let isOpen = login != nil || transactionIsOpen
        facts.note { $0.stateBeforeTLS = UnusualFacts.StateBeforeTLS(command: command, isOpen: isOpen) }
    }

    // MARK: Replies

    /// What is unusual of a reply, whichever command it answers.
    mutating func noteUnusual(_ reply: ReplyInProgress, _ closing: SMTPReply, _ text: QuotedText, _ frame: FrameNumber)
    {
        guard reply.code == .encryptionNeeded, facts.unusual?.demandForTLS == nil else { return }
        guard
            text.demandsStartTLS || reply.opening.demandsStartTLS
                || reply.keywords.contains(where: { $0.octets.demandsStartTLS })
        else { return }
        let shown = closing.text.full.isEmpty || mayName(text) ? QuotedText.demandForTLS : closing.text
        facts.note {
            $0.demandForTLS = Excerpt(frame: frame, side: .server, offset: closing.offset, octets: shown)
        }
    }

    /// XCLIENT was answered: after a 220 the server knows of nothing that the client said before.
    mutating func answerXClient(_ reply: ReplyInProgress, _ position: StreamPosition) {
        if facts.unusual?.xClient != nil { facts.note { $0.xClient?.reply = reply.code } }
        guard reply.code == .serviceReady else { return }
        noteGreeting(reply, position)
        facts.ehlo = nil
        facts.ehloRefused = nil
        facts.isESMTP = nil
        startTLS.offered = nil
        startTLS.unusedBy = nil
        ehloCost = 0
        transaction = nil
        transactionIsOpen = false
    }
}

extension SMTPDialogue {
    /// A server's words may repeat whom the client has named, without what makes it known for a mailbox.
    fileprivate func mayName(_ text: QuotedText) -> Bool {
        let recipients = facts.transactions.reduce(0) { $0 + $1.recipients.count }
        // Whom it named besides is not known here.
        if asksForNames || facts.mailCommands > facts.transactions.count || facts.rcptCommands > recipients {
            return true
        }
        let words = Set(text.full.words)
        return facts.transactions.contains { transaction in
            ([transaction.sender] + transaction.recipients).contains { mailbox in
                !mailbox.localPart.words.allSatisfy { !words.contains($0) }
            }
        }
    }
}

extension StringProtocol {
    /// Runs of letters and digits, in small letters.
    fileprivate var words: [String] {
        split { !$0.isLetter && !$0.isNumber }.map { $0.lowercased() }
    }
}

extension QuotedText {
    /// What stands before a mailbox's last `@`.
    fileprivate var localPart: Substring { full[..<(full.lastIndex(of: "@") ?? full.endIndex)] }

    /// It names STARTTLS, and does not say that there is none.
    fileprivate var demandsStartTLS: Bool {
        guard holds("STARTTLS") else { return false }
        return full.uppercased().split { ";,.".contains($0) }.contains { clause in
            guard let word = clause.ranges(of: "STARTTLS").first else { return false }
            let (before, behind) = (clause[..<word.lowerBound], clause[word.upperBound...])
            if before.hasSuffix("NO ") || Self.denials.contains(where: { behind.contains($0) }) { return false }
            return Self.demands.contains { clause.contains($0) } || !Self.denials.contains { before.contains($0) }
        }
    }

    private static let demands = ["MUST", "FIRST", "UNTIL", "REQUIRE"]
    private static let denials = [" NOT ", "N'T ", "UNAVAILABLE", "DISABLED", "UNSUPPORTED"]

    /// In any letter case.
    private func holds(_ word: StaticString) -> Bool {
        let octets = full.utf8Span.span
        return octets.indices.contains { octets.extracting(droppingFirst: $0).starts(withASCII: word) }
    }
}

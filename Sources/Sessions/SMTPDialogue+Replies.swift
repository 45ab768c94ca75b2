import Wire

/// Lines of a reply that has not ended yet.
struct ReplyInProgress: Sendable, Equatable {
    var code: ReplyCode
    /// Text of the opening line: where a server names itself in its greeting.
    var opening = QuotedText.empty
    /// The lines behind the opening one; kept for what may be a reply to EHLO.
    var keywords: [Excerpt] = []
    var lines = 0
    /// Why nobody can say what it lacks.
    var cut: Unobservable?
    /// Octets of memory that the lines take, roughly.
    var cost = 0
}

extension SMTPDialogue {
    /// Reads one line of the server; answers the octets taken off.
    mutating func readServer(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) -> Int {
        serverIsSeen = true
        guard let found = serverLines.next(octets) else {
            if behindReadyIsUnfinished {
                let line = serverLines.tail
                extendBehindReady(line.span, isFinished: false)
            }
            return octets.count
        }
        let start = position.advanced(by: found.consumed - found.length)
        if found.isCut { context.noteCutLine() }
        if found.isBuffered {
            let line = serverLines.takeTail()
            if behindReadyIsUnfinished { extendBehindReady(line.span, isFinished: true) }
            take(SMTPLine(line.span), found.length, start, &context)
            serverLines.giveBack(line)
        } else {
            take(SMTPLine(octets.extracting(first: found.read)), found.length, start, &context)
        }
        return found.consumed
    }

    private mutating func take(
        _ line: borrowing SMTPLine, _ length: Int, _ position: StreamPosition, _ context: inout SessionContext
    ) {
        // What of it may be shown, where anybody wants to know.
        context.disclosure?.takeReply(
            line, length: length, at: position.offset, acknowledged: position.acknowledged,
            isWhole: startIsSeen && !hasGap)
        guard let parsed = try? SMTPReplyLine(parsing: line.octets) else {
            facts.unrecognizedLines += 1
            if !sawReply, startIsSeen, !hasGap { serverIsForeign = true }
            // A line that cannot be read may have held what the reply seems to lack.
            reply?.cut = .unclearReply
            return
        }
        // Taken out, so that its lines are not copied with each one that comes.
        var current = reply.take() ?? ReplyInProgress(code: parsed.code)
        // Lines of one reply share its code (RFC 5321 §4.2.1). Where they do not, the last one's counts, and nobody can say what
        // the reply lacks.
        if current.code != parsed.code {
            current.code = parsed.code
            current.cut = .unclearReply
        }
        // Some clients take a carriage return alone for the end of a line, and read more lines than stand here.
        if parsed.text.firstIndex(of: ASCII.carriageReturn) != nil { current.cut = .unclearReply }
        let made = context.texts.octetsMade
        let text = context.texts.text(parsed.text)
        if current.lines > 0 {
            if current.keywords.count < EHLOReply.maximumKeywords {
                // Few servers list more: instead of moving what there is again and again.
                if current.keywords.isEmpty { current.keywords.reserveCapacity(8) }
                current.keywords.append(position.excerpt(.server, text))
                current.cost += context.texts.octetsMade - made + MemoryLayout<Excerpt>.size
            } else {
                current.cut = .budget
                // Whoever adds words must not hide which of them are gone.
                if EHLOReply.offersOfTLS.contains(text.keyword),
                    !current.keywords.contains(where: { $0.octets.keyword == text.keyword })
                {
                    current.keywords.append(position.excerpt(.server, text))
                }
            }
        }
        if current.lines == 0 {
            current.opening = text
            // Keywords stand behind the opening line (RFC 5321 §4.1.1.1); who looks for them there, too, finds the offer.
            if text.keyword == "STARTTLS" { current.cut = .unclearReply }
        }
        current.lines += 1
        reply = parsed.isLast ? nil : current
        if parsed.isLast { finish(current, text, position) }
    }

    // MARK: Replies that repeat what the client said

    /// The client may have said a secret, so that a reply, whichever command it seems to answer, may repeat it.
    private var clientMayHaveToldSecret: Bool {
        facts.firstAuth != nil || sawForeignCommand || clientIsAhead || clientLines.pending > 0
    }

    /// The same, of octets that were not seen as well.
    var replyMayRepeatSecret: Bool { hasGap || !startIsSeen || clientMayHaveToldSecret }

    /// Replies can be told from their order alone.
    private var isReliable: Bool { !hasGap && !pending.overflowed }

    // MARK: A reply is complete

    private mutating func finish(_ reply: ReplyInProgress, _ text: QuotedText, _ position: StreamPosition) {
        let isOpening = !sawReply
        sawReply = true
        // A message is none, and not to be repeated either.
        let quotable = replyMayRepeatSecret || facts.firstContent != nil ? .empty : text
        let closing = SMTPReply(code: reply.code, text: quotable, offset: position.offset)
        noteUnusual(reply, closing, text, position.frame)
        if contentDoubt != nil { settleDoubt(reply, position) }
        if endsContent(reply.code) { return answerContent(reply.code, position) }
        let command = pending.take(for: reply.code, isReliable: isReliable)
        if case .content = command {} else { repliesLeft = nil }
        switch command {
        case .greeting: noteGreeting(reply, position)
        case .xClient: answerXClient(reply, position)
        case .hello(let verb): answerHello(verb, reply, closing, position)
        case .startTLS: answerStartTLS(closing, position)
        case .auth(let index): answerAuth(index, reply.code, position)
        case .mail(let index):
            if reply.code.isPositive { transactionIsOpen = true }
            acceptedRecipients = 0
            answer(index) { $0.mailReply = Observed(reply.code, in: position.frame) }
        case .rcpt(let index):
            guard reply.code.isPositive else { break }
            acceptedRecipients += 1
            answer(index) { $0.rcptAccepted += 1 }
        case .data(let transaction): answerData(transaction, reply.code)
        case .content(let transaction, let isLast):
            answerContent(transaction, isLast, reply.code, position)
            if isLMTP, isLast { expectReplies(transaction) }
        case .reset: if reply.code.isPositive { transactionIsOpen = false }
        case .unknown: facts.note { $0.unknownCommand?.reply = Observed(reply.code, in: position.frame) }
        case .turn: if reply.code.isPositive { turn() }
        case .quit, .other: break
        case nil: answerNothing(reply, isOpening: isOpening, position)
        }
        if case .plaintext(let excerpt, answered: false) = startTLS.afterReady {
            startTLS.afterReady = .plaintext(excerpt, answered: true)
        }
    }

    mutating func noteGreeting(_ reply: ReplyInProgress, _ position: StreamPosition) {
        // Who had received nothing repeats nothing, even where a tap shows what the client sent afterwards before it.
        let answersNothing = startIsSeen && !hasGap && facts.greeting == nil && position.acknowledged == 0
        let text = clientMayHaveToldSecret && !answersNothing ? .empty : reply.opening
        facts.greeting = Observed(SMTPReply(code: reply.code, text: text, offset: position.offset), in: position.frame)
    }

    private mutating func answer(_ index: Int, _ change: (inout MailTransaction) -> Void) {
        guard facts.transactions.indices.contains(index) else { return }
        change(&facts.transactions[index])
    }

    private mutating func answerHello(
        _ verb: SMTPVerb, _ reply: ReplyInProgress, _ closing: SMTPReply, _ position: StreamPosition
    ) {
        if reply.code == .ok {
            transactionIsOpen = false
            if verb != .helo {
                noteCapabilities(reply, position)
            } else if facts.ehloRefused != nil {
                facts.note { $0.heloAccepted = $0.heloAccepted ?? position.frame }
            }
        } else if reply.code.isPermanentFailure, verb == .ehlo {
            facts.ehloRefused = facts.ehloRefused ?? Observed(closing, in: position.frame)
        }
    }

    /// After STARTTLS was accepted, a reply to EHLO in clear tells nothing about the offer (RFC 3207 §4.2).
    private mutating func noteCapabilities(_ reply: ReplyInProgress, _ position: StreamPosition) {
        guard startTLS.reply?.value.code != .serviceReady else { return }
        // A single line may as well answer a command that was not seen.
        if !isReliable || !startIsSeen, reply.keywords.isEmpty { return }
        var ehlo = EHLOReply(frame: position.frame, keywords: reply.keywords, cut: reply.cut)
        if replyMayRepeatSecret, !reply.keywords.isEmpty {
            guard Self.areCapabilities(reply.keywords) else { return }
            if clientMayHaveToldSecret || !Self.areServersOwn(reply.keywords) { ehlo = ehlo.withoutRepetitions }
        }
        facts.ehlo = ehlo
        ehloCost = reply.cost
        if let line = ehlo.startTLS {
            guard startTLS.offered?.value != true else { return }
            // What the client sent before was no answer to it.
            startTLS.unusedBy = nil
            startTLS.offered = Observed(true, in: line.frame)
        } else if ehlo.cut == nil || ehlo.cut == .budget, startTLS.offered == nil {
            startTLS.offered = Observed(false, in: position.frame)
        }
    }

    private mutating func answerStartTLS(_ reply: SMTPReply, _ position: StreamPosition) {
        startTLS.reply = Observed(reply, in: position.frame)
        startTLSSent = nil
        if case .waiting(.startTLS) = client { client = .command }
        guard reply.code == .serviceReady else { return }
        noteStateBeforeTLS()
        awaitsTLS = true
        startTLS.afterRefusal = .nothing
    }

    private mutating func answerAuth(_ index: Int, _ code: ReplyCode, _ position: StreamPosition) {
        if case .waiting(.auth(index)) = client { client = code.isIntermediate ? .authResponse(index) : .command }
        if code.isFailure, clientIsAhead { refusedLogin = index }
        guard facts.authentications.indices.contains(index), !code.isIntermediate else { return }
        facts.authentications[index].reply = Observed(code, in: position.frame)
        guard facts.authentications[index].outcome == .unanswered else { return }
        if code == .authenticated {
            facts.authentications[index].outcome = .accepted
        } else if code.isFailure {
            facts.authentications[index].outcome = .refused
        }
    }

    private mutating func answerData(_ transaction: Int?, _ code: ReplyCode) {
        guard case .waiting(.data) = client else { return }
        if code == .startMailInput {
            client = .content(beginningOfContent, transaction)
        } else if code.isFailure {
            client = .command
            if hasGap { doubtCommands() }
        } else {
            unusualDataReply = true
        }
    }

    private mutating func answerContent(
        _ transaction: Int?, _ isLast: Bool, _ code: ReplyCode, _ position: StreamPosition
    ) {
        if code.isUnknownCommand, !chunkHasBegun, case .chunk = client { refusedChunk = position.offset }
        guard isLast else { return }
        transactionIsOpen = false
        if code.isPositive { facts.messagesAccepted += 1 }
        if let transaction { answer(transaction) { $0.contentReply = Observed(code, in: position.frame) } }
    }

    /// As many as recipients were accepted, which a client that pipelines does not know yet when it sends the content.
    private mutating func expectReplies(_ transaction: Int?) {
        let left = (repliesLeft ?? max(1, acceptedRecipients)) - 1
        repliesLeft = left > 0 ? left : nil
        if left > 0 { pending.putBack(.content(transaction, isLast: true)) }
    }

    /// While the client's content seems to go on, a final reply says that it has ended where its end may be missing here, or
    /// the server takes bare line feeds for it.
    private func endsContent(_ code: ReplyCode) -> Bool {
        guard case .content(let scanner, _) = client, pending.isEmpty else { return false }
        return (scanner.sawBareEnd || hasGap) && (code.isPositive || code.isFailure)
    }

    private mutating func answerContent(_ code: ReplyCode, _ position: StreamPosition) {
        guard case .content(_, let transaction) = client else { return }
        client = .command
        // Or it has not ended, and the server has had enough of it.
        if hasGap || code.isFailure { doubtCommands() }
        clientLines.reset()
        answerContent(transaction, true, code, position)
    }

    /// A reply that answers no command that was seen.
    private mutating func answerNothing(
        _ reply: ReplyInProgress, isOpening: Bool, _ position: StreamPosition
    ) {
        if case .content = client, reply.code.isFailure {
            earlyContentReply = true
        } else if reply.code == .startMailInput {
            takeUnaskedInput()
        } else if facts.greeting == nil, isOpening, reply.code == .serviceReady, !hasGap {
            noteGreeting(reply, position)
        } else if reply.code == .ok, reply.lines > 1, Self.areCapabilities(reply.keywords) {
            noteCapabilities(reply, position)
        }
    }

    /// A 354 that answers nothing: where octets are missing, its DATA is among them, or was given up with them.
    private mutating func takeUnaskedInput() {
        guard hasGap || !startIsSeen else { return }
        switch client {
        case .command, .waiting(.data): break
        default: return
        }
        unusualDataReply = false
        client = .content(beginningOfContent, transaction)
        clientLines.reset()
    }

    /// Keywords that only a reply to EHLO lists: enough to know one whose command was not captured.
    static func areCapabilities(_ lines: [Excerpt]) -> Bool {
        lines.contains { known.contains($0.octets.keyword) }
    }

    /// The same of those that no client says: so the lines do not repeat what one has said.
    private static func areServersOwn(_ lines: [Excerpt]) -> Bool {
        lines.contains { ownToServers.contains($0.octets.keyword) }
    }

    private static let known = ownToServers.union(["STARTTLS", "AUTH", "ETRN"])
    private static let ownToServers: Set<String> = [
        "PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "DSN", "SMTPUTF8",
    ]
}

import Wire

/// Reads an SMTP dialogue in clear, both directions, and collects what it shows (RFC 5321, 2920, 3030, 3207, 4954).
///
/// Each call takes one item (a line, a stretch of content) off the front of a direction and says what is to come.
struct SMTPDialogue: Sendable, Equatable {
    var facts = SMTPFacts()
    var startTLS = StartTLSFacts()
    var pending = PendingReplies()
    var client = ClientState.command
    var clientLines = LineReader()
    var serverLines = LineReader()
    var reply: ReplyInProgress?
    /// Octets are missing so far, so that replies may answer commands that were not seen.
    var hasGap = false
    /// The reply to a STARTTLS was 220, and nothing of the client has been seen since.
    var awaitsTLS = false
    /// How far the client had received the server's stream when it sent a STARTTLS whose reply was not seen.
    var startTLSSent: Int64?
    /// The server's direction was seen.
    var serverIsSeen = false
    /// Commands that only a mail client sends were seen.
    var sawMailVerb = false
    var sawReply = false
    /// The server began with a line that is no reply.
    var serverIsForeign = false
    var sawKnownCommand = false
    /// The streams begin where the connection did.
    let startIsSeen: Bool
    /// Octets of the client were seen that wait to be read.
    var clientIsAhead = false
    /// The client's line that was seen before all others.
    var firstLine: Excerpt?
    /// A client's line that is no command of mail.
    var sawForeignCommand = false
    /// Behind the word of the line with which the client may have begun to tell a secret; until that was asked for.
    var secretStart: Int64?
    /// AUTH, DATA and BDAT.
    private static let lengthOfVerb: Int64 = 4
    /// The transaction that MAIL began, as an index into `facts.transactions`; `nil` beyond the maximum kept.
    var transaction: Int?
    /// A command had an argument that is not kept (VRFY, EXPN): it may have named somebody.
    var asksForNames = false
    /// Where content began of which nothing but what may be its end was seen.
    var lonePlace: StreamPosition?
    /// LMTP answers content once for each accepted recipient (RFC 2033 §4.2).
    var isLMTP = false
    var acceptedRecipients = 0
    /// How many of those replies are still to come, once the leading one has.
    var repliesLeft: Int?
    /// A failure that the server gave while the content was still coming.
    var earlyContentReply = false
    /// DATA was answered by a 2xx, not by 354, or its reply is lost: what the client sends next tells how it took that.
    var unusualDataReply = false
    /// The client's command before the one being read.
    var previousVerb: SMTPVerb?
    /// MAIL was accepted, and its transaction was neither finished nor given up.
    var transactionIsOpen = false
    /// A handshake has failed, and nothing of the client in clear was seen since.
    var isBehindFailedTLS = false
    /// Behind its 220 to STARTTLS the server answered the client's handshake with a refusal in clear.
    var refusesTLS = false

    /// The client's octets may be content.
    var contentDoubt: ContentDoubt?
    /// Where the server's reply stands that knew of no chunks, while one was to come.
    var refusedChunk: Int64?
    /// Octets of the chunk that is to come were seen, or lost.
    var chunkHasBegun = false

    /// AUTH was refused, as an index into `facts.authentications`, and lines that the client had sent behind it without waiting
    /// are being read.
    var refusedLogin: Int?
    /// TURN was accepted: who was the client is the server from then on.
    var isTurned = false

    /// The line behind the 220 to STARTTLS that was noted has not come to its end.
    var behindReadyIsUnfinished = false

    /// Memory of the facts that are kept to the end, and of the latest reply to EHLO, roughly, in octets.
    var factsCost = 0
    var ehloCost = 0

    /// Octets of memory that the dialogue holds, roughly.
    var cost: Int {
        factsCost + ehloCost + (reply?.cost ?? 0) + pending.cost + clientLines.tail.count + serverLines.tail.count
    }

    /// What the client's next octets are.
    enum ClientState: Sendable, Equatable {
        case command
        /// They depend on the reply to the command before them.
        case waiting(For)
        /// The line after a 334.
        case authResponse(Int)
        case content(ContentScanner, Int?)
        case chunk(remaining: Int64, Int?)

        enum For: Sendable, Equatable {
            case startTLS
            case auth(Int)
            case data(Int?)
        }
    }

    /// What reading one item came to.
    enum Step: Sendable {
        case consumed(Int)
        /// Nothing more can be read before the server's reply is known.
        case mustWait
    }

    init(startIsSeen: Bool) {
        self.startIsSeen = startIsSeen
        if startIsSeen { pending.append(.greeting, sentAt: nil) } else { contentDoubt = ContentDoubt() }
    }

    /// More commands were under way than are kept.
    var hasForgottenCommands: Bool { pending.overflowed }

    /// A STARTTLS was sent, and its reply has not come yet.
    var awaitsReplyToStartTLS: Bool { pending.contains { $0 == .startTLS } }

    /// Whether this is mail at all. On the ports of mail a reply or a known command is enough; elsewhere other
    /// protocols with replies of three digits (FTP, NNTP) must be told apart by the client's commands.
    func looksLikeMail(on role: PortRole) -> Bool {
        if sawMailVerb { return true }
        let sawReply = sawReply && (!serverIsForeign || facts.ehlo != nil)
        if role == .other { return sawReply && !sawForeignCommand }
        return sawReply || sawKnownCommand
    }

    /// What the client sends next cannot be read before the server's reply is known.
    var mustWait: Bool {
        guard case .waiting = client else { return false }
        return serverIsSeen && !unusualDataReply
    }

    /// Reads one item of the client. `forced` says that no reply will come, so that what follows must be guessed.
    mutating func readClient(
        _ octets: Span<UInt8>, _ position: StreamPosition, forced: Bool, _ context: inout SessionContext
    ) -> Step {
        switch client {
        case .waiting(let reason):
            guard forced || !mustWait else { return .mustWait }
            guess(reason, octets)
            return .consumed(0)
        case .content(let scanner, let transaction):
            return readContent(octets, scanner, transaction, position, &context)
        case .chunk(let remaining, let transaction):
            if isWithoutChunk(position) { return .consumed(0) }
            return readChunk(octets, remaining, transaction, position)
        case .command, .authResponse:
            return readLine(octets, position, &context)
        }
    }

    // MARK: Lines

    private mutating func readLine(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) -> Step {
        guard let found = clientLines.next(octets) else { return .consumed(octets.count) }
        let start = position.advanced(by: found.consumed - found.length)
        if found.isCut { context.noteCutLine() }
        if found.isBuffered {
            let line = clientLines.takeTail()
            take(SMTPLine(line.span), found.length, start, isCut: found.isCut, &context)
            clientLines.giveBack(line)
        } else {
            take(SMTPLine(octets.extracting(first: found.read)), found.length, start, isCut: found.isCut, &context)
        }
        return .consumed(found.consumed)
    }

    private mutating func take(
        _ line: borrowing SMTPLine, _ length: Int, _ position: StreamPosition, isCut: Bool,
        _ context: inout SessionContext
    ) {
        if line.endsInBareLineFeed, !isCut {
            // What may be content says nothing of how its client ends lines.
            if contentDoubt == nil { facts.bareLineFeeds += 1 }
            noteBareLineFeed(.bareLineFeed, position)
        }
        noteLineInDoubt(line.octets)
        let mightHoldSecret = mayHoldSecret
        defer { if !mightHoldSecret, mayHoldSecret { secretStart = position.offset + Self.lengthOfVerb } }
        if case .authResponse(let index) = client, !Self.isQuit(line.octets) {
            takeAuthResponse(line, index, position)
            disclose(line, length, nil, position, &context)
        } else {
            if case .authResponse = client { client = .command }
            if let login = refusedLogin, takeRefusedResponse(line, login, position) {
                disclose(line, length, nil, position, &context)
            } else if let end = Self.endBeforeBareCarriageReturn(line.octets, isCut: isCut) {
                // What stands behind it is a line for some servers: it is neither read nor shown.
                noteBareCarriageReturn(position.advanced(by: end))
                disclose(line, length, nil, position, &context)
                takeInDoubt(context.command(line.octets.extracting(first: end)), position)
            } else {
                let command = context.command(line.octets)
                disclose(line, length, command, position, &context)
                if isCut { noteCutCommand(command) }
                takeInDoubt(command, position)
            }
        }
    }

    /// A command is copied only where it is doubted.
    private mutating func takeInDoubt(_ command: SMTPCommand, _ position: StreamPosition) {
        if contentDoubt == nil { take(command, position) } else { take(noteInDoubt(command, position), position) }
    }

    /// Says what of a line of the client may be shown, where anybody wants to know.
    private func disclose(
        _ line: borrowing SMTPLine, _ length: Int, _ command: SMTPCommand?, _ position: StreamPosition,
        _ context: inout SessionContext
    ) {
        context.disclosure?.take(
            line, length: length, command: command, at: position.offset,
            isCertain: startIsSeen && !hasGap && contentDoubt == nil)
    }

    /// A client may leave instead of answering. No secret reads like that: in base64 it would be three octets of which
    /// the last is a control character.
    private static func isQuit(_ line: Span<UInt8>) -> Bool {
        line.count == 4 && line.starts(withASCII: "QUIT")
    }

    /// One line of an AUTH exchange (RFC 4954 §4): `*` cancels, an empty one gives nothing away.
    private mutating func takeAuthResponse(_ line: borrowing SMTPLine, _ index: Int, _ position: StreamPosition) {
        let isCancelled = line.octets.count == 1 && line.octets[0] == UInt8(ascii: "*")
        pending.append(.auth(index), sentAt: position.acknowledged)
        client = .waiting(.auth(index))
        guard facts.authentications.indices.contains(index) else { return }
        facts.authentications[index].clientLines += 1
        if isCancelled {
            facts.authentications[index].outcome = .cancelled
        } else if !line.octets.isEmpty, facts.authentications[index].response == nil {
            facts.authentications[index].response = position.excerpt(.client, .response)
        }
    }

    private mutating func take(_ command: SMTPCommand, _ position: StreamPosition) {
        let excerpt = position.excerpt(.client, command.quoted)
        if awaitsTLS, wasSentBeforeReady(position) { return notePipelined(at: position) }
        if let sent = startTLSSent, let received = position.acknowledged, received <= sent, command.verb != .startTLS {
            return noteBehindUnanswered(command, position)
        }
        if firstLine == nil { firstLine = excerpt }
        noteAfterStartTLS(command, excerpt)
        noteUnusual(command, excerpt)
        defer { previousVerb = command.verb }
        if command.verb != .unrecognized { sawKnownCommand = true }
        if case .unexpected = command.argument { asksForNames = true }
        switch (command.verb, command.argument) {
        case (.ehlo, .name(let name)), (.helo, .name(let name)), (.lhlo, .name(let name)):
            takeHello(command.verb, name, position)
        case (.mail, .path(let sender)): takeMail(sender, excerpt, position)
        case (.rcpt, .path(let recipient)): takeRecipient(recipient, excerpt, position)
        case (.data, _): takeData(position)
        case (.bdat, .chunk(let size, let isLast)): takeChunk(size, isLast, position)
        case (.auth, .sasl(let mechanism, let initial)), (.xExps, .sasl(let mechanism, let initial)):
            takeAuth(mechanism, initial, excerpt, position)
        case (.startTLS, let argument), (.xAnonymousTLS, let argument):
            // It takes none (RFC 3207 §4): the reply may repeat what stood there.
            if case .unexpected = argument { sawForeignCommand = true }
            takeStartTLS(command.verb, excerpt, position)
        case (.quit, _):
            facts.quit = facts.quit ?? position.frame
            pending.append(.quit, sentAt: position.acknowledged)
        case (.xClient, _): pending.append(.xClient, sentAt: position.acknowledged)
        case (.turn, _), (.atrn, _): pending.append(.turn, sentAt: position.acknowledged)
        case (.rset, _): pending.append(.reset, sentAt: position.acknowledged)
        case (.bdat, _):
            // A size that cannot be read: the server refuses it, and no chunk follows that could be told from commands.
            facts.bdatCommands += 1
            pending.append(.other, sentAt: position.acknowledged)
        case (.unrecognized, _):
            facts.unrecognizedLines += 1
            takeUnknown(command, excerpt, position)
            sawForeignCommand = true
        default:
            pending.append(.other, sentAt: position.acknowledged)
        }
    }

    /// TLS has failed, and both sides speak SMTP in clear again.
    mutating func returnToCommands() {
        isBehindFailedTLS = true
        client = .command
        clientLines.reset()
        serverLines.reset()
        behindReadyIsUnfinished = false
        reply = nil
    }

    // MARK: Missing octets

    /// `count` octets of the client will never be seen.
    mutating func loseClient(_ count: Int64) {
        hasGap = true
        clientLines.reset()
        if awaitsTLS {
            awaitsTLS = false
            startTLS.afterReady = .notObservable
        }
        switch client {
        case .content(var scanner, let transaction):
            scanner.skip(count)
            client = .content(scanner, transaction)
        case .chunk(let remaining, let transaction):
            chunkHasBegun = true
            client = remaining > count ? .chunk(remaining: remaining - count, transaction) : .command
        // Content, or its beginning, where the reply says so.
        case .waiting(.data): noteLostReplyToData()
        case .command, .waiting, .authResponse: client = .command
        }
        // DATA may be among them, and the end of what followed one.
        if contentDoubt?.beginning != nil { contentDoubt?.mayHaveEnded = true }
        if case .command = client { doubtCommands() }
    }

    /// Octets of the server up to `offset` will never be seen.
    mutating func loseServer(before offset: Int64) {
        hasGap = true
        repliesLeft = nil
        serverLines.reset()
        behindReadyIsUnfinished = false
        reply = nil
        pending.loseReplies(before: offset)
        noteLostReplyToData()
    }

    /// Where the reply to DATA is lost, what the client sends next tells what it was.
    private mutating func noteLostReplyToData() {
        guard case .waiting(.data) = client, !pending.contains({ if case .data = $0 { true } else { false } }) else {
            return
        }
        unusualDataReply = true
    }
}

import Wire

/// Reads an SMTP dialogue in clear, both directions, and collects what it shows (RFC 5321, 2920, 3030, 3207, 4954).
///
/// Each call takes one item (a line, a stretch of content) off the front of a direction and says what is to come.
struct SMTPDialogue: Sendable {
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
    /// The server's direction was seen.
    var serverIsSeen = false
    /// Commands that only a mail client sends were seen.
    var sawMailVerb = false
    var sawReply = false
    var sawKnownCommand = false
    /// The streams begin where the connection did.
    let startIsSeen: Bool
    /// Octets of the client were seen that wait to be read.
    var clientIsAhead = false
    /// The client's line that was seen before all others.
    var firstLine: Excerpt?
    /// A client's line that is no command of mail.
    var sawForeignCommand = false
    /// The transaction that MAIL began, as an index into `facts.transactions`; `nil` beyond the maximum kept.
    var transaction: Int?
    /// LMTP answers content once for each accepted recipient (RFC 2033 §4.2).
    var isLMTP = false
    var acceptedRecipients = 0
    /// A failure that the server gave while the content was still coming.
    var earlyContentReply = false
    /// DATA was answered by a 2xx, not by 354: what the client sends next tells how it took that.
    var unusualDataReply = false

    /// Memory of the facts that are kept to the end, and of the latest reply to EHLO, roughly, in octets.
    var factsCost = 0
    var ehloCost = 0

    /// Octets of memory that the dialogue holds, roughly.
    var cost: Int {
        factsCost + ehloCost + (reply?.cost ?? 0) + pending.cost + clientLines.tail.count + serverLines.tail.count
    }

    /// What the client's next octets are.
    enum ClientState: Sendable {
        case command
        /// They depend on the reply to the command before them.
        case waiting(For)
        /// The line after a 334.
        case authResponse(Int)
        case content(ContentScanner, Int?)
        case chunk(remaining: Int64, Int?)

        enum For: Sendable {
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
        if startIsSeen { pending.append(.greeting, sentAt: nil) }
    }

    /// A STARTTLS was sent, and its reply has not come yet.
    var awaitsReplyToStartTLS: Bool { pending.contains { $0 == .startTLS } }

    /// Whether this is mail at all. On the ports of mail a reply or a known command is enough; elsewhere other
    /// protocols with replies of three digits (FTP, NNTP) must be told apart by the client's commands.
    func looksLikeMail(on role: PortRole) -> Bool {
        if sawMailVerb { return true }
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
            return readContent(octets, scanner, transaction, position)
        case .chunk(let remaining, let transaction):
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
        if found.isBuffered {
            let line = clientLines.takeTail()
            take(SMTPLine(line.span), start, isCut: found.length > LineReader.limit, &context)
            clientLines.giveBack(line)
        } else {
            take(SMTPLine(octets.extracting(first: found.consumed)), start, isCut: false, &context)
        }
        return .consumed(found.consumed)
    }

    private mutating func take(
        _ line: borrowing SMTPLine, _ position: StreamPosition, isCut: Bool, _ context: inout SessionContext
    ) {
        if line.endsInBareLineFeed, !isCut { facts.bareLineFeeds += 1 }
        if case .authResponse(let index) = client, !Self.isQuit(line.octets) {
            takeAuthResponse(line, index, position)
        } else {
            if case .authResponse = client { client = .command }
            take(context.command(line.octets), position)
        }
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
        if firstLine == nil { firstLine = excerpt }
        noteAfterStartTLS(command, excerpt)
        if command.verb != .unrecognized { sawKnownCommand = true }
        switch (command.verb, command.argument) {
        case (.ehlo, .name(let name)), (.helo, .name(let name)), (.lhlo, .name(let name)):
            takeHello(command.verb, name, position)
        case (.mail, .path(let sender)): takeMail(sender, excerpt, position)
        case (.rcpt, .path(let recipient)): takeRecipient(recipient, position)
        case (.data, _): takeData(position)
        case (.bdat, .chunk(let size, let isLast)): takeChunk(size, isLast, position)
        case (.auth, .sasl(let mechanism, let initial)), (.xExps, .sasl(let mechanism, let initial)):
            takeAuth(mechanism, initial, excerpt, position)
        case (.startTLS, _), (.xAnonymousTLS, _): takeStartTLS(excerpt, position)
        case (.quit, _):
            facts.quit = facts.quit ?? position.frame
            pending.append(.quit, sentAt: position.acknowledged)
        case (.xClient, _): pending.append(.xClient, sentAt: position.acknowledged)
        case (.bdat, _):
            // A size that cannot be read: the server refuses it, and no chunk follows that could be told from commands.
            facts.bdatCommands += 1
            pending.append(.other, sentAt: position.acknowledged)
        case (.unrecognized, _):
            facts.unrecognizedLines += 1
            sawForeignCommand = true
            pending.append(.other, sentAt: position.acknowledged)
        default:
            pending.append(.other, sentAt: position.acknowledged)
        }
    }

    // MARK: Commands

    private mutating func takeHello(_ verb: SMTPVerb, _ name: QuotedText, _ position: StreamPosition) {
        sawMailVerb = true
        isLMTP = verb == .lhlo
        facts.clientName = Observed(name, in: position.frame)
        facts.isESMTP = verb != .helo
        pending.append(.hello(verb), sentAt: position.acknowledged)
    }

    private mutating func takeMail(_ sender: QuotedText, _ excerpt: Excerpt, _ position: StreamPosition) {
        sawMailVerb = true
        facts.mailCommands += 1
        facts.firstMail = facts.firstMail ?? excerpt
        acceptedRecipients = 0
        transaction = nil
        if facts.transactions.count < SMTPFacts.maximumTransactions {
            facts.transactions.append(MailTransaction(mail: excerpt, sender: sender))
            factsCost += excerpt.octets.cost + sender.cost + MemoryLayout<MailTransaction>.size
            transaction = facts.transactions.count - 1
        }
        pending.append(.mail(transaction ?? -1), sentAt: position.acknowledged)
    }

    private mutating func takeRecipient(_ recipient: QuotedText, _ position: StreamPosition) {
        sawMailVerb = true
        facts.rcptCommands += 1
        if let transaction {
            facts.transactions[transaction].rcptCommands += 1
            if facts.transactions[transaction].recipients.count < SMTPFacts.maximumRecipients {
                facts.transactions[transaction].recipients.append(recipient)
                factsCost += recipient.cost
            }
        }
        pending.append(.rcpt(transaction ?? -1), sentAt: position.acknowledged)
    }

    private mutating func takeData(_ position: StreamPosition) {
        facts.dataCommands += 1
        pending.append(.data(transaction), sentAt: position.acknowledged)
        client = .waiting(.data(transaction))
    }

    /// The chunk's octets follow at once; the server reads them even where it refuses them (RFC 3030 §2).
    private mutating func takeChunk(_ size: Int64, _ isLast: Bool, _ position: StreamPosition) {
        facts.bdatCommands += 1
        for _ in 0..<(isLast ? repliesToContent : 1) {
            pending.append(.content(transaction, isLast: isLast), sentAt: position.acknowledged)
        }
        if size > 0 { client = .chunk(remaining: size, transaction) }
    }

    private mutating func takeAuth(
        _ mechanism: SASLMechanism, _ hasInitialResponse: Bool, _ excerpt: Excerpt, _ position: StreamPosition
    ) {
        let index = facts.authentications.count
        facts.firstAuth = facts.firstAuth ?? excerpt
        if index < SMTPFacts.maximumAuthentications {
            var exchange = Authentication(
                mechanism: mechanism, command: excerpt, hasInitialResponse: hasInitialResponse)
            if hasInitialResponse { exchange.response = excerpt }
            facts.authentications.append(exchange)
            factsCost += excerpt.octets.cost + MemoryLayout<Authentication>.size
        }
        pending.append(.auth(index), sentAt: position.acknowledged)
        client = .waiting(.auth(index))
    }

    private mutating func takeStartTLS(_ excerpt: Excerpt, _ position: StreamPosition) {
        startTLS.requests += 1
        startTLS.request = startTLS.request ?? excerpt
        facts.startTLSCommands += 1
        pending.append(.startTLS, sentAt: position.acknowledged)
        client = .waiting(.startTLS)
    }

    /// What the client did after the server's answer to STARTTLS.
    private mutating func noteAfterStartTLS(_ command: SMTPCommand, _ excerpt: Excerpt) {
        if awaitsTLS {
            awaitsTLS = false
            startTLS.afterReady =
                command.verb == .quit ? .quit(excerpt.frame) : .plaintext(excerpt, answered: false)
        }
        guard let reply = startTLS.reply?.value, reply.code != .serviceReady else { return }
        switch command.verb {
        case .startTLS: startTLS.afterRefusal = .retried
        case .mail, .auth: startTLS.afterRefusal = .continuedInClear
        case .quit where startTLS.afterRefusal == .nothing: startTLS.afterRefusal = .quit
        default: break
        }
    }

    // MARK: Content

    private var repliesToContent: Int { isLMTP ? max(1, acceptedRecipients) : 1 }

    private mutating func noteContent(_ count: Int, _ transaction: Int?, _ position: StreamPosition) {
        guard count > 0 else { return }
        facts.contentOctets += UInt64(count)
        if facts.firstContent == nil {
            facts.firstContent = position.excerpt(.client, .content)
        }
        guard let transaction, facts.transactions.indices.contains(transaction) else { return }
        facts.transactions[transaction].contentOctets += UInt64(count)
        facts.transactions[transaction].content = facts.transactions[transaction].content ?? position.frame
    }

    private mutating func readContent(
        _ octets: Span<UInt8>, _ before: ContentScanner, _ transaction: Int?, _ position: StreamPosition
    ) -> Step {
        var scanner = before
        let end = scanner.scan(octets, acceptsBare: facts.bareLineFeeds > 0)
        noteContent(end ?? octets.count, transaction, position)
        guard let end else {
            client = .content(scanner, transaction)
            return .consumed(octets.count)
        }
        endContent(transaction, position)
        return .consumed(end)
    }

    private mutating func endContent(_ transaction: Int?, _ position: StreamPosition) {
        client = .command
        if earlyContentReply {
            earlyContentReply = false
            return
        }
        for _ in 0..<repliesToContent {
            pending.append(.content(transaction, isLast: true), sentAt: position.acknowledged)
        }
    }

    private mutating func readChunk(
        _ octets: Span<UInt8>, _ remaining: Int64, _ transaction: Int?, _ position: StreamPosition
    ) -> Step {
        let count = Int(min(remaining, Int64(octets.count)))
        noteContent(count, transaction, position)
        let left = remaining - Int64(count)
        client = left > 0 ? .chunk(remaining: left, transaction) : .command
        return .consumed(count)
    }

    // MARK: Where no reply tells

    /// Decides what the client's octets are while the reply that would tell is missing.
    private mutating func guess(_ reason: ClientState.For, _ octets: Span<UInt8>) {
        let looksLikeCommand = Self.looksLikeCommand(octets)
        unusualDataReply = false
        switch reason {
        case .startTLS: client = .command
        case .auth(let index): client = looksLikeCommand ? .command : .authResponse(index)
        case .data(let transaction):
            facts.contentInferred = true
            client = looksLikeCommand ? .command : .content(ContentScanner(), transaction)
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

    /// TLS has failed, and both sides speak SMTP in clear again.
    mutating func returnToCommands() {
        client = .command
        clientLines.reset()
        serverLines.reset()
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
            client = remaining > count ? .chunk(remaining: remaining - count, transaction) : .command
        case .command, .waiting, .authResponse:
            client = .command
        }
    }

    /// Octets of the server up to `offset` will never be seen.
    mutating func loseServer(before offset: Int64) {
        hasGap = true
        serverLines.reset()
        reply = nil
        pending.loseReplies(before: offset)
    }
}

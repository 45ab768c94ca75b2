import Wire

/// What each command of the client changes.
extension SMTPDialogue {
    mutating func takeHello(_ verb: SMTPVerb, _ name: QuotedText, _ position: StreamPosition) {
        sawMailVerb = true
        isLMTP = verb == .lhlo
        let observed = Observed(name, in: position.frame)
        if contentDoubt == nil { facts.clientName = observed } else { contentDoubt?.clientName = observed }
        facts.isESMTP = verb != .helo
        pending.append(.hello(verb), sentAt: position.acknowledged)
    }

    mutating func takeMail(_ sender: QuotedText, _ excerpt: Excerpt, _ position: StreamPosition) {
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

    mutating func takeRecipient(_ recipient: QuotedText, _ excerpt: Excerpt, _ position: StreamPosition) {
        sawMailVerb = true
        if facts.rcptCommands == 0, facts.firstMail == nil { facts.note { $0.firstRecipient = excerpt } }
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

    mutating func takeData(_ position: StreamPosition) {
        facts.dataCommands += 1
        pending.append(.data(transaction), sentAt: position.acknowledged)
        client = .waiting(.data(transaction))
    }

    /// The chunk's octets follow at once; the server reads them even where it refuses them (RFC 3030 §2).
    mutating func takeChunk(_ size: Int64, _ isLast: Bool, _ position: StreamPosition) {
        facts.bdatCommands += 1
        refusedChunk = nil
        chunkHasBegun = false
        for _ in 0..<(isLast ? repliesToContent : 1) {
            pending.append(.content(transaction, isLast: isLast), sentAt: position.acknowledged)
        }
        if size > 0 { client = .chunk(remaining: size, transaction) }
    }

    mutating func takeAuth(
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

    mutating func takeStartTLS(_ verb: SMTPVerb, _ excerpt: Excerpt, _ position: StreamPosition) {
        if startTLS.requests == 0 { startTLS.verb = verb }
        startTLS.requests += 1
        startTLS.request = startTLS.request ?? excerpt
        facts.startTLSCommands += 1
        pending.append(.startTLS, sentAt: position.acknowledged)
        client = .waiting(.startTLS)
    }

    /// What the client did after the server's answer to STARTTLS.
    mutating func noteAfterStartTLS(_ command: SMTPCommand, _ excerpt: Excerpt) {
        if awaitsTLS {
            awaitsTLS = false
            startTLS.afterReady =
                command.verb == .quit ? .quit(excerpt.frame) : .plaintext(excerpt, answered: false)
        }
        guard let reply = startTLS.reply?.value, reply.code != .serviceReady else { return }
        switch command.verb {
        case .startTLS, .xAnonymousTLS: startTLS.afterRefusal = .retried
        case .mail, .auth, .xExps: startTLS.afterRefusal = .continuedInClear
        case .quit where startTLS.afterRefusal == .nothing: startTLS.afterRefusal = .quit
        default: break
        }
    }
}

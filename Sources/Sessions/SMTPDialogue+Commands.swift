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
        noteUse(excerpt, position)
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
        pending.append(.content(transaction, isLast: isLast), sentAt: position.acknowledged)
        if size > 0 { client = .chunk(remaining: size, transaction) }
    }

    mutating func takeAuth(
        _ mechanism: SASLMechanism, _ hasInitialResponse: Bool, _ excerpt: Excerpt, _ position: StreamPosition
    ) {
        let index = facts.authentications.count
        facts.firstAuth = facts.firstAuth ?? excerpt
        noteUse(excerpt, position)
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

    /// A line that the client had sent behind an AUTH without waiting for its refusal: answers whether it is a response, which
    /// everybody on the path has read although the server never took it for one.
    mutating func takeRefusedResponse(
        _ line: borrowing SMTPLine, _ index: Int, _ position: StreamPosition
    ) -> Bool {
        guard facts.authentications.indices.contains(index),
            facts.authentications[index].mayBeAnswered(by: line.octets)
        else {
            refusedLogin = nil
            return false
        }
        facts.authentications[index].clientLines += 1
        facts.authentications[index].isInferred = true
        facts.authentications[index].response =
            facts.authentications[index].response ?? position.excerpt(.client, .response)
        pending.append(.other, sentAt: position.acknowledged)
        return true
    }

    mutating func takeStartTLS(_ verb: SMTPVerb, _ excerpt: Excerpt, _ position: StreamPosition) {
        if startTLS.requests == 0 { startTLS.verb = verb }
        startTLS.requests += 1
        startTLS.request = startTLS.request ?? excerpt
        facts.startTLSCommands += 1
        pending.append(.startTLS, sentAt: position.acknowledged)
        startTLSSent = position.acknowledged
        client = .waiting(.startTLS)
    }

    /// The client goes on in clear, having received the reply to EHLO: what it had sent before is no answer to that.
    mutating func noteUse(_ excerpt: Excerpt, _ position: StreamPosition) {
        guard case .none = startTLS.unusedBy, startTLS.offered != nil else { return }
        if let acknowledged = position.acknowledged, let told = facts.ehlo?.keywords.last?.offset, acknowledged <= told
        {
            return
        }
        startTLS.unusedBy = excerpt
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

extension Authentication {
    /// A line behind a refused AUTH is what its client would have answered to a challenge, and no command that is not known.
    fileprivate func mayBeAnswered(by line: Span<UInt8>) -> Bool {
        let responses = clientLines + (hasInitialResponse ? 1 : 0)
        guard mechanism.exposure == .secret, responses < (mechanism.name == "LOGIN" ? 2 : 1),
            SMTPVerb(line) == .unrecognized, let octets = Base64.decoded(line)
        else { return false }
        // Two names and a password (RFC 4616 §2).
        if mechanism.name == "PLAIN" { return octets.count { $0 == 0 } == 2 }
        // A name, a password or a token: text, which a word that is taken for base64 hardly ever is.
        return String(validating: octets, as: UTF8.self) != nil && octets.allSatisfy { $0 >= 0x20 || $0 == 1 }
    }
}

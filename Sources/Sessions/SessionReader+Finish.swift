import Wire

extension SessionReader {
    /// The session as it was observed; call `end` before. It hands over its facts, and has none behind it.
    public mutating func finish(
        id: SessionID, client: Endpoint, server: Endpoint, path: NetworkPath, role: PortRole,
        transport: consuming TransportFacts
    ) -> MailSession {
        // Who went on to use the keys was not cut.
        if tls?.facts.completed != true {
            // The server's answer in clear was the end of it, where both went on in clear.
            if phase == .dialogue { tls?.giveUp() } else { tls?.finish(transport) }
        }
        for index in transport.conflicts.indices {
            let conflict = transport.conflicts[index]
            transport.conflicts[index].place = place(of: conflict.offset, conflict.side)
        }
        if dialogue.startTLS.request != nil { dialogue.startTLS.completed = tls?.facts.serverHello != nil }
        if dialogue.startTLS.completed { dialogue.settleDoubtByTLS() }
        let application = spoken(role)
        let notObservable = unobserved(transport)
        let (errors, errorCount) = (tls?.errors ?? [], tls?.errorCount ?? 0)
        return MailSession(
            id: id, client: client, server: server, vlans: path.vlans, encapsulation: path.inner, role: role,
            transport: transport, application: application, smtp: dialogue.takeFacts(),
            startTLS: dialogue.takeStartTLS(), tls: tls?.takeFacts(), firstClientOctets: opening,
            notObservable: notObservable, errors: errors, errorCount: errorCount, apart: proxy)
    }

    /// The client's leading octets: the whole line in which they stand, where its end was seen.
    private var opening: Excerpt? {
        guard let first = firstClientOctets, let line = dialogue.firstLine, line.offset == first.offset else {
            return firstClientOctets
        }
        return line
    }

    private mutating func spoken(_ role: PortRole) -> ApplicationProtocol {
        // A server that answered in TLS had understood what the client said before in words that are unknown here.
        if application == .tlsHelloToPlaintextServer, tls?.facts.version == nil { return application }
        if outline.isBegun { return dialogue.hasLines && !outline.isImplicit ? .smtpThenTLS : .tls }
        guard dialogue.hasLines else { return firstClientOctets == nil ? .none : .notMail }
        return dialogue.looksLikeMail(on: role) ? .smtp : .notMail
    }

    private mutating func unobserved(_ transport: borrowing TransportFacts) -> [Unobserved] {
        var result: [Unobserved] = []
        tls?.facts.tellUnobserved(transport, &result)
        if dialogue.hasGap {
            result.append(Unobserved("dialogue", transport.truncatedSegments > 0 ? .truncatedPackets : .gap))
        }
        if dialogue.isTurned { result.append(Unobserved("dialogue", .rolesReversed)) }
        if transport.multipath != nil { result.append(Unobserved("other_subflows", .otherSubflows)) }
        if transport.mayLackPackets { result.append(Unobserved("end", .lostPackets)) }
        switch transport.capture {
        case .oneSided: result.append(Unobserved("other_direction", .oneSided))
        case .midStream: result.append(Unobserved("start", .midStream))
        case .complete, .halfOpen: break
        }
        return result
    }
}

extension TLSFacts {
    /// What of the handshake could not be seen. Mutating, although it changes nothing: it is copied to be asked.
    fileprivate mutating func tellUnobserved(_ transport: borrowing TransportFacts, _ result: inout [Unobserved]) {
        if case .notObservable(let why) = certificates {
            result.append(Unobserved("certificate", why))
        } else if hasUnreadMessage, case .notObserved = certificates,
            cipherSuite?.value.properties?.showsCertificate != false
        {
            result.append(Unobserved("certificate", .unreadableMessage))
        }
        if case .none = hello { result.append(Unobserved("client_hello", transport.whyIncomplete)) }
        if version == nil, completed != false {
            result.append(Unobserved("server_hello", hasUnreadMessage ? .unreadableMessage : transport.whyIncomplete))
        } else if completed == nil {
            result.append(Unobserved("handshake_end", whyEndless(transport)))
        }
    }

    /// Why it cannot be told whether both sides went on to use the keys.
    private func whyEndless(_ transport: borrowing TransportFacts) -> Unobservable {
        if sslv2ServerHello != nil { return .sslv2 }
        if hasUnreadMessage { return .unreadableMessage }
        let isWhole = transport.capture == .complete && transport.gapCount == 0 && transport.state != .open
        // In TLS 1.3 Finished and most alerts look alike from outside.
        return isWhole && version?.value.isTLS13 == true ? .encryptedByTLS13 : transport.whyIncomplete
    }
}

extension TransportFacts {
    /// Why a message of the handshake is missing.
    fileprivate var whyIncomplete: Unobservable {
        switch capture {
        case .oneSided: .oneSided
        case .midStream: .midStream
        case .complete, .halfOpen: gapCount > 0 ? .gap : .captureEnded
        }
    }
}

/// What was read is the session's from now on: it is handed over, and copied nowhere.
extension TLSHandshake {
    fileprivate mutating func takeFacts() -> TLSFacts {
        var taken = TLSFacts(isImplicit: facts.isImplicit)
        swap(&taken, &facts)
        return taken
    }
}

extension SMTPDialogue {
    /// `nil` where not one line was read.
    fileprivate mutating func takeFacts() -> SMTPFacts? {
        guard hasLines else { return nil }
        var taken = SMTPFacts()
        swap(&taken, &facts)
        return taken
    }

    fileprivate mutating func takeStartTLS() -> StartTLSFacts {
        var taken = StartTLSFacts()
        swap(&taken, &startTLS)
        return taken
    }
}

extension SMTPDialogue {
    /// At least one line of either side was read.
    var hasLines: Bool {
        sawReply || sawMailVerb || facts.unrecognizedLines > 0 || facts.quit != nil || startTLS.request != nil
            || !facts.authentications.isEmpty || !pending.isEmpty && pending.first != .greeting
    }

    var clientIsAtLineStart: Bool {
        switch client {
        case .command, .waiting(.startTLS): clientLines.pending == 0
        default: false
        }
    }

    var serverIsAtLineStart: Bool { serverLines.pending == 0 }
}

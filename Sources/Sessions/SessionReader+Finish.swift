import Wire

extension SessionReader {
    /// The session as it was observed; call `end` before.
    public mutating func finish(
        id: SessionID, client: Endpoint, server: Endpoint, path: NetworkPath, role: PortRole, transport: TransportFacts
    ) -> MailSession {
        tls?.finish(transport)
        var startTLS = dialogue.startTLS
        startTLS.completed = startTLS.request != nil && tls?.facts.serverHello != nil
        let application = spoken(role)
        var transport = transport
        for index in transport.conflicts.indices {
            let conflict = transport.conflicts[index]
            transport.conflicts[index].place = place(of: conflict.offset, conflict.side)
        }
        let session = MailSession(
            id: id, client: client, server: server, vlans: path.vlans, encapsulation: path.inner, role: role,
            transport: transport,
            application: application, smtp: dialogue.hasLines ? dialogue.facts : nil, startTLS: startTLS,
            tls: tls?.facts, firstClientOctets: opening,
            notObservable: unobserved(transport),
            errors: tls?.errors ?? [], errorCount: tls?.errorCount ?? 0)
        guard proxy.value != nil else { return session }
        var proxied = session
        proxied.apart = proxy
        return proxied
    }

    /// The client's leading octets: the whole line in which they stand, where its end was seen.
    private var opening: Excerpt? {
        guard let first = firstClientOctets, let line = dialogue.firstLine, line.offset == first.offset else {
            return firstClientOctets
        }
        return line
    }

    private func spoken(_ role: PortRole) -> ApplicationProtocol {
        // A server that answered in TLS had understood what the client said before in words that are unknown here.
        if application == .tlsHelloToPlaintextServer, tls?.facts.version == nil { return application }
        if tls != nil { return dialogue.hasLines && tls?.facts.isImplicit == false ? .smtpThenTLS : .tls }
        guard dialogue.hasLines else { return firstClientOctets == nil ? .none : .notMail }
        return dialogue.looksLikeMail(on: role) ? .smtp : .notMail
    }

    private func unobserved(_ transport: TransportFacts) -> [Unobserved] {
        var result: [Unobserved] = []
        if let facts = tls?.facts {
            if case .notObservable(let why) = facts.certificates { result.append(Unobserved("certificate", why)) }
            if facts.hello == nil { result.append(Unobserved("client_hello", reason(transport))) }
            if facts.version == nil, facts.completed != false {
                result.append(Unobserved("server_hello", reason(transport)))
            } else if facts.completed == nil {
                result.append(Unobserved("handshake_end", reasonForEnd(facts, transport)))
            }
        }
        if dialogue.hasGap {
            result.append(Unobserved("dialogue", transport.truncatedSegments > 0 ? .truncatedPackets : .gap))
        }
        if transport.multipath != nil { result.append(Unobserved("other_subflows", .otherSubflows)) }
        if transport.mayLackPackets { result.append(Unobserved("end", .lostPackets)) }
        switch transport.capture {
        case .oneSided: result.append(Unobserved("other_direction", .oneSided))
        case .midStream: result.append(Unobserved("start", .midStream))
        case .complete, .halfOpen: break
        }
        return result
    }

    /// Why it cannot be told whether both sides went on to use the keys.
    private func reasonForEnd(_ facts: TLSFacts, _ transport: TransportFacts) -> Unobservable {
        if facts.sslv2ServerHello != nil { return .sslv2 }
        let isWhole = transport.capture == .complete && transport.gapCount == 0 && transport.state != .open
        // In TLS 1.3 Finished and most alerts look alike from outside.
        return isWhole && facts.version?.value.isTLS13 == true ? .encryptedByTLS13 : reason(transport)
    }

    /// Why a message of the handshake is missing.
    private func reason(_ transport: TransportFacts) -> Unobservable {
        switch transport.capture {
        case .oneSided: .oneSided
        case .midStream: .midStream
        case .complete, .halfOpen: transport.gapCount > 0 ? .gap : .captureEnded
        }
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

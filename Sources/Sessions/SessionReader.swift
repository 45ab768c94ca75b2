import Wire

/// Turns the octets of one connection into facts: decides what is spoken, reads SMTP in clear, and hands over to TLS.
///
/// Octets come in order, and in causal order between the two directions; a hole comes as a gap.
package struct SessionReader: Sendable {
    private var phase = Phase.opening
    var dialogue: SMTPDialogue
    var tls: TLSHandshake?
    var application = ApplicationProtocol.none
    private(set) var firstClientOctets: Excerpt?
    /// Client octets that wait for the server's reply.
    private var stalled = Stall()
    /// Leading octets of the client, too few to tell what they are.
    private var undecided: [UInt8] = []
    private let startIsSeen: Bool
    private let role: PortRole

    private enum Phase: Sendable {
        /// Nothing was decided yet.
        case opening
        case dialogue
        case handshake
        /// Neither, or a mismatch: nothing more is read.
        case foreign
    }

    /// `startIsSeen` says that the streams begin where the connection did.
    package init(role: PortRole, startIsSeen: Bool) {
        self.role = role
        self.startIsSeen = startIsSeen
        dialogue = SMTPDialogue(startIsSeen: startIsSeen)
    }

    /// Octets of memory that the connection holds besides what each one takes, roughly.
    package var cost: Int { dialogue.cost + stalled.cost + (tls?.cost ?? 0) }

    /// Octets may be handed on without regard to the other direction: both carry protected records.
    package var isSkipping: Bool { tls?.isSkipping ?? false }

    /// Takes octets that are next in line.
    package mutating func read(
        _ octets: Span<UInt8>, from side: Side, _ position: StreamPosition, _ certificates: inout CertificateCache
    ) {
        if side == .client, let joined = joinUndecided(octets, position) {
            dispatch(joined.octets.span, side, joined.position, &certificates)
        } else {
            dispatch(octets, side, position, &certificates)
        }
    }

    /// Octets that were too few to tell what they are, with those that follow them; `nil` where there are none.
    private mutating func joinUndecided(_ octets: Span<UInt8>, _ position: StreamPosition) -> Stall.Piece? {
        guard !undecided.isEmpty else { return nil }
        var joined = undecided
        undecided = []
        let start = position.advanced(by: -joined.count)
        joined.append(copying: octets)
        return Stall.Piece(octets: joined, position: start)
    }

    /// `count` octets that were next in line will never be seen.
    package mutating func lose(
        _ count: Int64, at offset: Int64, of side: Side, _ certificates: inout CertificateCache
    ) {
        if side == .client { flushUndecided() }
        switch phase {
        case .opening, .dialogue:
            if side == .client {
                resume(forced: true, &certificates)
                dialogue.loseClient(count)
            } else {
                dialogue.loseServer(before: offset + count)
            }
            if phase == .handshake { tls?.lose(count, of: side) }
        case .handshake: tls?.lose(count, of: side)
        case .foreign: break
        }
    }

    /// No more octets will come.
    package mutating func end(_ certificates: inout CertificateCache) {
        flushUndecided()
        resume(forced: true, &certificates)
    }

    // MARK: Octets by phase

    private mutating func dispatch(
        _ octets: Span<UInt8>, _ side: Side, _ position: StreamPosition, _ certificates: inout CertificateCache
    ) {
        if side == .client, !stalled.isEmpty {
            stall(octets, position, &certificates)
        } else if side == .client {
            readClient(octets, position, forced: false, &certificates)
        } else {
            readServer(octets, position, &certificates)
        }
    }

    private mutating func readClient(
        _ octets: Span<UInt8>, _ position: StreamPosition, forced: Bool, _ certificates: inout CertificateCache
    ) {
        var rest = octets
        var position = position
        while !rest.isEmpty {
            switch phase {
            case .foreign: return
            case .handshake:
                if hasFailed, SMTPDialogue.looksLikeCommand(rest) {
                    resumeDialogue()
                    continue
                }
                tls?.read(rest, from: .client, position, &certificates)
                return
            case .opening, .dialogue:
                switch beginning(of: rest, position) {
                case .tls: continue
                case .undecided:
                    undecided = [UInt8](copying: rest)
                    return
                case .dialogue: break
                }
                switch dialogue.readClient(rest, position, forced: forced) {
                case .mustWait: return stall(rest, position, &certificates)
                case .consumed(let count):
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                }
            }
        }
    }

    private mutating func readServer(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ certificates: inout CertificateCache
    ) {
        var rest = octets
        var position = position
        while !rest.isEmpty {
            switch phase {
            case .foreign: return
            case .handshake:
                if isReplyToStartTLS(rest) {
                    let count = readReplyToStartTLS(rest, position)
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                    continue
                }
                if isGreetingToTLS(rest) { return mismatch(rest, position) }
                if hasFailed, rest.count >= 4, (try? SMTPReplyLine(parsing: rest).code) != nil {
                    resumeDialogue()
                    continue
                }
                tls?.read(rest, from: .server, position, &certificates)
                return
            case .opening, .dialogue:
                guard continueDialogue(rest, position) else { continue }
                dialogue.clientIsAhead = !stalled.isEmpty
                let count = dialogue.readServer(rest, position)
                rest = rest.extracting(droppingFirst: count)
                position = position.advanced(by: count)
                resume(forced: false, &certificates)
            }
        }
    }

    // MARK: What is spoken

    private enum Beginning {
        case tls, dialogue
        /// Too few octets to tell. No command begins like them.
        case undecided
    }

    /// What the client's octets begin where TLS may begin.
    private mutating func beginning(of octets: Span<UInt8>, _ position: StreamPosition) -> Beginning {
        guard dialogue.clientIsAtLineStart else { return .dialogue }
        switch TLSSignature.beginsTLS(octets) {
        case true?:
            noteFirst(position.excerpt(.client, QuotedText("(TLS record)")))
            beginTLS(position)
            return .tls
        case nil: return .undecided
        case false?: break
        }
        if phase == .opening, !startIsSeen, TLSSignature.isRecord(octets) == true {
            beginTLS(position)
            return .tls
        }
        noteFirst(position.excerpt(.client, QuotedText("(unfinished command, not shown)")))
        phase = .dialogue
        return .dialogue
    }

    private mutating func continueDialogue(_ octets: Span<UInt8>, _ position: StreamPosition) -> Bool {
        guard dialogue.serverIsAtLineStart, octets[0] < 0x20, TLSSignature.isRecord(octets) == true else {
            phase = .dialogue
            return true
        }
        // The client's hello is missing from the capture, or the server answers one that was taken for something else.
        beginTLS(position)
        return false
    }

    private mutating func beginTLS(_ position: StreamPosition) {
        let inDialogue = phase == .dialogue
        if !startIsSeen, dialogue.startTLS.request == nil, !dialogue.sawKnownCommand {
            // The 220 that this capture begins with answered a STARTTLS before it, and greeted nobody.
            dialogue.facts.greeting = nil
        }
        if inDialogue, dialogue.startTLS.request == nil, !dialogue.hasGap, startIsSeen, dialogue.facts.greeting != nil {
            application = .tlsHelloToPlaintextServer
        }
        if dialogue.awaitsTLS || dialogue.startTLS.request != nil {
            dialogue.awaitsTLS = false
            dialogue.startTLS.afterReady = .tls(position.frame)
        }
        tls = TLSHandshake(isImplicit: !inDialogue)
        phase = .handshake
    }

    /// The client began TLS before the server had answered its STARTTLS, as some do; the answer is still in clear.
    private func isReplyToStartTLS(_ octets: Span<UInt8>) -> Bool {
        guard let tls, !tls.serverHasSpoken, dialogue.awaitsReplyToStartTLS else { return false }
        return !dialogue.serverIsAtLineStart || ASCII.digit(octets[0]) != nil
    }

    private mutating func readReplyToStartTLS(_ octets: Span<UInt8>, _ position: StreamPosition) -> Int {
        let count = dialogue.readServer(octets, position)
        if dialogue.startTLS.reply?.value.code == .serviceReady {
            dialogue.awaitsTLS = false
        } else if !dialogue.awaitsReplyToStartTLS {
            // Refused: what the client sent for a handshake is none, and the dialogue goes on.
            tls = nil
            dialogue.startTLS.afterReady = .nothing
            resumeDialogue()
        }
        return count
    }

    /// The client began with TLS, the server answers with a reply in clear.
    private func isGreetingToTLS(_ octets: Span<UInt8>) -> Bool {
        guard let tls, !tls.serverHasSpoken, octets.count >= 4 else { return false }
        return (try? SMTPReplyLine(parsing: octets).code) != nil
    }

    /// A fatal alert in clear ended the handshake that STARTTLS had begun.
    private var hasFailed: Bool {
        guard let tls, !tls.facts.isImplicit, case .alert = tls.facts.failure else { return false }
        return true
    }

    /// Some clients go on in clear on the same connection after TLS has failed.
    private mutating func resumeDialogue() {
        phase = .dialogue
        dialogue.returnToCommands()
    }

    private mutating func mismatch(_ octets: Span<UInt8>, _ position: StreamPosition) {
        if tls?.facts.isImplicit == true { application = .tlsHelloToPlaintextServer }
        _ = dialogue.readServer(octets, position)
        phase = .foreign
    }

    private mutating func noteFirst(_ excerpt: Excerpt) {
        firstClientOctets = firstClientOctets ?? excerpt
    }

    // MARK: Waiting

    /// Octets too few to tell what they are, and no more will follow them.
    private mutating func flushUndecided() {
        guard !undecided.isEmpty else { return }
        undecided = []
        if phase == .opening { phase = .dialogue }
    }

    private mutating func stall(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ certificates: inout CertificateCache
    ) {
        stalled.append(octets, position)
        if stalled.cost > Stall.budget { resume(forced: true, &certificates) }
    }

    /// Reads on where the client had to wait, if it need not any more.
    private mutating func resume(forced: Bool, _ certificates: inout CertificateCache) {
        while let next = stalled.takeFirst() {
            let piece = joinUndecided(next.octets.span, next.position) ?? next
            if dialogue.awaitsTLS, TLSSignature.beginsTLS(piece.octets.span) == false {
                // Sent before the 220 was: a server must discard it (RFC 3207 §4.2).
                dialogue.startTLS.pipelined =
                    dialogue.startTLS.pipelined
                    ?? piece.position.excerpt(.client, QuotedText("(octets behind STARTTLS, not shown)"))
                continue
            }
            let waiting = stalled
            stalled = Stall()
            readClient(piece.octets.span, piece.position, forced: forced, &certificates)
            let mustWait = !stalled.isEmpty
            stalled.append(waiting)
            if mustWait { return }
        }
    }
}

/// Copies of client octets that cannot be read before a reply is known.
private struct Stall: Sendable {
    struct Piece: Sendable {
        let octets: [UInt8]
        let position: StreamPosition
    }

    private var pieces: [Piece] = []
    /// Octets held, with an allowance for each piece's own cost.
    private(set) var cost = 0

    /// Cost over which the reply is not waited for any longer. It bounds the pieces, too, which are moved about whole.
    static let budget = 64 << 10
    private static let overhead = 96

    var isEmpty: Bool { pieces.isEmpty }

    mutating func append(_ octets: Span<UInt8>, _ position: StreamPosition) {
        pieces.append(Piece(octets: [UInt8](copying: octets), position: position))
        cost += octets.count + Self.overhead
    }

    mutating func append(_ other: Stall) {
        pieces += other.pieces
        cost += other.cost
    }

    mutating func takeFirst() -> Piece? {
        guard !pieces.isEmpty else { return nil }
        let piece = pieces.removeFirst()
        cost -= piece.octets.count + Self.overhead
        return piece
    }
}

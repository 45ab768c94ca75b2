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

    /// Octets may be handed on without regard to the other direction: both carry protected records.
    package var isSkipping: Bool { tls?.isSkipping ?? false }

    /// Takes octets that are next in line.
    package mutating func read(
        _ octets: Span<UInt8>, from side: Side, _ position: StreamPosition, _ certificates: inout CertificateCache
    ) {
        if side == .client, !undecided.isEmpty {
            var joined = undecided
            undecided = []
            var start = position
            start.offset -= Int64(joined.count)
            joined.append(copying: octets)
            dispatch(joined.span, side, start, &certificates)
        } else {
            dispatch(octets, side, position, &certificates)
        }
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
                guard beginDialogue(rest, position) else { continue }
                if phase == .opening {
                    undecided = [UInt8](copying: rest)
                    return
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

    /// The client's octets stand where TLS may begin: `false` where they do begin it. Leaves `.opening` undecided
    /// while there are too few octets.
    private mutating func beginDialogue(_ octets: Span<UInt8>, _ position: StreamPosition) -> Bool {
        guard dialogue.clientIsAtLineStart else { return true }
        switch TLSSignature.beginsTLS(octets) {
        case true?:
            noteFirst(position.excerpt(.client, QuotedText("(TLS record)")))
            beginTLS(position)
            return false
        case nil where phase == .opening && !dialogue.hasLines: return true
        default: break
        }
        if phase == .opening, !startIsSeen, TLSSignature.isRecord(octets) == true {
            beginTLS(position)
            return false
        }
        noteFirst(position.excerpt(.client, QuotedText("(unfinished command, not shown)")))
        phase = .dialogue
        return true
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
            // Refused: what the client sent for a handshake is none.
            phase = .foreign
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
        phase = .dialogue
    }

    private mutating func stall(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ certificates: inout CertificateCache
    ) {
        stalled.append(octets, position)
        if stalled.octets > Stall.budget { resume(forced: true, &certificates) }
    }

    /// Reads on where the client had to wait, if it need not any more.
    private mutating func resume(forced: Bool, _ certificates: inout CertificateCache) {
        while let piece = stalled.takeFirst() {
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
    private(set) var octets = 0

    /// Octets over which the reply is not waited for any longer.
    static let budget = 64 << 10

    var isEmpty: Bool { pieces.isEmpty }

    mutating func append(_ octets: Span<UInt8>, _ position: StreamPosition) {
        pieces.append(Piece(octets: [UInt8](copying: octets), position: position))
        self.octets += octets.count
    }

    mutating func append(_ other: Stall) {
        pieces += other.pieces
        octets += other.octets
    }

    mutating func takeFirst() -> Piece? {
        guard !pieces.isEmpty else { return nil }
        let piece = pieces.removeFirst()
        octets -= piece.octets.count
        return piece
    }
}

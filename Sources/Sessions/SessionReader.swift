import Wire

/// Turns the octets of one connection into facts: decides what is spoken, reads SMTP in clear, and hands over to TLS.
///
/// Octets come in order, and in causal order between the two directions; a hole comes as a gap.
public struct SessionReader: Sendable, Equatable {
    var phase = Phase.opening
    var landmarks = Landmarks()
    var dialogue: SMTPDialogue
    var tls: TLSHandshake?
    /// What is asked of `tls` with every segment; brought up to date with each change of it.
    private(set) var outline = HandshakeOutline()
    var application = ApplicationProtocol.none
    private(set) var firstClientOctets: Excerpt?
    /// Client octets that wait for the server's reply.
    var stalled = Stall()
    var undecidedOfClient = Undecided()
    var undecidedOfServer = Undecided()
    var proxy = Apart<Observed<ProxyHeader>>()
    /// The client's octets behind a PROXY header, or without one, have begun.
    var isBehindProxyHeader = false
    var proxyOctetsLeft = 0
    let startIsSeen: Bool
    private let role: PortRole

    enum Phase: Sendable {
        /// Nothing was decided yet.
        case opening
        case dialogue
        case handshake
        /// The client began with TLS, and the server's greeting in clear is being read.
        case mismatched
        /// Neither, or a mismatch: nothing more is read.
        case foreign
    }

    /// `startIsSeen` says that the streams begin where the connection did.
    public init(role: PortRole, startIsSeen: Bool) {
        self.role = role
        self.startIsSeen = startIsSeen
        dialogue = SMTPDialogue(startIsSeen: startIsSeen)
    }

    /// What has become of it, as far as it matters for each packet of its connection.
    public struct State: Sendable {
        /// A command of mail, or TLS, was seen.
        public var hasMail = false
        /// Octets of memory that the connection holds besides what each one takes, roughly.
        public var cost = 0
        /// What may be kept of the octets that were read last.
        public var keeping = Keeping.skip(leading: 0)
        /// Octets of a protected record, which is not looked into, that are still to come of each side: they may be stepped
        /// over until something is read or lost. None where a record's header is next; negative where octets must be read.
        public var leftOfClient = -1
        public var leftOfServer = -1
        /// So may whole records of application data, which are only counted.
        public var maySkipRecords = false

        public init() {}
    }

    /// `offset` is where the `count` octets began that were read last. `isShown`: somebody wants to know what may be shown; handed
    /// over, since a context that is lent would be copied.
    private mutating func state(
        behind side: Side, from offset: Int64, _ count: Int, isShown: Bool
    ) -> State {
        var state = State()
        state.hasMail = outline.isBegun || dialogue.sawKnownCommand
        state.cost = dialogue.cost + stalled.cost + undecidedOfClient.cost + (tls?.cost ?? 0)
        state.keeping = keeping(of: side, from: offset, count)
        if phase == .handshake {
            state.leftOfClient = outline.left.client
            state.leftOfServer = outline.left.server
            // Whoever wants to know what may be shown wants to know of each record.
            state.maySkipRecords = outline.isComplete && !isShown
        }
        return state
    }

    /// Steps over `count` octets that are next in line where they lie inside a protected TLS record, which is not looked
    /// into; `false` where they lie elsewhere.
    @discardableResult
    public mutating func skip(_ count: Int, of side: Side) -> Bool {
        guard phase == .handshake, outline.left[side] >= count, let left = tls?.skip(count, of: side) else {
            return false
        }
        outline.left[side] = left
        return true
    }

    /// Steps over what is left of a protected record and so many further ones of application data, the last of which has
    /// `left` octets that are to come.
    public mutating func skip(records: Int, left: Int, of side: Side) {
        tls?.step(over: records, left: left, of: side)
        outline.left[side] = left
    }

    /// Takes octets that are next in line.
    public mutating func read(
        _ octets: Span<UInt8>, from side: Side, _ position: StreamPosition, _ context: inout SessionContext
    ) -> State {
        // What lies inside a protected record is not looked at.
        if !skip(octets.count, of: side) {
            switch side {
            case .client: takeClient(octets, position, &context)
            case .server: takeServer(octets, position, &context)
            }
            noteLandmarks(side, position.offset..<position.offset + Int64(octets.count))
        }
        let isShown = context.disclosure != nil
        if isShown { noteRead(octets.count, side, position, &context) }
        return state(behind: side, from: position.offset, octets.count, isShown: isShown)
    }

    /// Says how far octets were read, where anybody wants to know what of them may be shown.
    private func noteRead(_ count: Int, _ side: Side, _ position: StreamPosition, _ context: inout SessionContext) {
        let isUndecided = side == .client ? !clientIsRead : !undecidedOfServer.isEmpty || !dialogue.serverIsAtLineStart
        context.disclosure?.noteRead(side, upTo: position.offset + Int64(count), isUndecided: isUndecided)
    }

    /// `count` octets that were next in line will never be seen.
    public mutating func lose(
        _ count: Int64, at offset: Int64, of side: Side, _ context: inout SessionContext
    ) -> State {
        switch phase {
        case .opening, .dialogue:
            if side == .client {
                resume(forced: true, &context)
                forgetUndecided(.client)
                loseProxyHeader()
                dialogue.loseClient(count)
            } else {
                dialogue.loseServer(before: offset + count)
            }
            if phase == .handshake { loseTLS(count, of: side) }
        case .handshake: loseTLS(count, of: side)
        case .mismatched, .foreign: break
        }
        forgetUndecided(side)
        return state(behind: side, from: .max, 0, isShown: context.disclosure != nil)
    }

    /// No more octets will come.
    public mutating func end(_ context: inout SessionContext) {
        forgetUndecided(.client)
        resume(forced: true, &context)
        dialogue.noteUnfinishedLine()
        if dialogue.hasForgottenCommands { context.noteCommandsGivenUp() }
    }

    // MARK: Octets by phase

    private mutating func takeClient(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) {
        guard undecidedOfClient.isEmpty else {
            let piece = undecidedOfClient.joined(with: octets, at: position)
            return takeClient(piece.octets.span, piece.position, &context)
        }
        if stalled.isEmpty {
            readClient(octets, position, forced: false, &context)
        } else {
            stall(octets, position, &context)
        }
    }

    private mutating func takeServer(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) {
        guard undecidedOfServer.isEmpty else {
            let piece = undecidedOfServer.joined(with: octets, at: position)
            return readServer(piece.octets.span, piece.position, &context)
        }
        readServer(octets, position, &context)
    }

    mutating func readClient(
        _ octets: Span<UInt8>, _ position: StreamPosition, forced: Bool, _ context: inout SessionContext
    ) {
        var rest = octets
        var position = position
        while !rest.isEmpty {
            switch phase {
            case .foreign where application == .tlsHelloToPlaintextServer:
                // It may go on in clear, as the server does; an alert may come before that.
                if let count = Self.wholeRecord(rest) {
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                    continue
                }
                if SMTPDialogue.mayBecomeLine(rest) { return undecidedOfClient.keep(rest) }
                guard SMTPDialogue.looksLikeCommand(rest) else { return }
                resumeDialogue()
                dialogue.isBehindFailedTLS = false
            case .mismatched, .foreign: return
            case .handshake:
                if hasFailed, !SMTPDialogue.mayBecomeLine(rest), SMTPDialogue.looksLikeCommand(rest) {
                    resumeDialogue()
                    continue
                }
                if hasFailed, SMTPDialogue.mayBecomeLine(rest) { return undecidedOfClient.keep(rest) }
                return readTLS(rest, from: .client, position, &context)
            case .opening, .dialogue:
                if !isBehindProxyHeader {
                    guard let count = readProxyHeader(rest, position, &context) else {
                        return undecidedOfClient.keep(rest)
                    }
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                    if count > 0 { continue }
                }
                if dialogue.clientIsAtLineStart, TLSSignature.beginsTLS(rest) == nil {
                    return undecidedOfClient.keep(rest)
                }
                guard beginDialogue(rest, position) else { continue }
                switch dialogue.readClient(rest, position, forced: forced, &context) {
                case .mustWait: return stall(rest, position, &context)
                case .consumed(let count):
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                }
            }
        }
    }

    private mutating func readServer(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) {
        var rest = octets
        var position = position
        while !rest.isEmpty {
            switch phase {
            case .foreign: return
            case .mismatched:
                let count = readMismatch(rest, position, &context)
                rest = rest.extracting(droppingFirst: count)
                position = position.advanced(by: count)
            case .handshake where outline.serverHasSpoken && !hasFailed:
                return readTLS(rest, from: .server, position, &context)
            case .handshake:
                if isReplyToStartTLS(rest) {
                    let count = readReplyToStartTLS(rest, position, &context)
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                    continue
                }
                if mayBecomeReply(rest) { return undecidedOfServer.keep(rest) }
                if isBehindReady(rest) {
                    let count = readBehindReady(rest, position, &context)
                    rest = rest.extracting(droppingFirst: count)
                    position = position.advanced(by: count)
                    continue
                }
                if isGreetingToTLS(rest) {
                    phase = .mismatched
                    continue
                }
                if hasFailed, rest.count >= 4, (try? SMTPReplyLine(parsing: rest).code) != nil {
                    resumeDialogue()
                    continue
                }
                return readTLS(rest, from: .server, position, &context)
            case .opening, .dialogue:
                if dialogue.serverIsAtLineStart, TLSSignature.isRecord(rest) == nil {
                    return undecidedOfServer.keep(rest)
                }
                guard continueDialogue(rest, position) else { continue }
                if dialogue.awaitsTLS { dialogue.noteBehindReady(rest, position) }
                dialogue.clientIsAhead = !stalled.isEmpty
                let count = dialogue.readServer(rest, position, &context)
                rest = rest.extracting(droppingFirst: count)
                position = position.advanced(by: count)
                resume(forced: false, &context)
                dialogue.refusedLogin = nil
                if dialogue.isTurned { phase = .foreign }
            }
        }
    }

    // MARK: What is spoken

    /// The client's octets stand where TLS may begin: `false` where they do begin it.
    private mutating func beginDialogue(_ octets: Span<UInt8>, _ position: StreamPosition) -> Bool {
        guard dialogue.clientIsAtLineStart else { return true }
        if TLSSignature.beginsTLS(octets) == true {
            noteFirst(.tlsRecord, position)
            // Where TLS comes first, what the server says before is no dialogue.
            let isFirst = startIsSeen && firstClientOctets?.offset == position.offset
            beginTLS(position, isImplicit: role == .implicitTLS && isFirst)
            return false
        }
        if phase == .opening, !startIsSeen, TLSSignature.isRecord(octets) == true {
            beginTLS(position)
            return false
        }
        noteFirst(.unfinishedCommand, position)
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

    private mutating func beginTLS(_ position: StreamPosition, isImplicit: Bool = false) {
        let inDialogue = phase == .dialogue && !isImplicit
        if !startIsSeen, dialogue.startTLS.request == nil, !dialogue.sawKnownCommand {
            // The 220 that this capture begins with answered a STARTTLS before it, and greeted nobody.
            dialogue.facts.greeting = nil
        }
        if phase == .dialogue, dialogue.startTLS.request == nil, !dialogue.hasGap, startIsSeen,
            dialogue.facts.greeting != nil
        {
            application = .tlsHelloToPlaintextServer
        }
        if dialogue.awaitsTLS || dialogue.startTLS.request != nil {
            dialogue.awaitsTLS = false
            dialogue.startTLSSent = nil
            dialogue.startTLS.afterReady = .tls(position.frame)
        }
        if outline.isBegun, let alert = tls?.facts.alerts.last {
            dialogue.facts.note { $0.earlierFailure = $0.earlierFailure ?? alert }
        }
        let isKnown = inDialogue || startIsSeen || role == .implicitTLS
        tls = TLSHandshake(isImplicit: isKnown ? !inDialogue : nil, followsClear: phase == .dialogue)
        outline = HandshakeOutline(isBegun: true, isImplicit: !inDialogue)
        phase = .handshake
    }

    private mutating func readTLS(
        _ octets: Span<UInt8>, from side: Side, _ position: StreamPosition, _ context: inout SessionContext
    ) {
        if let next = tls?.read(octets, from: side, position, &context) { outline = next }
    }

    private mutating func loseTLS(_ count: Int64, of side: Side) {
        if let next = tls?.lose(count, of: side) { outline = next }
    }

    /// What the client sent for a handshake is none.
    mutating func forgetHandshake() {
        tls = nil
        outline = HandshakeOutline()
    }

    private mutating func noteFirst(_ text: QuotedText, _ position: StreamPosition) {
        if firstClientOctets == nil { firstClientOctets = position.excerpt(.client, text) }
    }
}

extension SessionReader {
    /// Of what is changed in this file alone.
    mutating func exchangeOwn(_ particulars: inout Particulars) {
        firstClientOctets?.exchange(&particulars)
        outline.left.exchange(&particulars)
    }

    /// Both sides went on to use their keys, or the handshake failed: all that was said in clear was read.
    public var isSettled: Bool {
        outline.isPastClear && stalled.isEmpty && undecidedOfClient.isEmpty && undecidedOfServer.isEmpty
    }
}

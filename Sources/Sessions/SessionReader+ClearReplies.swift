import Wire

/// Replies in clear where the server's part of a handshake belongs, and what follows them.
extension SessionReader {
    /// The client began TLS before the server had answered its STARTTLS, as some do; the answer is still in clear.
    func isReplyToStartTLS(_ octets: Span<UInt8>) -> Bool {
        guard outline.awaitsServer, dialogue.awaitsReplyToStartTLS else { return false }
        return !dialogue.serverIsAtLineStart || ASCII.digit(octets[0]) != nil
    }

    mutating func readReplyToStartTLS(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) -> Int {
        let count = dialogue.readServer(octets, position, &context)
        if dialogue.startTLS.reply?.value.code == .serviceReady {
            dialogue.awaitsTLS = false
        } else if !dialogue.awaitsReplyToStartTLS {
            // Refused: the dialogue goes on.
            forgetHandshake()
            dialogue.startTLS.afterReady = .nothing
            resumeDialogue()
        }
        return count
    }

    /// So few digits that a reply in clear may begin with them, where one is possible.
    func mayBecomeReply(_ octets: Span<UInt8>) -> Bool {
        guard octets.count < 4, dialogue.serverIsAtLineStart, outline.awaitsServer || hasFailed else { return false }
        for index in octets.indices where ASCII.digit(octets[index]) == nil { return false }
        return true
    }

    /// The client began with TLS, the server answers with a reply in clear.
    func isGreetingToTLS(_ octets: Span<UInt8>) -> Bool {
        guard octets.count >= 4, outline.awaitsServer, !hasFailed else { return false }
        return (try? SMTPReplyLine(parsing: octets).code) != nil
    }

    /// The handshake that STARTTLS had begun ended in clear: by a fatal alert, or by a server that answers it with a
    /// refusal.
    var hasFailed: Bool { dialogue.refusesTLS || outline.hasFailedAfterStartTLS }

    /// Some clients go on in clear on the same connection after TLS has failed.
    mutating func resumeDialogue() {
        phase = .dialogue
        dialogue.returnToCommands()
    }

    mutating func readMismatch(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) -> Int {
        // Where neither the start nor a hello was seen, TLS was under way, and this is a farewell in clear, as some servers say it.
        if outline.isImplicit, startIsSeen || tls?.facts.hello != nil { application = .tlsHelloToPlaintextServer }
        let count = dialogue.readServer(octets, position, &context)
        if dialogue.sawReply { phase = .foreign }
        return count
    }

    /// Octets of the record that is whole at the beginning, its header included; `nil` where none is.
    static func wholeRecord(_ octets: Span<UInt8>) -> Int? {
        guard octets.count >= TLSRecordHeader.size,
            let record = try? TLSRecordHeader(octets.extracting(first: TLSRecordHeader.size)),
            octets.count >= TLSRecordHeader.size + record.length
        else { return nil }
        return TLSRecordHeader.size + record.length
    }

    // MARK: Behind the 220 to STARTTLS

    func isBehindReady(_ octets: Span<UInt8>) -> Bool {
        guard outline.awaitsServer, !outline.isImplicit, !dialogue.refusesTLS,
            dialogue.startTLS.reply?.value.code == .serviceReady
        else { return false }
        if !dialogue.serverIsAtLineStart { return true }
        return octets.count >= 4 && (try? SMTPReplyLine(parsing: octets).code) != nil
    }

    /// Takes one line of it; answers the octets taken off.
    mutating func readBehindReady(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) -> Int {
        dialogue.noteBehindReady(octets, position)
        if let line = try? SMTPReplyLine(parsing: octets), line.code.isFailure { dialogue.refusesTLS = true }
        return dialogue.readServer(octets, position, &context)
    }
}

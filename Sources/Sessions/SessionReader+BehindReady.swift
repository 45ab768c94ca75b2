import Wire

/// A reply of the server in clear behind its 220 to STARTTLS, where its part of the handshake belongs.
extension SessionReader {
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

import Wire

/// Octets that wait: the client's for the server's reply, or too few to tell what they are.
extension SessionReader {
    /// No more octets will follow those that were too few to tell what they are.
    mutating func forgetUndecided(_ side: Side) {
        guard side == .client else { return undecidedOfServer.forget() }
        if !undecidedOfClient.isEmpty, phase == .opening { phase = .dialogue }
        undecidedOfClient.forget()
    }

    mutating func stall(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) {
        stalled.append(octets, position)
        if stalled.cost > Stall.budget {
            context.noteWaitGivenUp()
            resume(forced: true, &context)
        }
    }

    /// Reads on where the client had to wait, if it need not any more.
    mutating func resume(forced: Bool, _ context: inout SessionContext) {
        guard !stalled.isEmpty, forced || !dialogue.mustWait else { return }
        var queue = stalled
        stalled = Stall()
        while let next = queue.takeFirst() {
            let piece = undecidedOfClient.joined(with: next.octets.span, at: next.position)
            if dialogue.awaitsTLS, TLSSignature.beginsTLS(piece.octets.span) == false {
                dialogue.notePipelined(at: piece.position)
                continue
            }
            readClient(piece.octets.span, piece.position, forced: forced, &context)
            if let rest = stalled.takeFirst() {
                queue.putBack(rest)
                stalled = queue
                return
            }
        }
    }
}

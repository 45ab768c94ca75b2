import Wire

/// Message content, of which nothing is kept (RFC 5321 §4.1.1.4, RFC 3030 §2).
extension SMTPDialogue {
    /// Where octets are missing, content need not begin with a line's start.
    var beginningOfContent: ContentScanner {
        var scanner = ContentScanner()
        if hasGap { scanner.skip(0) }
        return scanner
    }

    private mutating func noteContent(_ count: Int, _ transaction: Int?, _ position: StreamPosition) {
        guard count > 0 else { return }
        facts.contentOctets += UInt64(count)
        // Asked of every segment, without a copy of what there is.
        if case .none = startTLS.unusedBy, case .some = startTLS.offered {
            noteUse(position.excerpt(.client, .content), position)
        }
        if facts.firstContent == nil {
            facts.firstContent = position.excerpt(.client, .content)
        }
        guard let transaction, facts.transactions.indices.contains(transaction) else { return }
        facts.transactions[transaction].contentOctets += UInt64(count)
        facts.transactions[transaction].content = facts.transactions[transaction].content ?? position.frame
    }

    mutating func readContent(
        _ octets: Span<UInt8>, _ before: ContentScanner, _ transaction: Int?, _ position: StreamPosition,
        _ context: inout SessionContext
    ) -> Step {
        var scanner = before
        let end = scanner.scan(octets, acceptsBare: facts.bareLineFeeds > 0)
        // Where it is complete, which does not depend on how the octets came.
        if let place = scanner.bareEnd { noteBareLineFeed(.bareDot, position.advanced(by: place)) }
        if !scanner.isEmpty {
            // What was held back of its beginning is content after all.
            let held = before.isEmpty ? Int(before.octets) : 0
            noteContent((end ?? octets.count) + held, transaction, lonePlace ?? position)
            lonePlace = nil
        } else {
            lonePlace = end == nil ? lonePlace ?? position : nil
        }
        guard let end else {
            client = .content(scanner, transaction)
            return .consumed(octets.count)
        }
        context.disclosure?.endContent(
            before: position.offset + Int64(end), isBare: scanner.endsBare)
        endContent(transaction, position)
        return .consumed(end)
    }

    private mutating func endContent(_ transaction: Int?, _ position: StreamPosition) {
        client = .command
        // It may be content itself that looked like a command and content.
        contentDoubt?.mayHaveEnded = true
        if earlyContentReply {
            earlyContentReply = false
            return
        }
        pending.append(.content(transaction, isLast: true), sentAt: position.acknowledged)
    }

    /// The server knew of no chunks, and the client had received that before it went on: it may send its chunk all the same, but
    /// it may as well give another command.
    mutating func isWithoutChunk(_ position: StreamPosition) -> Bool {
        guard let refusedChunk, let acknowledged = position.acknowledged, acknowledged > refusedChunk else {
            return false
        }
        self.refusedChunk = nil
        client = .command
        doubtCommands(isOfChunk: true)
        return true
    }

    mutating func readChunk(
        _ octets: Span<UInt8>, _ remaining: Int64, _ transaction: Int?, _ position: StreamPosition
    ) -> Step {
        refusedChunk = nil
        chunkHasBegun = true
        let count = Int(min(remaining, Int64(octets.count)))
        noteContent(count, transaction, position)
        let left = remaining - Int64(count)
        client = left > 0 ? .chunk(remaining: left, transaction) : .command
        return .consumed(count)
    }
}

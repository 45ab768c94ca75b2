/// What of a session's octets may be shown to others: decided where they are read, by what they are.
///
/// Nothing may be but what is known to be harmless: verbs, reply codes, keywords, the handshake in clear. AUTH exchanges,
/// content, mailbox names, lines that were not understood, and whatever a reply may repeat of them are not among it.
public struct Disclosure: Sendable {
    public private(set) var client = ShownOctets()
    public private(set) var server = ShownOctets()
    /// The client has said nothing so far but commands of which each octet may be shown.
    private var clientIsHarmless = true
    /// Octets of the client were seen that nobody has read yet.
    private var clientIsAhead = false
    /// The client's octets up to here were read.
    private var clientIsRead: Int64 = 0
    /// Numbers of the connection, or lines of the client, make no sense: whose octets are whose is not known.
    private var isDoubtful = false
    /// All lines of the server that end here or before were shown with their text.
    private var textEnd: Int64 = 0
    /// Handshake messages, or what was taken for them, were seen.
    private var sawTLS = false

    public init() {}

    public subscript(side: Side) -> ShownOctets {
        get {
            switch side {
            case .client: client
            case .server: server
            }
        }
        _modify {
            switch side {
            case .client: yield &client
            case .server: yield &server
            }
        }
    }

    /// Memory that it takes, roughly, in octets.
    public var cost: Int { client.cost + server.cost }

    /// Octets of `side` up to `offset` were given to their reader. `isUndecided` says that some of them wait there.
    public mutating func noteRead(_ side: Side, upTo offset: Int64, isUndecided: Bool) {
        if side == .client {
            clientIsAhead = isUndecided
            clientIsRead = max(clientIsRead, offset)
        }
        if !isUndecided, self[side].pending.isEmpty { self[side].settle(upTo: offset) }
    }

    /// So far the server knows nothing that must not be shown.
    private var serverIsHarmless: Bool { clientIsHarmless && !clientIsAhead && !sawTLS }

    /// Another copy of the server's lines before `end` may be shown, too, as `ReplyDisclosure.copy` does: text that was
    /// shown stands in their place, and the server knows nothing yet that must not be shown.
    public func mayDiffer(before end: Int64) -> Bool { serverIsHarmless && end <= textEnd }

    /// Something shows that not all is read as its receiver has: from now on nothing is shown but verbs, codes and keywords.
    public mutating func doubt() {
        isDoubtful = true
        clientIsHarmless = false
    }

    // MARK: Lines

    /// A client's line is read. `line` is without its end, of which `length` counts the octets, too; `command` is
    /// `nil` for a line of an AUTH exchange. `isCertain` says that the octets before it were seen, so that it is a command.
    public mutating func take(
        _ line: borrowing SMTPLine, length: Int, command: SMTPCommand?, at offset: Int64, isCertain: Bool
    ) {
        if let command {
            let isSure = isCertain && !isDoubtful
            client.show(CommandDisclosure.octets(line.octets, command, isCertain: isSure), at: offset)
            if !command.isHarmless || !isSure { clientIsHarmless = false }
            // Content may stand where commands are expected.
            if command.verb == .unrecognized { doubt() }
        } else {
            clientIsHarmless = false
            // It cancels the exchange.
            if line.octets.count == 1, line.octets[0] == UInt8(ascii: "*") {
                client.show([UInt8(ascii: "*")], at: offset)
            }
        }
        showEnd(of: line, length, at: offset, .client)
    }

    /// A server's line is read. `acknowledged` is how far its sender had received the client; `isWhole` says that nothing
    /// of both streams is missing so far.
    public mutating func takeReply(
        _ line: borrowing SMTPLine, length: Int, at offset: Int64, acknowledged: Int64?, isWhole: Bool
    ) {
        let isFollowed = acknowledged.map { $0 == 0 || serverIsHarmless && (0...clientIsRead).contains($0) } ?? false
        let showsText = isWhole && isFollowed && !isDoubtful && !sawTLS
        // Whatever it knows now it may repeat in every place.
        if showsText { textEnd = offset + Int64(length) } else { clientIsHarmless = false }
        server.show(ReplyDisclosure.octets(line.octets, showsText: showsText), at: offset)
        showEnd(of: line, length, at: offset, .server)
    }

    private mutating func showEnd(of line: borrowing SMTPLine, _ length: Int, at offset: Int64, _ side: Side) {
        let isWhole = length <= line.octets.count + 2
        let end: [UInt8] =
            isWhole && !line.endsInBareLineFeed ? [ASCII.carriageReturn, ASCII.lineFeed] : [ASCII.lineFeed]
        self[side].show(end, at: offset + Int64(length - end.count))
    }

    // MARK: Other parts of the dialogue

    /// Content ends before `offset`, with a dot between two line ends; it began at `start` or before.
    public mutating func endContent(before offset: Int64, isBare: Bool) {
        guard !isBare else { return }
        let end: [UInt8] = [
            ASCII.carriageReturn, ASCII.lineFeed, UInt8(ascii: "."), ASCII.carriageReturn, ASCII.lineFeed,
        ]
        // Of empty content the line end before the dot is that of the command.
        let known = client.end
        let start = max(known, offset - Int64(end.count))
        guard start < offset else { return }
        client.show(Array(end.suffix(Int(offset - start))), at: start)
    }

    /// A part of the header that a load balancer puts in front; `offset` is also where it stands in the header.
    public mutating func takeProxyHeader(_ octets: Span<UInt8>, at offset: Int64, _ header: ProxyHeader) {
        for range in header.shown {
            let part = range.clamped(to: Int(clamping: offset)..<Int(clamping: offset) + octets.count)
            guard !part.isEmpty else { continue }
            let start = part.lowerBound - Int(clamping: offset)
            client.show(
                [UInt8](copying: octets.extracting(start..<start + part.count)), at: Int64(part.lowerBound),
                isWhole: true)
        }
    }

    // MARK: TLS

    /// The header of a record.
    public mutating func takeRecordHeader(_ octets: Span<UInt8>, at offset: Int64, from side: Side) {
        sawTLS = true
        self[side].show([UInt8](copying: octets), at: offset, isWhole: true)
    }

    /// Octets of a record in clear: they wait until what they are part of was understood.
    public mutating func hold(_ octets: Span<UInt8>, at offset: Int64, from side: Side) {
        sawTLS = true
        self[side].pending.append(octets, at: offset)
    }

    /// The leading `count` octets that wait are one message, of which `shown` may be shown.
    public mutating func release(_ count: Int, from side: Side, showing shown: [Range<Int>]) {
        for part in self[side].pending.take(count) {
            for range in shown {
                let wanted = range.clamped(to: part.start..<part.start + part.octets.count)
                guard !wanted.isEmpty else { continue }
                let skipped = wanted.lowerBound - part.start
                self[side].show(
                    Array(part.octets.dropFirst(skipped).prefix(wanted.count)), at: part.offset + Int64(skipped),
                    isWhole: true)
            }
        }
    }

    /// What waits is not understood, and stays hidden.
    public mutating func dropPending(_ side: Side) { self[side].pending = PendingOctets() }
}

extension ProxyHeader {
    /// Addresses and ports may be shown, and nothing else that a balancer writes.
    fileprivate var shown: [Range<Int>] {
        if version == 1 { return client != nil ? [0..<length] : [0..<13, max(13, length - 2)..<length] }
        let size = client.map { $0.address.isV6 ? 36 : 12 } ?? 0
        return [0..<min(length, 16 + size)]
    }
}

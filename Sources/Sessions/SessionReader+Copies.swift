import Wire

/// Copies of octets in clear: which may be kept to compare others with them, and which may be shown.
extension SessionReader {
    public enum Keeping: Sendable, Equatable {
        case keep
        /// Not these, since they could still become part of a secret: but so many leading ones.
        case skip(leading: Int)
        /// None any more: a secret may have been told, content was, or the handshake is over. So many leading ones of these
        /// say no more than that, and may be kept until they are acknowledged.
        case forget(leading: Int)
    }

    /// What may be kept of the octets from `offset` on that were read last, of `side`; `count` of them. Mutating: it lies in
    /// place, and what led to a secret is asked for once.
    mutating func keeping(of side: Side, from offset: Int64, _ count: Int) -> Keeping {
        if dialogue.mayHoldSecret { return .forget(leading: side == .client ? leadingToSecret(offset) : 0) }
        switch phase {
        case .mismatched, .foreign: return .forget(leading: Self.leadingOctets)
        case .handshake:
            if outline.isProtected.client, outline.isProtected.server { return .forget(leading: 0) }
            if outline.isPastClear { return .forget(leading: Self.leadingRecords) }
            return outline.isProtected[side] ? .skip(leading: Self.leadingRecords) : .keep
        case .opening, .dialogue:
            switch side {
            case .client:
                if clientIsRead { return .keep }
                // The beginning of a line that has no end yet; a probe of a closed window may carry one octet of anything.
                return .skip(leading: count > 1 && dialogue.clientLines.pending == count ? Self.leadingOctets : 0)
            case .server: return .keep
            }
        }
    }

    /// Of octets that end the handshake, so many are compared with others in their place.
    private static let leadingRecords = 256
    /// Fewer than a secret has: the length of a word.
    private static let leadingOctets = 4

    /// How many octets from `offset` on lead to what may be a secret, the word included that told of it.
    private mutating func leadingToSecret(_ offset: Int64) -> Int {
        guard let start = dialogue.secretStart else { return 0 }
        dialogue.secretStart = nil
        return dialogue.hasGap || !startIsSeen ? 0 : Int(clamping: max(0, start - offset))
    }

    /// Whether octets of the server may be shown: it has answered nothing yet that could have told it a secret or a
    /// mailbox.
    public func mayQuote(_ conflict: Conflict, of side: Side) -> Bool {
        let end = conflict.difference.offset + Int64(conflict.difference.used.count)
        return side == .server && tls == nil && end <= landmarks.read.server && clientIsRead
            && !dialogue.mayHoldSecret && dialogue.facts.firstMail == nil
    }

    /// Everything of the client is part of a line that was understood.
    var clientIsRead: Bool {
        stalled.isEmpty && undecidedOfClient.isEmpty && dialogue.clientLines.pending == 0
    }

    /// Takes note of where octets that were just read leave the streams.
    mutating func noteLandmarks(_ side: Side, _ range: Range<Int64>) {
        var before = landmarks.read
        before[side] = range.lowerBound
        landmarks.read[side] = range.upperBound
        if landmarks.hello == nil, dialogue.facts.clientName != nil { landmarks.hello = landmarks.read }
        if landmarks.mail == nil, dialogue.facts.firstMail != nil || dialogue.mayHoldSecret { landmarks.mail = before }
        guard outline.isBegun else { return }
        if landmarks.handshake == nil { landmarks.handshake = before }
        if landmarks.protection == nil, outline.isPastClear { landmarks.protection = landmarks.read }
    }

    /// Where an octet of the stream stands in the session, which is complete.
    func place(of offset: Int64, _ side: Side) -> StreamConflict.Place {
        if let start = landmarks.protection, offset >= start[side] { return .elsewhere }
        if let start = landmarks.handshake, offset >= start[side] { return .handshake }
        if let start = landmarks.mail, offset >= start[side] { return .elsewhere }
        guard let start = landmarks.hello, offset >= start[side] else { return .elsewhere }
        return .negotiation
    }
}

/// Where a session went on to its next part, as offsets in both streams.
struct Landmarks: Sendable, Equatable {
    typealias Place = BothSides<Int64>

    /// The ends of what was read.
    var read = Place(client: 0, server: 0)
    /// Behind the EHLO or HELO that came before others, and the greeting before it.
    var hello: Place?
    /// Before the octets that told of mail, or may have told a secret.
    var mail: Place?
    /// Before the octets that began TLS.
    var handshake: Place?
    /// Behind the octets with which a side went on to use the keys.
    var protection: Place?
}

extension SMTPDialogue {
    /// The client may have told a secret or content, or octets that may have been either were not seen.
    var mayHoldSecret: Bool {
        !startIsSeen || hasGap || facts.firstAuth != nil || sawForeignCommand || facts.dataCommands > 0
            || facts.bdatCommands > 0
    }
}

/// What the peer says it has received, and how far that is believed.
extension TCPStream {
    /// An acknowledgement without octets: where it stands in its sender's stream is how far that had come. So what the
    /// sender says from there on comes after the octets that it had received.
    struct Receipt: Sendable, Equatable {
        /// How far this stream was received.
        var received: Int64
        /// How far the other one had come, as an offset in it.
        var peer: Int64
    }

    /// Notes an acknowledgement of octets that were delivered, where `isSmooth` holds.
    mutating func noteAcknowledged(_ offset: Int64) {
        if offset > acknowledged {
            acknowledged = offset
            notes.insert(.isConfirmed)
        }
    }

    /// The peer has acknowledged its SYN, or anything of it.
    var isConfirmed: Bool { notes.contains(.isConfirmed) }

    /// The peer said which octet it expects next.
    mutating func observe(acknowledgment: TCPSequence, at time: Timestamp) {
        guard notes.contains(.isPlaced) else { return place(at: acknowledgment) }
        var said = order.offset(of: acknowledgment)
        if abs(said - order.delivered) > TCPReassembler.window {
            guard let far = observe(far: acknowledgment, at: time) else { return }
            said = far
        } else if claimed != nil {
            forgetClaim()
        }
        if notes.contains(.isOpeningInDoubt) { settleOpening(wasTaken: said > 0 && said <= endOfHeld) }
        if said > 0, !notes.contains(.isConfirmed), notes.isSuperset(of: [.sawSYN, .isSecondAnswer]), delivered == 0,
            heldCost == 0
        {
            // The peer took the other answer.
            notes.remove(.sawSYN)
            return place(at: acknowledgment)
        }
        if said >= 0 { notes.insert(.isConfirmed) }
        // A FIN has a number of its own.
        if end != .max, said > end { noteAcknowledgedEnd(said) }
        let offset = min(said, end)
        guard offset > acknowledged else { return }
        acknowledged = offset
        if isExpected, acknowledged > delivered, missingSince == nil { noteMissing(since: time) }
    }

    /// The same of what is far from what was delivered; answers where it stands, if it is believed.
    private mutating func observe(far acknowledgment: TCPSequence, at time: Timestamp) -> Int64? {
        let said = offset(ofAcknowledgment: acknowledgment)
        if notes.contains(.isAnswer), !notes.contains(.isConfirmed), delivered == 0, acknowledged <= 0, heldCost == 0 {
            // The peer has another answer than was seen.
            notes.remove(.sawSYN)
            place(at: acknowledgment)
            return nil
        }
        let isOfEnd = end != .max && said == end + 1
        let ahead = said - max(acknowledged, order.delivered)
        if ahead > TCPReassembler.window, isSeen, !isOfEnd {
            // Its own octets from there tell whether the capture has lost so much.
            beginWaiting()
            waiting[0].claimed = acknowledgment
            if missingSince == nil { noteMissing(since: time) }
            return nil
        }
        if claimed != nil { forgetClaim() }
        // Further ahead than 1 GiB is no acknowledgement that TCP allows (RFC 7323 §2.3).
        return ahead < 1 << 30 ? said : nil
    }

    /// The peer has all up to the FIN and its number, or more: then its sender did not send that.
    private mutating func noteAcknowledgedEnd(_ said: Int64) {
        if said > end + 1 {
            guard said - end < Self.justBehind else { return }
            end = .max
            notes.remove(.isEndAcknowledged)
        } else if delivered == end, !isEndAcknowledged {
            notes.insert(.isEndAcknowledged)
            if !waiting.isEmpty { waiting[0].held.remove(from: end) }
        }
    }

    /// Where what is held ends.
    private var endOfHeld: Int64 { waiting.isEmpty ? delivered : waiting[0].held.firstEnd ?? delivered }

    /// The stream offset of what the peer acknowledges. By what it acknowledged last: where its octets are not captured, they fall
    /// behind by more than numbers tell.
    func offset(ofAcknowledgment sequence: TCPSequence) -> Int64 {
        let known = order.next.advanced(by: Int(truncatingIfNeeded: acknowledged - order.delivered))
        return acknowledged + sequence.distance(from: known)
    }

    private mutating func forgetClaim() {
        waiting[0].claimed = nil
        if acknowledged <= delivered { noteMissing(since: nil) }
    }

    /// How far it is acknowledged, as far as that is believed or waited for.
    var reach: Int64 { claimed.map { max(acknowledged, offset(ofAcknowledgment: $0)) } ?? acknowledged }

    /// The peer has acknowledged octets from where the segment stands, and nothing nearer since: the capture lacks what lies before.
    @inline(__always)
    mutating func confirmClaim(_ segment: borrowing TCPSegment) { if let claimed { confirm(claimed, segment) } }

    private mutating func confirm(_ claimed: TCPSequence, _ segment: borrowing TCPSegment) {
        if order.isNear(segment.sequence) {
            forgetClaim()
        } else if abs(segment.sequence.distance(from: claimed)) <= TCPReassembler.window {
            waiting[0].claimed = nil
            acknowledged = min(offset(ofAcknowledgment: claimed), end)
        }
    }

    /// The peer, whose own stream had come to `peer`, said that it has received the octets up to `acknowledgment`.
    mutating func noteReceipt(upTo acknowledgment: TCPSequence, peer: Int64) {
        guard !waiting.isEmpty else { return }
        let receipt = Receipt(received: min(order.offset(of: acknowledgment), acknowledged), peer: peer)
        guard receipt.received > delivered else { return }
        if let known = waiting[0].receipt, known.received > delivered, known.peer <= peer { return }
        waiting[0].receipt = receipt
    }

    /// Whether the octets at `offset` are known to have been received before the peer sent those at `peer` of its own.
    func wasReceived(_ offset: Int64, before peer: Int64) -> Bool {
        guard !waiting.isEmpty, let receipt = waiting[0].receipt else { return false }
        return receipt.received > offset && receipt.peer <= peer
    }

    private var claimed: TCPSequence? { waiting.isEmpty ? nil : waiting[0].claimed }

    /// Octets before `offset` were sent and are not delivered yet.
    func isAwaited(upTo offset: Int64) -> Bool {
        guard isExpected, min(offset, end) > delivered else { return false }
        // What nobody claims any more never was.
        return claimed != nil || offset - max(acknowledged, delivered) <= TCPReassembler.window
    }
}

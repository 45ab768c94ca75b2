import Sessions
import Wire

/// FINs and resets: where they stand, and whether that is an end.
extension TrackedConnection {
    /// A FIN or a reset was taken.
    mutating func noteEnd(
        _ segment: borrowing TCPSegment, _ side: Side, _ frame: FrameNumber, _ now: Timestamp
    ) {
        if segment.flags.contains(.fin), let end = order.offset(of: segment.end, in: side) {
            noteEnd(of: side, at: end)
        }
        if segment.flags.contains(.fin), transport.fin?.side != side {
            let fin = FINFacts(
                side: side, frame: frame, offset: order.finOffset(of: side),
                acknowledged: segment.flags.contains(.ack)
                    ? order.offset(ofAcknowledgment: segment.acknowledgment, in: side.other) : nil)
            // A tap may show the answer to a FIN before it.
            if let other = transport.fin {
                let isEarlier = other.isBehind(fin)
                transport.halfClosed = isEarlier ? HalfClosedFacts(fin, other) : HalfClosedFacts(other, fin)
                if isEarlier { transport.fin = fin }
            } else {
                transport.fin = fin
            }
        }
        if segment.flags.contains(.rst), transport.reset == nil, order.believes(segment, from: side) {
            noteHeard(by: segment, side)
            transport.end(
                by: ResetFacts(
                    side, in: frame, at: now, offset: order.offset(of: segment.sequence, in: side), order,
                    segment.traits))
        }
    }

    /// A reset acknowledges, too; that is no part of the stream's order, since anybody sends resets.
    private mutating func noteHeard(by reset: borrowing TCPSegment, _ side: Side) {
        // Asked where octets are missing alone.
        guard order.status.hasWork || transport.gapCount > 0, reset.flags.contains(.ack) else { return }
        guard let place = order.offset(ofAcknowledgment: reset.acknowledgment, in: side.other) else { return }
        if place > order.acknowledged(of: side.other) { transport.noteHeardByReset(place, of: side.other) }
    }

    /// Octets behind a FIN withdraw it, and so does who acknowledges them; `end` is where that of `side` stood.
    mutating func lookAtFIN(of side: Side, at end: Int64?) {
        guard let known = transport.fin?.side, order.finOffset(of: known) == nil else { return }
        if known == side, let end { transport.note(EarlyEnd(of: side, at: end, order), of: side) }
        transport.withdrawFIN()
    }

    /// A FIN stands at `end`; one from far away no receiver takes.
    private mutating func noteEnd(of side: Side, at end: Int64) {
        let delivered = order.delivered(of: side)
        if end >= delivered {
            transport.forgetEarlyEnd(of: side)
        } else if end + 1 < delivered, delivered - end <= TCPReassembler.window {
            transport.note(EarlyEnd(of: side, at: end, order), of: side)
        }
    }
}

import Wire

/// Packets that are kept until it is known whether their sessions have findings; nothing of it happens where `evidence`
/// is `nil`.
extension ConnectionTracker {
    /// Keeps a SYN that nobody has answered yet; whatever else belongs to no connection is left out.
    mutating func keepOpening(_ segment: borrowing TCPSegment) {
        if LoneSYN.isOne(segment) {
            evidence?.keepOpening(FlowKey(segment))
        } else {
            evidence?.incoming = nil
        }
    }

    /// Keeps the packet that is being taken, before its octets are read.
    mutating func keepPacket(_ segment: borrowing TCPSegment, _ slot: Int, _ step: TrackedConnection.Step) {
        // What a reset carries is no part of the stream.
        let isPlaced = !segment.flags.contains(.rst)
        let isDoubtful = isDoubtful(segment, slot, step)
        evidence?.keep(
            slot, serial: connections[slot].serial, FlowKey(segment), from: step.side,
            at: isPlaced ? connections[slot].order.offset(of: segment.sequence, in: step.side) : nil,
            isInside: step.isQuiet, isEnd: !segment.flags.isDisjoint(with: .opensOrEnds),
            isNew: !connections[slot].hasPayload, isDoubtful: isDoubtful)
    }

    /// Whether a packet's numbers are not those of its connection as it is followed: then it may be that another one is,
    /// and what its ends know of each other is not known.
    private func isDoubtful(
        _ segment: borrowing TCPSegment, _ slot: Int, _ step: TrackedConnection.Step
    ) -> Bool {
        guard !segment.flags.contains(.rst) else { return false }
        if !segment.payload.isEmpty {
            if step.arrival == .outOfWindow || step.arrival == .empty { return true }
            // A keep-alive may carry one octet before all others.
            let place = connections[slot].order.offset(of: segment.sequence, in: step.side) ?? -2
            if place < 0, place < -1 || segment.payload.count > 1 { return true }
        }
        guard segment.flags.contains(.ack) else { return false }
        let received = connections[slot].order.offset(of: segment.acknowledgment, in: step.side.other) ?? -1
        // A FIN has a number of its own.
        return received < 0 || received > connections[slot].order.acknowledged(of: step.side.other) + 1
    }

    /// Takes what was left of the packets of sessions that are complete, one for each of `finished`; nothing where none
    /// are kept.
    mutating func takeFinishedEvidence() -> [EvidenceRecord?] { evidence?.takeFinished() ?? [] }

    /// Takes packets of a session that goes on; `nil` where none are kept, or none can be written yet.
    mutating func takeEvidencePart(_ place: Changed) -> EvidenceRecord? {
        evidence?.takePart(place.slot, serial: place.serial)
    }

    mutating func lendDisclosure(_ slot: Int) { evidence?.lend(slot, to: &context) }

    mutating func takeBackDisclosure(_ slot: Int) { evidence?.takeBack(slot, from: &context) }
}

extension TCPFlags {
    /// SYN, FIN and RST, as one number.
    fileprivate static let opensOrEnds = Self(rawValue: 0x07)
}

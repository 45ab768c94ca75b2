import Wire

/// Packets that are kept until it is known whether their sessions have findings; nothing of it happens where `evidence`
/// is `nil`.
extension ConnectionTracker {
    /// Keeps a SYN that nobody has answered yet; whatever else belongs to no connection is left out.
    mutating func keepOpening(_ segment: borrowing TCPSegment) {
        if HalfOpenConnection.isLoneSYN(segment) {
            evidence?.keepOpening(FlowKey(segment))
        } else {
            evidence?.incoming = nil
        }
    }

    /// Keeps the packet that is being taken, before its octets are read.
    mutating func keepPacket(_ segment: borrowing TCPSegment, _ slot: Int, _ step: TrackedConnection.Step) {
        // What a reset carries is no part of the stream.
        let isPlaced = !segment.flags.contains(.rst)
        evidence?.keep(
            slot, serial: connections[slot].serial, FlowKey(segment), from: step.side,
            at: isPlaced ? connections[slot].order[step.side].offset(of: segment.sequence) : nil,
            isInside: step.isQuiet, isEnd: !segment.flags.isDisjoint(with: .opensOrEnds),
            isNew: connections[slot].reader == nil)
    }

    /// Takes what was left of the packets of sessions that are complete, one for each of `finished`; nothing where none
    /// are kept.
    mutating func takeFinishedEvidence() -> [EvidenceRecord?] { evidence?.takeFinished() ?? [] }

    mutating func lendDisclosure(_ slot: Int) {
        if evidence != nil { evidence?.lend(slot, to: &context) }
    }

    mutating func takeBackDisclosure(_ slot: Int) {
        if evidence != nil { evidence?.takeBack(slot, from: &context) }
    }
}

extension TCPFlags {
    /// SYN, FIN and RST, as one number.
    fileprivate static let opensOrEnds = Self(rawValue: 0x07)
}

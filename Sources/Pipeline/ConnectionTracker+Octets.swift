import Findings
import Sessions
import Wire

/// Octets on their way to the session readers.
extension ConnectionTracker {
    mutating func place(
        _ segment: borrowing TCPSegment, _ slot: Int, _ step: TrackedConnection.Step, _ frame: FrameNumber,
        _ waited: Timestamp
    ) {
        if step.isDamaged { counters.damagedSegments += 1 }
        switch step.arrival {
        case .deliver(let skip, let offset, let acknowledged):
            let position = StreamPosition(frame: frame, offset: offset, acknowledged: acknowledged)
            let octets = segment.payload.extracting(droppingFirst: skip)
            if connections[slot].isSilent(step.side) { connections[slot].noteMultipath(segment, frame) }
            read(octets, slot, step.side, position)
            if !octets.isEmpty {
                keep(octets, slot, step.side, position, segment.isAmbiguous ? .unverifiable : step.integrity)
            }
        case .held: counters.outOfOrder += 1
        case .duplicate: counters.retransmissions += 1
        case .copy: counters.duplicates += 1
        case .outOfWindow: counters.outOfWindow += 1
        case .awaitsOther, .empty: break
        }
        guard connections[slot].order.status.hasWork else { return }
        drain(slot, waited, forced: false)
        countHeld(slot)
        if connections[slot].order.status.heldCost > TCPConnection.heldBudget { giveUpHoles(slot, waited) }
        // Who holds the most pays for all.
        while heldCost > options.heldBudget, let largest = holders.largest { giveUpHoles(largest, waited) }
    }

    private mutating func giveUpHoles(_ slot: Int, _ waited: Timestamp) {
        counters.holdBackOverflows += 1
        drain(slot, waited, forced: true)
        countHeld(slot)
    }

    /// Brings the total up to date with what a connection holds back.
    mutating func countHeld(_ slot: Int) {
        let cost = connections[slot].order.status.heldCost
        let counted = Int(connections[slot].countedHeld)
        guard cost != counted else { return }
        heldCost += cost - counted
        let change = holders.move(slot, from: connections[slot].holder, cost: cost)
        connections[slot].countedHeld = Int32(clamping: cost)
        connections[slot].holder = change.place
        if let (other, place) = change.moved { connections[other].holder = place }
    }

    mutating func drain(_ slot: Int, _ waited: Timestamp, forced: Bool) {
        while let ready = connections[slot].order.nextReady(at: waited, forced: forced) {
            switch ready {
            case .octets(let piece, let skip, let side):
                let position = StreamPosition(
                    frame: piece.frame, offset: piece.offset + Int64(skip), acknowledged: piece.acknowledged)
                let octets = piece.octets.span.extracting(droppingFirst: skip)
                connections[slot].transport.noteHeld(piece.frame, at: position.offset, of: side)
                read(octets, slot, side, position)
                if !octets.isEmpty { keep(octets, slot, side, position, piece.integrity) }
            case .gap(let count, let offset, let side):
                counters.gaps += 1
                counters.gapOctets &+= UInt64(max(0, count))
                connections[slot].noteGap(count, at: offset, of: side)
                openReader(slot)
                ask(slot) { $0.lose(count, at: offset, of: side, &$1) }
            case .conflict(let conflict, let side): note(conflict, slot, of: side)
            }
        }
    }

    private mutating func read(_ octets: Span<UInt8>, _ slot: Int, _ side: Side, _ position: StreamPosition) {
        guard !octets.isEmpty else { return }
        openReader(slot)
        connections[slot].countPayload(octets.count, from: side)
        ask(slot) { $0.read(octets, from: side, position, &$1) }
    }

    private mutating func ask(
        _ slot: Int, _ action: (inout SessionReader, inout SessionContext) -> SessionReader.State
    ) {
        if keepsEvidence { lendDisclosure(slot) }
        connections[slot].ask { action(&$0, &context) }
        if keepsEvidence { takeBackDisclosure(slot) }
    }

    private mutating func openReader(_ slot: Int) {
        guard !connections[slot].hasPayload else { return }
        let status = connections[slot].order.status
        connections[slot].readers = [
            TrackedConnection.OpenReader(
                session: SessionReader(role: connections[slot].role, startIsSeen: status.sawStart))
        ]
    }
}

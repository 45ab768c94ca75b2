import Sessions
import Wire

/// Octets in clear that are kept for a while, so that others in their place are noticed.
extension ConnectionTracker {
    /// Whether octets that the reader has just taken may be kept; lets go of all of them once none may.
    mutating func mayRemember(_ slot: Int) -> Bool {
        guard !connections[slot].order.status.hasForgotten else { return false }
        switch connections[slot].keeping {
        case .keep: return true
        case .skip: return false
        case .forget:
            forgetOctets(slot)
            return false
        }
    }

    mutating func remember(
        _ octets: Span<UInt8>, _ slot: Int, _ side: Side, _ position: StreamPosition, _ integrity: Integrity
    ) {
        guard rememberedCost < options.rememberedBudget else {
            connections[slot].transport.isUncompared = true
            forgetOctets(slot)
            return
        }
        rememberedCost += connections[slot].order.remember(
            octets, at: position.offset, of: side, frame: position.frame, integrity, in: &spareRoom)
    }

    mutating func forgetOctets(_ slot: Int) {
        // Asked with every packet behind them.
        guard !connections[slot].order.status.hasForgotten else { return }
        rememberedCost -= connections[slot].order.forget(into: &spareRoom)
    }

    mutating func note(_ conflict: Conflict, _ slot: Int, of side: Side) {
        counters.conflicts += 1
        connections[slot].transport.conflictCount += 1
        guard connections[slot].transport.conflicts.count < TransportFacts.maximumConflicts else { return }
        let isQuotable =
            connections[slot].hasPayload && connections[slot].readers[0].session.mayQuote(conflict, of: side)
        connections[slot].transport.conflicts.append(StreamConflict(conflict, of: side, isQuotable: isQuotable))
    }
}

import Sessions
import Wire

/// Octets in clear that are kept for a while, so that others in their place are noticed.
extension ConnectionTracker {
    /// Keeps octets that the reader has just taken as far as it lets them, and lets go of all once none may be kept.
    mutating func keep(
        _ octets: Span<UInt8>, _ slot: Int, _ side: Side, _ position: StreamPosition, _ integrity: Integrity
    ) {
        guard !connections[slot].order.status.hasForgotten else { return }
        switch connections[slot].keeping {
        case .keep:
            if !connections[slot].order.status.isForgetting { remember(octets, slot, side, position, integrity) }
        case .skip(let leading):
            if leading > 0, !connections[slot].order.status.isForgetting {
                remember(octets.extracting(first: leading), slot, side, position, integrity)
            }
        case .forget(let leading):
            if leading > 0, !connections[slot].order.status.isForgetting {
                remember(octets.extracting(first: leading), slot, side, position, integrity)
            }
            // Who forges octets is contradicted by those that are acknowledged in their place.
            if !connections[slot].order.awaitsContradiction() { forgetOctets(slot) }
        }
    }

    private mutating func remember(
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

import Sessions
import Wire

/// Octets in clear that are kept for a while, so that others in their place are noticed.
extension ConnectionTracker {
    /// Whether octets that the reader has just taken may be kept; lets go of all of them once none may.
    mutating func mayRemember(_ slot: Int, _ side: Side) -> Bool {
        guard !connections[slot].order.status.hasForgotten,
            let keeping = connections[slot].reader?.session.keeping(of: side)
        else { return false }
        switch keeping {
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
            octets, at: position.offset, of: side, frame: position.frame, integrity)
    }

    mutating func forgetOctets(_ slot: Int) {
        rememberedCost -= connections[slot].order.forget()
    }

    mutating func note(_ conflict: Conflict, _ slot: Int, of side: Side) {
        counters.conflicts += 1
        connections[slot].transport.conflictCount += 1
        guard connections[slot].transport.conflicts.count < TransportFacts.maximumConflicts else { return }
        let isQuotable = connections[slot].reader?.session.mayQuote(conflict, of: side) ?? false
        connections[slot].transport.conflicts.append(StreamConflict(conflict, of: side, isQuotable: isQuotable))
    }
}

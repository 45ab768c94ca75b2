import Sessions
import Wire

/// Octets in clear that are kept for a while, so that others in their place are noticed.
extension ConnectionTracker {
    /// Keeps octets that the reader has just taken as far as it lets them, and lets go of all once none may be kept.
    mutating func keep(
        _ octets: Span<UInt8>, _ slot: Int, _ side: Side, _ position: StreamPosition, _ integrity: Integrity
    ) {
        guard !connections[slot].order.status.hasForgotten else { return }
        let isFull = rememberedCost >= options.rememberedBudget
        let wasUncompared = isFull && connections[slot].transport.isUncompared
        rememberedCost += connections[slot].keep(octets, side, position, integrity, isFull: isFull, in: &spareRoom)
        if isFull, !wasUncompared, connections[slot].transport.isUncompared { counters.notCompared += 1 }
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

extension TrackedConnection {
    /// The same of one; `isFull` says that there is no memory for more. Answers how much more is taken, in octets.
    fileprivate mutating func keep(
        _ octets: Span<UInt8>, _ side: Side, _ position: StreamPosition, _ integrity: Integrity, isFull: Bool,
        in room: inout SpareRoom
    ) -> Int {
        let (leading, isLast) =
            switch keeping {
            case .keep: (octets.count, false)
            case .skip(let leading): (leading, false)
            case .forget(let leading): (leading, true)
            }
        var growth = 0
        if leading > 0, !order.status.isForgetting {
            guard !isFull else {
                transport.isUncompared = true
                return -order.forget(into: &room)
            }
            growth = order.remember(
                octets.extracting(first: leading), at: position.offset, of: side, frame: position.frame, integrity,
                in: &room)
        }
        // Who forges octets is contradicted by those that are acknowledged in their place.
        if isLast, !order.awaitsContradiction() { growth -= order.forget(into: &room) }
        return growth
    }
}

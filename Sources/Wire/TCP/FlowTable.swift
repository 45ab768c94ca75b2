/// What tells connections apart: both ends, in an order of their own, and the VLANs they were seen in.
package struct FlowKey: Hashable, Sendable {
    package let low: Endpoint
    package let high: Endpoint
    package let vlans: VLANTags

    package init(_ segment: borrowing TCPSegment) {
        let isOrdered = segment.source < segment.destination
        low = isOrdered ? segment.source : segment.destination
        high = isOrdered ? segment.destination : segment.source
        vlans = segment.vlans
    }
}

/// Finds a connection's slot by its key, and the slot that was silent longest.
///
/// Slots are small integers that are used again; what belongs to a connection lies in the caller's array at its slot.
package struct FlowTable: Sendable {
    private var slots: [FlowKey: Int32] = [:]
    private var links: [Link] = []
    private var free: [Int32] = []
    /// The slot that was silent longest, and the one touched last.
    private var oldest: Int32 = -1
    private var newest: Int32 = -1

    private struct Link: Sendable {
        var key: FlowKey?
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    package init() {}

    package var count: Int { slots.count }

    package func slot(of key: FlowKey) -> Int? { slots[key].map(Int.init) }

    /// The slot that was silent longest.
    package var stalest: Int? { oldest < 0 ? nil : Int(oldest) }

    /// A slot for a key that has none.
    package mutating func insert(_ key: FlowKey) -> Int {
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = Int32(links.count)
            links.append(Link())
        }
        links[Int(slot)] = Link(key: key)
        slots[key] = slot
        append(slot)
        return Int(slot)
    }

    /// Makes `slot` the one touched last.
    package mutating func touch(_ slot: Int) {
        guard Int32(slot) != newest else { return }
        unlink(Int32(slot))
        append(Int32(slot))
    }

    package mutating func remove(_ slot: Int) {
        guard links.indices.contains(slot), let key = links[slot].key else { return }
        unlink(Int32(slot))
        links[slot] = Link()
        slots[key] = nil
        free.append(Int32(slot))
    }

    private mutating func append(_ slot: Int32) {
        links[Int(slot)].older = newest
        links[Int(slot)].newer = -1
        if newest >= 0 { links[Int(newest)].newer = slot } else { oldest = slot }
        newest = slot
    }

    private mutating func unlink(_ slot: Int32) {
        let link = links[Int(slot)]
        if link.older >= 0 { links[Int(link.older)].newer = link.newer } else { oldest = link.newer }
        if link.newer >= 0 { links[Int(link.newer)].older = link.older } else { newest = link.older }
    }
}

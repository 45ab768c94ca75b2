/// What tells connections apart: both ends, in an order of their own, and what they were seen through.
package struct FlowKey: Hashable, Sendable {
    package let low: Endpoint
    package let high: Endpoint
    /// Of its path: equal in both directions, different in other VLANs and virtual networks.
    package let path: UInt32

    package init(_ segment: borrowing TCPSegment) {
        let isOrdered = segment.source < segment.destination
        low = isOrdered ? segment.source : segment.destination
        high = isOrdered ? segment.destination : segment.source
        path = segment.path.key
    }

    /// Few words, since every packet asks: for IPv4 three.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(low.address.low)
        hasher.combine(high.address.low)
        hasher.combine(UInt64(low.port) << 16 | UInt64(high.port))
        if low.address.isV6 || high.address.isV6 {
            hasher.combine(low.address.high)
            hasher.combine(high.address.high)
        }
        if path != 0 { hasher.combine(path) }
    }
}

/// Finds a connection's slot by its key, and the slots that were silent longest.
///
/// Slots are small integers that are used again; what belongs to a connection lies in the caller's array at its slot.
/// Half-open connections queue apart from established ones, so that a flood of SYNs never pushes out a dialogue.
package struct FlowTable: Sendable {
    package enum Queue: Int, Sendable, CaseIterable {
        case halfOpen, established
    }

    private var slots: [FlowKey: Int32] = [:]
    private var links: [Link] = []
    private var free: [Int32] = []
    private var ends = [Ends(), Ends()]

    private struct Link: Sendable {
        var key: FlowKey?
        var queue = Queue.halfOpen
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    /// The slot of a queue that was silent longest, the one touched last, and how many there are.
    private struct Ends: Sendable {
        var oldest: Int32 = -1
        var newest: Int32 = -1
        var count = 0
    }

    package init() {}

    package func count(_ queue: Queue) -> Int { ends[queue.rawValue].count }

    package func slot(of key: FlowKey) -> Int? { slots[key].map(Int.init) }

    package func key(of slot: Int) -> FlowKey? { links.indices.contains(slot) ? links[slot].key : nil }

    /// The slot that was silent longest.
    package func stalest(_ queue: Queue) -> Int? {
        let oldest = ends[queue.rawValue].oldest
        return oldest < 0 ? nil : Int(oldest)
    }

    /// A slot for a key that has none, in the queue of half-open connections.
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
        append(slot, .halfOpen)
        return Int(slot)
    }

    /// Makes `slot` the one touched last in `queue`.
    package mutating func touch(_ slot: Int, in queue: Queue) {
        let slot = Int32(slot)
        guard ends[queue.rawValue].newest != slot else { return }
        unlink(slot)
        append(slot, queue)
    }

    package mutating func remove(_ slot: Int) {
        guard links.indices.contains(slot), let key = links[slot].key else { return }
        unlink(Int32(slot))
        links[slot] = Link()
        slots[key] = nil
        free.append(Int32(slot))
    }

    private mutating func append(_ slot: Int32, _ queue: Queue) {
        let newest = ends[queue.rawValue].newest
        links[Int(slot)].queue = queue
        links[Int(slot)].older = newest
        links[Int(slot)].newer = -1
        if newest >= 0 { links[Int(newest)].newer = slot } else { ends[queue.rawValue].oldest = slot }
        ends[queue.rawValue].newest = slot
        ends[queue.rawValue].count += 1
    }

    private mutating func unlink(_ slot: Int32) {
        let link = links[Int(slot)]
        let queue = link.queue.rawValue
        if link.older >= 0 { links[Int(link.older)].newer = link.newer } else { ends[queue].oldest = link.newer }
        if link.newer >= 0 { links[Int(link.newer)].older = link.older } else { ends[queue].newest = link.older }
        ends[queue].count -= 1
    }
}

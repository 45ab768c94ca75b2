/// Finds a connection's slot by its key, and the slots that were silent longest.
///
/// Slots are small integers that are used again; what belongs to a connection lies in the caller's array at its slot.
/// Slots stand in queues in the order in which they were touched, so that each kind of connection is forgotten by its
/// own measure and a flood of one kind never pushes out another.
public struct FlowTable: Sendable {
    private let seed: FlowKey.Seed
    @usableFromInline var index = FlowIndex()
    @usableFromInline var links: ContiguousArray<Link> = []
    /// The slot to be used again next, chained by `newer`; −1 where every slot is taken.
    private var free: Int32 = -1
    /// Numbered from 0; more than two kinds of connections are not told apart.
    @usableFromInline var queues: InlineArray<2, Queue> = .init(repeating: Queue())

    @usableFromInline
    struct Link: Sendable {
        @usableFromInline var key: FlowKey
        var older: Int32
        var newer: Int32
        /// −1 for a slot that is free.
        @usableFromInline var queue: Int32
        /// The upper half of the key's hash, which is all that the index needs.
        @usableFromInline var tag: UInt32
    }

    /// The slot that was silent longest, the one touched last, and how many there are.
    @usableFromInline
    struct Queue: Sendable {
        @usableFromInline var oldest: Int32 = -1
        var newest: Int32 = -1
        var count = 0
    }

    public init(seed: FlowKey.Seed = FlowKey.Seed()) { self.seed = seed }

    /// Octets of memory that a slot takes: its link, and its share of an index that is as full as it gets, half.
    public static let costOfSlot = MemoryLayout<Link>.stride + 2 * MemoryLayout<UInt64>.size

    // What is asked for on every packet is written out for other modules: a call would copy the table's fields.

    @inlinable public var count: Int { index.count }

    public func count(of queue: Int) -> Int { queues[queue].count }

    public func hash(_ key: FlowKey) -> UInt64 { key.hash(seed) }

    /// `hash` is the key's.
    @inlinable @inline(__always)
    public func slot(of key: FlowKey, _ hash: UInt64) -> Int? {
        // A slot that is free still has its last key.
        index.slot(hash) { links[$0].key == key && links[$0].queue >= 0 }
    }

    /// Fetches what looking for a key begins with, so that it is near when it is looked for; the answer means nothing.
    @inlinable @inline(__always)
    public func glance(_ hash: UInt64) -> UInt64 { index.glance(hash) }

    /// The key of a slot that is taken.
    public func key(of slot: Int) -> FlowKey { links[slot].key }

    public func isTaken(_ slot: Int) -> Bool { links.indices.contains(slot) && links[slot].queue >= 0 }

    public func queue(of slot: Int) -> Int { Int(links[slot].queue) }

    /// Slots that are or were taken: one more than the highest.
    public var slotCount: Int { links.count }

    /// The slot that was silent longest.
    @inlinable
    public func stalest(_ queue: Int) -> Int? {
        let oldest = queues[queue].oldest
        return oldest < 0 ? nil : Int(oldest)
    }

    /// A slot for a key that has none.
    public mutating func insert(_ key: FlowKey, _ hash: UInt64, in queue: Int) -> Int {
        let link = Link(
            key: key, older: -1, newer: -1, queue: Int32(truncatingIfNeeded: queue),
            tag: UInt32(truncatingIfNeeded: hash >> 32))
        let slot: Int
        if free >= 0 {
            slot = Int(free)
            free = links[slot].newer
            links[slot] = link
        } else {
            slot = links.count
            links.append(link)
        }
        append(slot, queue)
        if index.isCrowded { rebuildIndex() } else { index.insert(hash, slot) }
        return slot
    }

    /// Makes `slot` the one touched last in `queue`.
    public mutating func touch(_ slot: Int, in queue: Int) {
        guard Int(queues[queue].newest) != slot else { return }
        unlink(slot)
        append(slot, queue)
    }

    private mutating func rebuildIndex() {
        let links = links
        index.rebuild(links.indices) { links[$0].queue >= 0 ? links[$0].tag : nil }
    }

    public mutating func remove(_ slot: Int) {
        guard isTaken(slot) else { return }
        unlink(slot)
        index.remove(UInt64(links[slot].tag) << 32, slot)
        links[slot].queue = -1
        links[slot].newer = free
        free = Int32(truncatingIfNeeded: slot)
    }

    private mutating func append(_ slot: Int, _ queue: Int) {
        Self.append(slot, queue, to: &queues[queue], &links)
    }

    // Apart, so that it is asked once whether the links are shared, and not with each of them.

    private static func append(
        _ slot: Int, _ number: Int, to queue: inout Queue, _ all: inout ContiguousArray<Link>
    ) {
        var links = all.mutableSpan
        let place = Int32(truncatingIfNeeded: slot)
        links[slot].queue = Int32(truncatingIfNeeded: number)
        links[slot].older = queue.newest
        links[slot].newer = -1
        if queue.newest >= 0 { links[Int(queue.newest)].newer = place } else { queue.oldest = place }
        queue.newest = place
        queue.count += 1
    }

    private mutating func unlink(_ slot: Int) {
        let queue = Int(links[slot].queue)
        Self.unlink(slot, from: &queues[queue], &links)
    }

    private static func unlink(_ slot: Int, from queue: inout Queue, _ all: inout ContiguousArray<Link>) {
        var links = all.mutableSpan
        let older = links[slot].older
        let newer = links[slot].newer
        if older >= 0 { links[Int(older)].newer = newer } else { queue.oldest = newer }
        if newer >= 0 { links[Int(newer)].older = older } else { queue.newest = older }
        queue.count -= 1
    }
}

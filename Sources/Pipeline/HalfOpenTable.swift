import Wire

/// Connections that nobody has answered yet, in the order in which their SYNs came in last.
struct HalfOpenTable: Sendable {
    private var table: FlowTable
    private var entries: ContiguousArray<HalfOpenConnection> = []

    init(seed: FlowKey.Seed) { table = FlowTable(seed: seed) }

    /// What one of them takes, in octets.
    static let cost = FlowTable.costOfSlot + MemoryLayout<HalfOpenConnection>.stride

    var count: Int { table.count }
    var isEmpty: Bool { table.count == 0 }

    /// The one that was silent longest.
    var stalest: (slot: Int, lastSeen: Timestamp)? {
        table.stalest(0).map { ($0, entries[$0].lastSeen) }
    }

    // Written out where they are asked: a call would be handed a copy of the table's fields.

    subscript(slot: Int) -> HalfOpenConnection {
        @inline(__always) get { entries[slot] }
    }

    /// As `FlowTable.glance(_:)`.
    @inline(__always)
    func glance(_ hash: UInt64) -> UInt64 { table.glance(hash) }

    /// Fetches what is written when one more makes room, `ahead` others before it: in a flood slots lie in the order in which
    /// they are used again. What is not fetched by then is waited for by everything that is written after it.
    @inline(__always)
    func glance(ahead: Int) -> UInt64 {
        guard let stalest = table.stalest(0) else { return 0 }
        let slot = stalest &+ ahead
        guard slot < entries.count else { return 0 }
        return table.glance(at: slot) ^ UInt64(truncatingIfNeeded: entries[slot].start.nanoseconds)
            ^ UInt64(entries[slot].packets)
    }

    /// `hash` is the key's.
    @inline(__always)
    func slot(of key: FlowKey, _ hash: UInt64) -> Int? {
        isEmpty ? nil : table.slot(of: key, hash)
    }

    /// Answers whether the one that was silent longest had to make room, since there were `limit` already. `hash` is the
    /// key's.
    @inline(__always)
    mutating func insert(_ key: FlowKey, _ hash: UInt64, _ entry: HalfOpenConnection, limit: Int) -> Bool {
        if count >= limit, let slot = table.replaceStalest(0, by: key, hash) {
            entries[slot] = entry
            return true
        }
        let slot = table.insert(key, hash, in: 0)
        if slot == entries.count { entries.append(entry) } else { entries[slot] = entry }
        return false
    }

    /// Counts the same SYN once more; answers whether it is the same packet, captured twice.
    mutating func countRepetition(
        _ slot: Int, _ segment: borrowing TCPSegment, octets: Int, frame: FrameNumber, at time: Timestamp,
        now: Timestamp
    ) -> Bool {
        table.touch(slot, in: 0)
        return entries[slot].countRepetition(segment, octets: octets, frame: frame, at: time, now: now)
    }

    mutating func forget(_ slot: Int) { table.remove(slot) }

    /// Takes an entry out.
    mutating func remove(_ slot: Int) -> HalfOpenConnection {
        table.remove(slot)
        return entries[slot]
    }
}

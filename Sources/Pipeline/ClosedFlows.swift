import Wire

/// Where the streams of connections ended that are not followed any more: what a host repeats of them, minutes later
/// if its peer is gone, begins no session.
struct ClosedFlows: Sendable {
    /// The number behind the last octet of each end that was read.
    private struct End: Sendable {
        var low: TCPSequence?
        var high: TCPSequence?
    }

    private var table: FlowTable
    private var ends: ContiguousArray<End> = []
    /// Connections that are remembered at most.
    private let limit: Int

    /// What one of them takes, in octets.
    static let cost = FlowTable.costOfSlot + MemoryLayout<End>.stride

    init(limit: Int, seed: FlowKey.Seed) {
        self.limit = limit
        table = FlowTable(seed: seed)
    }

    /// `hash` is the key's; `low` and `high` are what each end's stream had come to.
    mutating func insert(_ key: FlowKey, _ hash: UInt64, low: TCPSequence?, high: TCPSequence?) {
        let slot: Int
        if let known = table.slot(of: key, hash) {
            slot = known
            table.touch(known, in: 0)
        } else {
            if table.count >= limit, let oldest = table.stalest(0) { table.remove(oldest) }
            slot = table.insert(key, hash, in: 0)
            if slot == ends.count { ends.append(End()) }
        }
        ends[slot] = End(low: low, high: high)
    }

    /// Whether a segment brings nothing but what its connection had brought before it ended.
    func isRepetition(_ segment: borrowing TCPSegment, _ key: FlowKey, _ hash: UInt64) -> Bool {
        guard table.count > 0, !segment.flags.contains(.syn), let slot = table.slot(of: key, hash),
            let reached = segment.isFromLow ? ends[slot].low : ends[slot].high
        else { return false }
        let distance = segment.end.distance(from: reached)
        return distance <= 0 && distance > -TCPReassembler.window
    }
}

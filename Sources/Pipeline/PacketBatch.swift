import Capture
import Findings
import Wire

/// What workers are handed at once: packets that may be mail, and what else happened among all of them, in order.
struct PacketBatch: Sendable {
    /// Packets of one block that come one after the other, and the items that are theirs.
    struct Part: Sendable {
        /// Of which only those packets may be left that somebody has to do with.
        let block: CaptureBlock
        /// What is given up of them.
        let overload: Overload
        let items: Range<Int>
    }

    /// Something to do.
    struct Item: Sendable {
        /// By the capture's clock.
        let now: Timestamp
        /// The packet; of what else is to be done only its order counts.
        let frame: FrameNumber
        /// Of its flow's key, where its duty is a shard's.
        let hash: UInt64
        /// The packet's index in its part's block.
        fileprivate(set) var index: UInt32
        let duty: Duty
        /// It is a `LoneSYN` that can be read as such.
        var isSYN = false

        /// How many packets the run had seen, this one included.
        var order: UInt64 { frame.order }
    }

    private(set) var parts: [Part] = []
    private(set) var items: [Item] = []
    /// The clock at each of the items that are pauses.
    private(set) var pauses: [CaptureClock] = []
    /// How many packets the run had seen at its end.
    private(set) var order: UInt64 = 0
    /// What was counted of packets that are nobody's.
    private(set) var counters = CaptureCounters()

    /// No packet was looked at for it.
    var isEmpty: Bool { order == 0 }

    /// Octets that its blocks keep in memory.
    private var held = 0

    /// As much as is handed over at once: handing over costs as much as some dozen packets, and memory that waits leaves the
    /// processor's cache.
    var isFull: Bool { items.count >= 256 || held >= 2 << 20 }

    /// Makes room for so many items more, so that it need not grow with them. At least twice the room: making just what is
    /// needed would move all with every few that come.
    mutating func reserve(_ more: Int) {
        let needed = items.count + more
        if needed > items.capacity { items.reserveCapacity(max(needed, 2 * items.capacity)) }
    }

    mutating func append(_ item: Item) { items.append(item) }

    mutating func append(pause clock: CaptureClock, _ order: UInt64) {
        let frame = FrameNumber(file: 0, 0, order: order)
        append(Item(now: clock.now ?? clock.believed, frame: frame, hash: 0, index: 0, duty: .pause))
        pauses.append(clock)
    }

    mutating func count(_ duty: Duty) {
        if duty == .nobody { counters.otherPackets &+= 1 } else { counters.filtered &+= 1 }
    }

    /// Ends the part of `slice`, whose items begin at `start`. `octets` is how many its packets have that are somebody's.
    mutating func close(_ slice: BlockSlice, from start: Int, octets: Int, _ order: UInt64) {
        self.order = order
        let range = start..<items.count
        var block = slice.block
        // Where few are, they are copied: what is read next lies in memory that the processor's cache still holds.
        if slice.packets.count == block.count, octets < block.filled / 8 {
            var indices: [UInt32] = []
            for place in range where items[place].duty.isPacket {
                indices.append(items[place].index)
                items[place].index = UInt32(truncatingIfNeeded: indices.count - 1)
            }
            if let extracted = block.extracted(indices) { block = extracted } else if range.isEmpty { return }
        }
        held += block.filled
        parts.append(Part(block: block, overload: slice.overload, items: range))
    }
}

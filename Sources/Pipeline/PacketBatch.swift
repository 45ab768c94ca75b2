import Findings
import Wire

/// What workers are handed at once: packets that may be mail, and what else happened among all of them, in order.
struct PacketBatch: Sendable {
    /// Packets of one block that come one after the other, and the items that are theirs.
    struct Part: Sendable {
        let slice: BlockSlice
        let items: Range<Int>
    }

    /// Something to do.
    struct Item: Sendable {
        /// By the capture's clock.
        let now: Timestamp
        /// How many packets the run had seen, this one included.
        let order: UInt64
        /// The packet's index in its block.
        let index: UInt32
        let duty: Duty
    }

    private(set) var parts: [Part] = []
    private(set) var items: [Item] = []
    /// The clock at each of the items that are pauses.
    private(set) var pauses: [CaptureClock] = []
    /// How many packets the run had seen at its end.
    private(set) var order: UInt64 = 0
    /// What was counted of packets that are nobody's.
    private(set) var counters = CaptureCounters()

    var isEmpty: Bool { parts.isEmpty }

    /// As much as is handed over at once: handing over costs as much as some dozen packets, and memory that waits leaves the
    /// processor's cache.
    var isFull: Bool { items.count >= 256 || parts.count >= 8 }

    mutating func append(_ item: Item) { items.append(item) }

    mutating func append(pause clock: CaptureClock, _ order: UInt64) {
        append(Item(now: clock.now ?? clock.believed, order: order, index: 0, duty: .pause))
        pauses.append(clock)
    }

    mutating func count(_ duty: Duty) {
        if duty == .nobody { counters.otherPackets &+= 1 } else { counters.filtered &+= 1 }
    }

    mutating func close(_ slice: BlockSlice, from start: Int, _ order: UInt64) {
        parts.append(Part(slice: slice, items: start..<items.count))
        self.order = order
    }
}

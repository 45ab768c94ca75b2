import Capture
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

    fileprivate mutating func append(_ item: Item) { items.append(item) }

    fileprivate mutating func append(pause clock: CaptureClock, _ order: UInt64) {
        append(Item(now: clock.now ?? clock.believed, order: order, index: 0, duty: .pause))
        pauses.append(clock)
    }

    fileprivate mutating func count(_ duty: Duty) {
        if duty == .nobody { counters.otherPackets &+= 1 } else { counters.filtered &+= 1 }
    }

    fileprivate mutating func close(_ slice: BlockSlice, from start: Int, _ order: UInt64) {
        parts.append(Part(slice: slice, items: start..<items.count))
        self.order = order
    }
}

/// Goes through packets once, before the workers do: keeps the clock, counts what cannot be mail, and says whose the others
/// are. So nobody takes apart what is another's, and on a link with little mail most packets are looked at once.
struct Triage {
    private let ports: PortSet
    private var clock = CaptureClock()
    /// Packets of all blocks so far.
    private var packets: UInt64 = 0

    init(ports: PortSet) { self.ports = ports }

    /// Shards without packets of their own learn what time it is after so many packets of the run, not of a block, since a
    /// pipe's blocks end elsewhere than a file's.
    private static let packetsBetweenRests: UInt64 = 4096

    mutating func sort(_ slice: BlockSlice, into batch: inout PacketBatch) {
        let start = batch.items.count
        var walker = slice.block.packets(slice.packets)
        var index = UInt32(truncatingIfNeeded: slice.packets.lowerBound)
        while let packet = walker.next() {
            packets &+= 1
            let time = Timestamp(nanoseconds: packet.nanoseconds)
            if clock.observe(time) { batch.append(pause: clock, packets) }
            let duty = Duty(of: packet, ports)
            if duty.isWork {
                batch.append(PacketBatch.Item(now: clock.now ?? time, order: packets, index: index, duty: duty))
            } else {
                batch.count(duty)
            }
            if packets % Self.packetsBetweenRests == 0 {
                batch.append(PacketBatch.Item(now: clock.now ?? time, order: packets, index: index, duty: .rest))
            }
            index &+= 1
        }
        batch.close(slice, from: start, packets)
    }

    /// Time has gone by without packets; `now` is the time by the clock that stamps them. Answers the capture's clock, and
    /// whether it has just believed a leap.
    mutating func tick(_ now: Timestamp) -> (clock: CaptureClock, hasLeapt: Bool) {
        let hasLeapt = clock.isBehind(now) && clock.observe(now)
        return (clock, hasLeapt)
    }
}

/// Whose a packet is: the shard's with this number, or one of those below.
struct Duty: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt8

    @inline(__always)
    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only its headers, one by one, tell which shard's it is, or it has none yet (fragments).
    static var everyone: Self { Self(rawValue: UInt8(Shard.count)) }
    /// No packet: shards learn what time it is.
    static var rest: Self { Self(rawValue: UInt8(Shard.count) + 1) }
    /// No packet: the clock has believed a leap.
    static var pause: Self { Self(rawValue: UInt8(Shard.count) + 2) }
    /// It holds no mail.
    static var nobody: Self { Self(rawValue: UInt8(Shard.count) + 3) }
    /// The user's filter left it out.
    static var leftOut: Self { Self(rawValue: UInt8(Shard.count) + 4) }

    @inline(__always)
    init(of packet: borrowing Packet, _ ports: borrowing PortSet) {
        guard packet.isSelected else {
            self = .leftOut
            return
        }
        switch FrameGlance(at: packet.octets, linkType: LinkType(rawValue: packet.linkType), ports: ports) {
        case .other: self = .nobody
        case .unknown: self = .everyone
        case .mail(let hostPair): self.init(rawValue: UInt8(truncatingIfNeeded: Shard.number(ofHosts: hostPair)))
        }
    }

    /// A worker has something to do.
    @inline(__always)
    var isWork: Bool { rawValue < Self.nobody.rawValue }

    /// The packet is the shard's with the number `rawValue`.
    @inline(__always)
    var isShards: Bool { rawValue < Self.everyone.rawValue }
}

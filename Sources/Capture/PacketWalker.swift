/// Goes through the packets of one block in order, where they lie: nothing is allocated, counted or copied, and nothing
/// can fail, since lengths were checked when the block was filled.
///
/// Each thread that reads a block makes a walker of its own; they do not disturb each other.
public struct PacketWalker: ~Escapable {
    @usableFromInline let octets: Span<UInt8>
    @usableFromInline let records: Span<PacketRecord>
    @usableFromInline let interfaces: Span<CaptureInterface>
    /// Where packets' numbers do not follow each other: in hardly any block.
    @usableFromInline let jumps: [FrameJump]
    /// Number in its file of what comes first in the block.
    @usableFromInline let leadingNumber: UInt64
    /// How many of `jumps` were met, in frames, and at which packet the next one is.
    @usableFromInline var passed: UInt64 = 0
    @usableFromInline var nextJump: Int
    @usableFromInline var index: Int
    @usableFromInline let end: Int

    @inlinable @_lifetime(copy octets, copy records, copy interfaces)
    init(
        octets: Span<UInt8>, records: Span<PacketRecord>, interfaces: Span<CaptureInterface>, jumps: [FrameJump],
        leadingNumber: UInt64, range: Range<Int>
    ) {
        self.octets = octets
        self.records = records
        self.interfaces = interfaces
        self.jumps = jumps
        self.leadingNumber = leadingNumber
        nextJump = jumps.isEmpty ? .max : 0
        index = max(0, range.lowerBound)
        end = min(range.upperBound, records.count)
    }

    /// The next packet, or `nil` at the end. It stays valid as long as the block does.
    @inlinable @inline(__always) @_lifetime(copy self)
    public mutating func next() -> Packet? {
        guard index < end else { return nil }
        if index >= nextJump { (passed, nextJump) = Self.passed(jumps, before: index) }
        let packet = self.packet(
            at: index, number: leadingNumber &+ passed &+ UInt64(truncatingIfNeeded: index))
        index &+= 1
        return packet
    }

    /// The packet at an index of the block, which must have one there; its `number` is known from when it was met in order.
    @inlinable @inline(__always) @_lifetime(copy self)
    public func packet(at index: Int, number: UInt64) -> Packet {
        let record = records[index]
        let start = Int(record.offset)
        let interface = interfaces[Int(record.slot & ~PacketRecord.leftOut)]
        return Packet(
            octets: octets.extracting(start..<(start &+ Int(record.captured))), nanoseconds: record.nanoseconds,
            originalLength: Int(record.original), number: number,
            linkType: interface.linkType, interface: interface.number,
            isSelected: record.slot & PacketRecord.leftOut == 0)
    }

    /// Frames of the block that are no packets and stand before the packet at `index`, and at which packet there are more.
    @usableFromInline @inline(never)
    static func passed(_ jumps: [FrameJump], before index: Int) -> (count: UInt64, next: Int) {
        var low = 0
        var high = jumps.count
        while low < high {
            let middle = low + (high - low) / 2
            if jumps[middle].index <= index { low = middle + 1 } else { high = middle }
        }
        return (low == 0 ? 0 : jumps[low - 1].passed, low < jumps.count ? jumps[low].index : .max)
    }
}

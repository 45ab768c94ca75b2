/// Goes through the packets of one block in order, where they lie: nothing is allocated, counted or copied, and nothing
/// can fail, since lengths were checked when the block was filled.
///
/// Each thread that reads a block makes a walker of its own; they do not disturb each other.
public struct PacketWalker: ~Escapable {
    @usableFromInline let octets: Span<UInt8>
    @usableFromInline let records: Span<PacketRecord>
    @usableFromInline let interfaces: Span<CaptureInterface>
    /// Where packets' numbers do not follow each other: in hardly any block.
    @usableFromInline let jumps: Span<FrameJump>
    /// Number in its file of what comes first in the block.
    @usableFromInline let leadingNumber: UInt64
    @usableFromInline var index: Int
    @usableFromInline let end: Int

    @inlinable @_lifetime(copy octets, copy records, copy interfaces, copy jumps)
    init(
        octets: Span<UInt8>, records: Span<PacketRecord>, interfaces: Span<CaptureInterface>, jumps: Span<FrameJump>,
        leadingNumber: UInt64, range: Range<Int>
    ) {
        self.octets = octets
        self.records = records
        self.interfaces = interfaces
        self.jumps = jumps
        self.leadingNumber = leadingNumber
        index = max(0, range.lowerBound)
        end = min(range.upperBound, records.count)
    }

    /// The next packet, or `nil` at the end. It stays valid as long as the block does.
    @inlinable @inline(__always) @_lifetime(copy self)
    public mutating func next() -> Packet? {
        guard index < end else { return nil }
        let packet = self.packet(at: index)
        index &+= 1
        return packet
    }

    /// The packet at an index of the block, which must have one there.
    @inlinable @inline(__always) @_lifetime(copy self)
    public func packet(at index: Int) -> Packet {
        let record = records[index]
        let start = Int(record.offset)
        let interface = interfaces[Int(record.slot & ~PacketRecord.leftOut)]
        return Packet(
            octets: octets.extracting(start..<(start &+ Int(record.captured))), nanoseconds: record.nanoseconds,
            originalLength: Int(record.original), number: number(at: index),
            linkType: interface.linkType, interface: interface.number,
            isSelected: record.slot & PacketRecord.leftOut == 0)
    }

    @inlinable @inline(__always)
    func number(at index: Int) -> UInt64 {
        let number = leadingNumber &+ UInt64(truncatingIfNeeded: index)
        return jumps.isEmpty ? number : number &+ passed(before: index)
    }

    /// Frames of the block that are no packets and stand before the packet at `index`.
    @usableFromInline @inline(never)
    func passed(before index: Int) -> UInt64 {
        var low = 0
        var high = jumps.count
        while low < high {
            let middle = low + (high - low) / 2
            if jumps[middle].index <= index { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : jumps[low - 1].passed
    }
}

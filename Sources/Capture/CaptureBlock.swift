/// Some packets of one capture, in order, with the octets that they lie in: a block never changes once it was handed
/// out, so any number of threads may walk it at the same time, each with a walker of its own.
///
///     var source = try BlockSource(path)
///     while let block = try source.next() {
///         // Here, or on as many threads as there are, since a block is `Sendable`:
///         var packets = block.packets
///         while let packet = packets.next() { … }
///     }
///
/// Its memory goes back to its pool when the last reference to it is gone, and the next block is read into it.
@safe public final class CaptureBlock: @unchecked Sendable {
    /// The number that its source was given: the index of its input.
    public let file: UInt32
    /// Number in its file of its leading packet.
    public let leadingNumber: UInt64
    /// Packets that it holds; never 0.
    public let count: Int
    /// Captured octets of all its packets.
    public let capturedOctets: UInt64
    /// The earliest and the latest time stamp in it, in nanoseconds since 1970.
    public let earliest: Int64
    public let latest: Int64
    /// Octets of the input (as it is stored, compressed or not) that were read when it was filled.
    public let position: Int64
    /// Octet offset of its records in the capture, after decompression.
    public let offset: Int64
    private let memory: BlockMemory
    private let interfaceTable: UnsafeMutableBufferPointer<CaptureInterface>
    private let jumps: [FrameJump]
    /// Octets of the capture that it keeps in memory.
    public let filled: Int
    private let pool: BlockPool

    init(_ memory: BlockMemory, _ filling: Filling, _ place: Place, _ interfaces: [CaptureInterface], _ pool: BlockPool)
    {
        self.memory = memory
        self.pool = pool
        unsafe interfaceTable = UnsafeMutableBufferPointer.allocate(capacity: interfaces.count)
        unsafe _ = interfaceTable.initialize(fromContentsOf: interfaces)
        jumps = filling.jumps
        filled = filling.consumed
        count = filling.count
        capturedOctets = filling.capturedOctets
        earliest = filling.earliest
        latest = filling.latest
        file = place.file
        leadingNumber = place.leadingNumber
        position = place.position
        offset = place.offset
    }

    deinit {
        unsafe interfaceTable.deallocate()
        pool.give(memory)
    }

    /// A block of its own with copies of those packets that stand at `indices` of `0..<count`, in this order, so that all the
    /// other packets' memory is free for what is read next; `nil` for none.
    ///
    /// Its packets' numbers are not those that they have in the file.
    public func extracted(_ indices: [UInt32]) -> CaptureBlock? {
        guard !indices.isEmpty else { return nil }
        var octets = 0
        for index in indices { octets += Int(record(at: index).captured) }
        let extract = BlockMemory(capacity: octets, records: indices.count)
        var filling = Filling(extract, available: octets)
        for index in indices {
            var record = record(at: index)
            let place = filling.consumed
            let end = place + Int(record.captured)
            let source = Int(record.offset)..<Int(record.offset) + Int(record.captured)
            unsafe UnsafeMutableRawBufferPointer(rebasing: extract.octets[place..<end])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: memory.octets[source]))
            record.offset = UInt32(truncatingIfNeeded: place)
            filling.append(record)
            filling.consumed = end
        }
        let place = Place(file: file, leadingNumber: leadingNumber, position: position, offset: offset)
        return CaptureBlock(extract, filling, place, interfaces, pool)
    }

    private func record(at index: UInt32) -> PacketRecord {
        precondition(index < count)
        return unsafe memory.records[Int(index)]
    }

    /// Where a block stands in its input.
    struct Place {
        let file: UInt32
        let leadingNumber: UInt64
        let position: Int64
        let offset: Int64
    }

    /// Goes through its packets.
    public var packets: PacketWalker {
        @_lifetime(borrow self) get { packets(0..<count) }
    }

    /// Goes through the packets of a range of `0..<count`; what is beyond it is left out.
    @_lifetime(borrow self)
    public func packets(_ range: Range<Int>) -> PacketWalker {
        let octets = unsafe Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory.octets[..<filled]))
        let records = unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: memory.records[..<count]))
        let table = unsafe Span(_unsafeElements: UnsafeBufferPointer(interfaceTable))
        let walker = PacketWalker(
            octets: octets, records: records, interfaces: table, jumps: jumps, leadingNumber: leadingNumber,
            range: range)
        // All of it lives, and stays as it is, as long as the block does.
        return unsafe _overrideLifetime(walker, borrowing: self)
    }

    /// The interfaces of its packets.
    public var interfaces: [CaptureInterface] { unsafe Array(interfaceTable) }

    /// Time stamp of the packet at `index` of `0..<count`, in nanoseconds since 1970.
    public func nanoseconds(at index: Int) -> Int64 {
        precondition(index >= 0 && index < count)
        return unsafe memory.records[index].nanoseconds
    }
}

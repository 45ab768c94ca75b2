import Synchronization

/// The memory of one block: octets of a capture, and the records that say where its packets lie.
///
/// Whoever fills it owns it alone; afterwards nobody writes to it, which is why several threads may read it.
@safe struct BlockMemory: @unchecked Sendable {
    let octets: UnsafeMutableRawBufferPointer
    let records: UnsafeMutableBufferPointer<PacketRecord>

    /// Room for `capacity` octets and for a packet in every 32 of them: the smallest records of Ethernet take 76.
    init(capacity: Int) { self.init(capacity: capacity, records: max(16, capacity / 32)) }

    /// Room for `capacity` octets and so many packets.
    init(capacity: Int, records count: Int) {
        unsafe octets = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        unsafe records = UnsafeMutableBufferPointer<PacketRecord>.allocate(capacity: count)
    }

    var capacity: Int { unsafe octets.count }
    var recordCapacity: Int { unsafe records.count }

    /// Overwrites octets with zeros.
    func wipe(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        unsafe UnsafeMutableRawBufferPointer(rebasing: octets[range]).initializeMemory(as: UInt8.self, repeating: 0)
    }

    func free() {
        unsafe octets.deallocate()
        unsafe records.deallocate()
    }
}

/// Keeps the memory of blocks that nobody reads any more for the next ones.
public final class BlockPool: Sendable {
    /// Octets of a block as a rule.
    let blockSize: Int
    /// Blocks whose memory is kept: 12 MiB, 8 at least.
    private let limit: Int
    let free = Mutex<[BlockMemory]>([])

    /// 256 KiB: a read(2) costs little beside what it brings, and the cache still holds the block when it is walked, even on
    /// the other core.
    public static let defaultBlockSize = 256 << 10
    /// Of an interface, whose packets may be as long as 256 KiB, and must fit before they are asked for.
    public static let liveBlockSize = 1 << 20

    public init(blockSize: Int = BlockPool.defaultBlockSize) {
        self.blockSize = max(4096, blockSize)
        limit = max(8, (12 << 20) / self.blockSize)
    }

    deinit { free.withLock { for memory in $0 { memory.free() } } }

    /// Memory for at least `count` octets.
    func take(_ count: Int = 0) -> BlockMemory {
        guard count <= blockSize else { return BlockMemory(capacity: count) }
        return free.withLock { $0.popLast() } ?? BlockMemory(capacity: blockSize)
    }

    /// Takes back what is of the usual size; what a giant record needed is given back to the system.
    func give(_ memory: BlockMemory) {
        let isKept = free.withLock { kept in
            guard memory.capacity == blockSize, kept.count < limit else { return false }
            kept.append(memory)
            return true
        }
        if !isKept { memory.free() }
    }
}

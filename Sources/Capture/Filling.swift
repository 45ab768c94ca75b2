/// A block that is being filled: keeps where its packets lie, and what is known of them all.
@safe struct Filling {
    let memory: BlockMemory
    private let octets: UnsafeRawPointer
    /// Octets of the capture that are there.
    let available: Int
    /// Octets from the block's start that were looked through: all packets lie before it.
    var consumed = 0
    /// Packets found.
    private(set) var count = 0
    private(set) var capturedOctets: UInt64 = 0
    private(set) var earliest = Int64.max
    private(set) var latest = Int64.min
    /// Octets that the record at `consumed` takes, as far as that is known, where they are not all there.
    var needed = 0
    /// What is wrong with the record at `consumed`.
    var fault: FormatFault?
    /// Where something that is no packet has a frame's number.
    private(set) var jumps: [FrameJump] = []

    init(_ memory: BlockMemory, available: Int) {
        self.memory = memory
        unsafe octets = UnsafeRawPointer(memory.octets.baseAddress.unsafelyUnwrapped)
        precondition(available <= memory.capacity)
        self.available = available
    }

    var hasRoom: Bool { count < memory.recordCapacity }

    /// Something that is no packet has a frame's number here.
    mutating func passFrame() {
        if let last = jumps.last, last.index == count {
            jumps[jumps.count - 1].passed += 1
        } else {
            jumps.append(FrameJump(index: count, passed: passedFrames + 1))
        }
    }

    /// How many frames' numbers have no packet.
    var passedFrames: UInt64 { jumps.last?.passed ?? 0 }

    mutating func append(_ record: PacketRecord) {
        precondition(hasRoom)
        unsafe memory.records.baseAddress.unsafelyUnwrapped.advanced(by: count).initialize(to: record)
        count &+= 1
        capturedOctets &+= UInt64(record.captured)
        earliest = min(earliest, record.nanoseconds)
        latest = max(latest, record.nanoseconds)
    }

    /// Four integers of 32 bits in a row.
    struct Fields {
        var first: UInt32
        var second: UInt32
        var third: UInt32
        var fourth: UInt32
    }

    /// The fields at `offset`: a record header is looked at in one piece, since it is looked at for every packet.
    func fields(_ offset: Int, swapped: Bool) -> Fields {
        precondition(offset >= 0 && available &- offset >= 16)
        let start = unsafe octets.advanced(by: offset)
        let leading = unsafe UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
        let trailing = unsafe UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let fields = Fields(
            first: UInt32(truncatingIfNeeded: leading), second: UInt32(truncatingIfNeeded: leading >> 32),
            third: UInt32(truncatingIfNeeded: trailing), fourth: UInt32(truncatingIfNeeded: trailing >> 32))
        guard swapped else { return fields }
        return Fields(
            first: fields.first.byteSwapped, second: fields.second.byteSwapped, third: fields.third.byteSwapped,
            fourth: fields.fourth.byteSwapped)
    }

    /// An integer in the order of the file, little-endian unless `swapped`.
    func u32(_ offset: Int, swapped: Bool) -> UInt32 {
        precondition(offset >= 0 && offset &+ 4 <= available)
        let value = unsafe UInt32(littleEndian: octets.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return swapped ? value.byteSwapped : value
    }

    func u16(_ offset: Int, swapped: Bool) -> UInt16 {
        precondition(offset >= 0 && offset &+ 2 <= available)
        let value = unsafe UInt16(littleEndian: octets.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        return swapped ? value.byteSwapped : value
    }

    func u8(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < available)
        return unsafe memory.octets[offset]
    }

    /// Overwrites octets with zeros.
    func wipe(_ range: Range<Int>) {
        precondition(range.upperBound <= available)
        memory.wipe(range)
    }
}

/// What is wrong with the structure of a capture, in a few words.
struct FormatFault: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

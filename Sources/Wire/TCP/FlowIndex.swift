/// Finds slot numbers by hash: open addressing with linear probing, in one word a place.
///
/// A place holds 32 bits of the hash beside the slot, so that a probe looks at a slot's key when these agree and
/// hardly ever otherwise, and so that rebuilding and closing up after a removal need no key at all.
@usableFromInline
struct FlowIndex: Sendable {
    /// The upper half is the hash's, the lower one the slot + 1; 0 is an empty place.
    @usableFromInline var places: ContiguousArray<UInt64>
    @usableFromInline var mask: Int
    @usableFromInline private(set) var count = 0

    private static let leastPlaces = 256

    init() {
        places = ContiguousArray(repeating: 0, count: Self.leastPlaces)
        mask = Self.leastPlaces - 1
    }

    /// Octets of memory.
    var cost: Int { places.count * MemoryLayout<UInt64>.size }

    /// The slot whose hash is `hash` and for which `matches` answers `true`.
    @inlinable @inline(__always)
    func slot(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        let tag = hash >> 32
        var place = Int(truncatingIfNeeded: tag) & mask
        while true {
            let entry = places[place]
            if entry == 0 { return nil }
            if entry >> 32 == tag {
                let slot = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) - 1
                if matches(slot) { return slot }
            }
            place = (place + 1) & mask
        }
    }

    /// Where looking for `hash` begins: what is read there is nothing to anybody, but is near when it is looked for.
    @inlinable @inline(__always)
    func glance(_ hash: UInt64) -> UInt64 { places[Int(truncatingIfNeeded: hash >> 32) & mask] }

    /// One more entry would make probes long.
    @inline(__always)
    var isCrowded: Bool { count &* 2 >= places.count }

    /// Adds a slot that is not there. The caller has seen to it that there is room.
    @inline(__always)
    mutating func insert(_ hash: UInt64, _ slot: Int) {
        Self.put(hash, slot, in: &places, mask)
        count += 1
    }

    /// Takes out a slot that is there.
    mutating func remove(_ hash: UInt64, _ slot: Int) {
        Self.remove(Self.entry(hash, slot), &places, mask)
        count -= 1
    }

    /// Makes room. `tag` tells the upper half of a slot's hash, or that the slot is free.
    mutating func rebuild(_ slots: Range<Int>, tag: (Int) -> UInt32?) {
        places = ContiguousArray(repeating: 0, count: places.count * 2)
        mask = places.count - 1
        count = Self.fill(&places, mask, slots, tag)
    }

    // Apart, so that it is asked once whether the places are shared, and not with each of them.

    private static func remove(_ wanted: UInt64, _ all: inout ContiguousArray<UInt64>, _ mask: Int) {
        var places = all.mutableSpan
        var hole = Int(truncatingIfNeeded: wanted >> 32) & mask
        while places[hole] != wanted { hole = (hole &+ 1) & mask }
        // Entries behind it move up, so that no probe ends too early.
        var place = (hole &+ 1) & mask
        while true {
            let entry = places[place]
            if entry == 0 { break }
            let home = Int(truncatingIfNeeded: entry >> 32) & mask
            // It may move where its home does not lie behind the hole.
            if (place &- home) & mask >= (place &- hole) & mask {
                places[hole] = entry
                hole = place
            }
            place = (place &+ 1) & mask
        }
        places[hole] = 0
    }

    /// Answers how many slots there are.
    private static func fill(
        _ all: inout ContiguousArray<UInt64>, _ mask: Int, _ slots: Range<Int>, _ tag: (Int) -> UInt32?
    ) -> Int {
        var places = all.mutableSpan
        var count = 0
        for slot in slots {
            guard let tag = tag(slot) else { continue }
            put(entry(UInt64(tag) << 32, slot), in: &places, mask)
            count += 1
        }
        return count
    }

    private static func put(_ hash: UInt64, _ slot: Int, in all: inout ContiguousArray<UInt64>, _ mask: Int) {
        var places = all.mutableSpan
        put(entry(hash, slot), in: &places, mask)
    }

    @inline(__always)
    private static func put(_ entry: UInt64, in places: inout MutableSpan<UInt64>, _ mask: Int) {
        var place = Int(truncatingIfNeeded: entry >> 32) & mask
        while places[place] != 0 { place = (place &+ 1) & mask }
        places[place] = entry
    }

    private static func entry(_ hash: UInt64, _ slot: Int) -> UInt64 {
        (hash >> 32) << 32 | UInt64(truncatingIfNeeded: slot + 1)
    }
}

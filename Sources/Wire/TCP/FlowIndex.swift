/// Finds slot numbers by hash: open addressing with linear probing, in one word a place.
///
/// A place holds 32 bits of the hash beside the slot, so that a probe looks at a slot's key when these agree and
/// hardly ever otherwise, and so that growing and closing up after a removal need no key at all.
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

    /// Adds a slot that is not there.
    mutating func insert(_ hash: UInt64, _ slot: Int) {
        if count * 2 >= places.count { grow() }
        Self.put(Self.entry(hash, slot), &places, mask)
        count += 1
    }

    mutating func remove(_ hash: UInt64, _ slot: Int) {
        if Self.remove(Self.entry(hash, slot), &places, mask) { count -= 1 }
    }

    /// Lets a slot that is there be found by another hash.
    mutating func move(_ slot: Int, from old: UInt64, to new: UInt64) {
        _ = Self.remove(Self.entry(old, slot), &places, mask)
        Self.put(Self.entry(new, slot), &places, mask)
    }

    // Apart, so that it is asked once whether the places are shared, and not with each of them.

    /// Answers whether it was there.
    private static func remove(_ wanted: UInt64, _ all: inout ContiguousArray<UInt64>, _ mask: Int) -> Bool {
        var places = all.mutableSpan
        var hole = Int(truncatingIfNeeded: wanted >> 32) & mask
        while places[hole] != wanted {
            if places[hole] == 0 { return false }
            hole = (hole &+ 1) & mask
        }
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
        return true
    }

    private static func put(_ entry: UInt64, _ all: inout ContiguousArray<UInt64>, _ mask: Int) {
        var places = all.mutableSpan
        var place = Int(truncatingIfNeeded: entry >> 32) & mask
        while places[place] != 0 { place = (place &+ 1) & mask }
        places[place] = entry
    }

    private static func entry(_ hash: UInt64, _ slot: Int) -> UInt64 {
        (hash >> 32) << 32 | UInt64(truncatingIfNeeded: slot + 1)
    }

    private mutating func grow() {
        let old = places
        places = ContiguousArray(repeating: 0, count: old.count * 2)
        mask = places.count - 1
        for entry in old where entry != 0 { Self.put(entry, &places, mask) }
    }
}

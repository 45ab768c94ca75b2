/// Finds slot numbers by hash: open addressing with linear probing, in one word a place.
///
/// A place holds 32 bits of the hash beside the slot, so that a probe looks at a slot's key when these agree and
/// hardly ever otherwise, and so that growing and closing up after a removal need no key at all.
struct FlowIndex: Sendable {
    /// The upper half is the hash's, the lower one the slot + 1; 0 is an empty place.
    private var places: ContiguousArray<UInt64>
    private var mask: Int
    private(set) var count = 0

    private static let leastPlaces = 256

    init() {
        places = ContiguousArray(repeating: 0, count: Self.leastPlaces)
        mask = Self.leastPlaces - 1
    }

    /// Octets of memory.
    var cost: Int { places.count * MemoryLayout<UInt64>.size }

    /// The slot whose hash is `hash` and for which `matches` answers `true`.
    @inline(__always)
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
        put(Self.entry(hash, slot))
        count += 1
    }

    mutating func remove(_ hash: UInt64, _ slot: Int) {
        let wanted = Self.entry(hash, slot)
        let mask = mask
        // Asked once whether it is shared, not with each place.
        var places = places.mutableSpan
        var hole = Int(truncatingIfNeeded: hash >> 32) & mask
        while places[hole] != wanted {
            if places[hole] == 0 { return }
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
        count -= 1
    }

    private mutating func put(_ entry: UInt64) {
        let mask = mask
        var places = places.mutableSpan
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
        for entry in old where entry != 0 { put(entry) }
    }
}

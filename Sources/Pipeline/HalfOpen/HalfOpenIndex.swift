/// Finds places of a ring by hash: open addressing with linear probing, in 32 bits an entry, so that the whole of it fits into
/// a processor's second cache.
///
/// An entry says that a place has had this hash. Who asks looks whether it still has, and fills the index anew when it is crowded:
/// entries of what was pushed out stay until then, so that a flood looks for none of them.
struct HalfOpenIndex: Sendable {
    /// The lowest bits are the place + 1, the others those of the tag; 0 is empty. Where the place is 0 an entry was taken out.
    private var entries: ContiguousArray<UInt32> = []
    private var mask = -1
    private var count = 0
    /// Bits that hold a place.
    private let places: UInt32

    /// For a ring of at most so many places, fewer than 2³¹.
    init(limit: Int) {
        places = 1 << UInt32(Int.bitWidth - limit.leadingZeroBitCount) - 1
    }

    /// Octets that each place of a ring takes at most.
    static let costOfPlace = 6 * MemoryLayout<UInt32>.size

    /// One more entry would make probes long.
    @inline(__always)
    var isCrowded: Bool { count &* 2 >= entries.count }

    /// Where looking for a tag begins: what is read there is nothing to anybody, but is near when it is looked for.
    @inline(__always)
    func glance(_ tag: UInt32) -> UInt32 { entries.isEmpty ? 0 : entries[Int(tag) & mask] }

    /// The place that had this tag and for which `matches` answers `true`.
    @inline(__always)
    func place(_ tag: UInt32, where matches: (Int) -> Bool) -> Int? {
        guard !entries.isEmpty else { return nil }
        var index = Int(tag) & mask
        while true {
            let entry = entries[index]
            if entry == 0 { return nil }
            if (entry ^ tag) & ~places == 0, entry & places != 0 {
                let place = Int(entry & places) &- 1
                if matches(place) { return place }
            }
            index = (index &+ 1) & mask
        }
    }

    /// The caller has seen to it that there is room.
    @inline(__always)
    mutating func insert(_ tag: UInt32, _ place: Int) {
        if Self.put(tag, place, in: &entries, mask, places) { count &+= 1 }
    }

    /// Takes a place out, so that what comes again and again leaves nothing that is walked through.
    mutating func remove(_ tag: UInt32, _ place: Int) {
        guard !entries.isEmpty else { return }
        let wanted = Self.entry(tag, place, places)
        var index = Int(tag) & mask
        while entries[index] != wanted {
            if entries[index] == 0 { return }
            index = (index &+ 1) & mask
        }
        entries[index] = places &+ 1
    }

    /// Forgets all, and fills it with the tags of all places that are in use, those from the oldest one on and those that follow
    /// at the beginning of the ring; 0 is one that is empty.
    mutating func fill(_ tags: Span<UInt32>, _ older: Range<Int>, _ newer: Range<Int>) {
        var size = 16
        while size < 3 * tags.count { size *= 2 }
        if size != entries.count {
            entries = ContiguousArray(repeating: 0, count: size)
            mask = size - 1
            count = 0
        }
        Self.clear(&entries, isEmpty: count == 0)
        count = Self.fill(&entries, tags, older, mask, places) + Self.fill(&entries, tags, newer, mask, places)
    }

    // Apart, so that it is asked once whether the entries are shared, and not with each of them.

    private static func clear(_ all: inout ContiguousArray<UInt32>, isEmpty: Bool) {
        guard !isEmpty else { return }
        var entries = all.mutableSpan
        for index in entries.indices { entries[index] = 0 }
    }

    /// Answers how many there are.
    private static func fill(
        _ all: inout ContiguousArray<UInt32>, _ tags: Span<UInt32>, _ range: Range<Int>, _ mask: Int, _ places: UInt32
    ) -> Int {
        var entries = all.mutableSpan
        var count = 0
        for place in range where tags[place] != 0 {
            _ = put(tags[place], place, in: &entries, mask, places)
            count &+= 1
        }
        return count
    }

    /// Answers whether its entry was empty before.
    @inline(__always)
    private static func put(
        _ tag: UInt32, _ place: Int, in all: inout ContiguousArray<UInt32>, _ mask: Int, _ places: UInt32
    ) -> Bool {
        var entries = all.mutableSpan
        return put(tag, place, in: &entries, mask, places)
    }

    @inline(__always)
    private static func put(
        _ tag: UInt32, _ place: Int, in entries: inout MutableSpan<UInt32>, _ mask: Int, _ places: UInt32
    ) -> Bool {
        var index = Int(tag) & mask
        while entries[index] & places != 0 { index = (index &+ 1) & mask }
        let isNew = entries[index] == 0
        entries[index] = entry(tag, place, places)
        return isNew
    }

    @inline(__always)
    private static func entry(_ tag: UInt32, _ place: Int, _ places: UInt32) -> UInt32 {
        tag & ~places | UInt32(truncatingIfNeeded: place &+ 1)
    }
}

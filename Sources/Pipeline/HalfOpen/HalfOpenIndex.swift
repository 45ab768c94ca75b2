/// Finds places of a ring by hash: open addressing with linear probing, in 32 bits an entry, so that the whole of it fits into
/// a processor's second cache.
///
/// Nothing is taken out: an entry says that a place has had this hash. Who asks looks whether it still has, and fills the index
/// anew when it is crowded.
struct HalfOpenIndex: Sendable {
    /// The lowest bits are the place + 1, the others those of the tag; 0 is empty.
    private var entries: ContiguousArray<UInt32> = []
    private var mask = -1
    private var count = 0
    /// Bits that hold a place.
    private let places: UInt32

    /// For a ring of at most so many places.
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
            if (entry ^ tag) & ~places == 0 {
                let place = Int(entry & places) &- 1
                if matches(place) { return place }
            }
            index = (index &+ 1) & mask
        }
    }

    /// The caller has seen to it that there is room.
    @inline(__always)
    mutating func insert(_ tag: UInt32, _ place: Int) {
        Self.put(tag, place, in: &entries, mask, places)
        count &+= 1
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
            put(tags[place], place, in: &entries, mask, places)
            count &+= 1
        }
        return count
    }

    @inline(__always)
    private static func put(
        _ tag: UInt32, _ place: Int, in all: inout ContiguousArray<UInt32>, _ mask: Int, _ places: UInt32
    ) {
        var entries = all.mutableSpan
        put(tag, place, in: &entries, mask, places)
    }

    @inline(__always)
    private static func put(
        _ tag: UInt32, _ place: Int, in entries: inout MutableSpan<UInt32>, _ mask: Int, _ places: UInt32
    ) {
        var index = Int(tag) & mask
        while entries[index] != 0 { index = (index &+ 1) & mask }
        entries[index] = tag & ~places | UInt32(truncatingIfNeeded: place &+ 1)
    }
}

import Wire

/// Connections that nobody has answered yet, in the order in which their SYNs came in last: a ring, at whose end the one that
/// was silent longest makes room for the next one. A place whose connection was answered stays empty until its turn comes.
///
/// So a SYN of a flood is written where the one before it was, 64 octets further, and all that is looked for is an entry of the
/// index.
struct HalfOpenTable: Sendable {
    /// How many there may be.
    private let limit: Int
    private var records: ContiguousArray<HalfOpenRecord> = []
    /// A place's part of its key's hash; 0 where it is empty.
    private var tags: ContiguousArray<UInt32> = []
    /// Where a key is one of IPv6; no room is taken before there is one.
    private var addresses: ContiguousArray<WideAddresses> = []
    /// Where a SYN came more than once; no room is taken before one does.
    private var totals: ContiguousArray<HalfOpenConnection.Total?> = []
    private var index: HalfOpenIndex
    /// The place of the one that was silent longest, if there is one.
    private var oldest = 0
    /// Places from there up to the latest one, those among them that are empty included.
    private var used = 0
    private(set) var count = 0
    /// The order of the latest frame.
    private var latest: UInt64 = 0

    init(limit: Int) {
        self.limit = min(max(1, limit), Self.mostPossible)
        index = HalfOpenIndex(limit: Self.places(for: self.limit))
    }

    /// More do not fit into the index.
    private static let mostPossible = 1 << 28

    /// Places of a ring for so many: some more, since those that are empty are only closed up when all are used.
    private static func places(for limit: Int) -> Int { limit + limit / 8 + 1 }

    /// Octets of memory for each of them, at most: in a ring that is as large as it gets, where all are of IPv6 and came twice.
    static let cost =
        (MemoryLayout<HalfOpenRecord>.stride + MemoryLayout<UInt32>.stride + HalfOpenIndex.costOfPlace
            + MemoryLayout<WideAddresses>.stride + MemoryLayout<HalfOpenConnection.Total?>.stride) * 9 / 8

    var isEmpty: Bool { count == 0 }

    /// The one that was silent longest.
    var stalest: (slot: Int, lastSeen: Timestamp)? { isEmpty ? nil : (oldest, records[oldest].lastSeen) }

    subscript(slot: Int) -> HalfOpenConnection {
        records[slot].connection(records[slot].isRepeated ? totals[slot] : nil, before: latest)
    }

    // MARK: Looking

    // Written out where they are asked: a call would be handed a copy of the table's fields.

    /// The part of a hash that a place keeps.
    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 { max(1, UInt32(truncatingIfNeeded: hash >> 32)) }

    /// Fetches what looking for a key with this hash begins with; the answer means nothing.
    @inline(__always)
    func glance(_ hash: UInt64) -> UInt64 { UInt64(index.glance(Self.tag(hash))) }

    /// Fetches what is written for so many more: what is not near by then is waited for by everything that is written after it.
    @inline(__always)
    func glance(next count: Int) -> UInt64 {
        var fetched: UInt64 = 0
        guard records.count > 0 else { return 0 }
        var place = place(used)
        for _ in 0..<count {
            if place == records.count { place = 0 }
            fetched ^= UInt64(truncatingIfNeeded: records[place].lastSeen.nanoseconds)
            place &+= 1
        }
        return fetched
    }

    /// `hash` is the key's.
    @inline(__always)
    func slot(of key: FlowKey, _ hash: UInt64) -> Int? {
        guard !isEmpty else { return nil }
        let tag = Self.tag(hash)
        return index.place(tag) { tags[$0] == tag && isIn($0) && isOf(key, $0) }
    }

    /// The place that is so many behind the oldest one.
    @inline(__always)
    private func place(_ distance: Int) -> Int {
        let place = oldest &+ distance
        return place >= records.count ? place &- records.count : place
    }

    /// Whether a place is one of those in use.
    @inline(__always)
    private func isIn(_ place: Int) -> Bool {
        let distance = place &- oldest
        return (distance < 0 ? distance &+ records.count : distance) < used
    }

    private func isOf(_ key: FlowKey, _ place: Int) -> Bool {
        guard records[place].key == ShortFlowKey(key), records[place].isV6 == key.isV6 else { return false }
        return !key.isV6 || addresses[place] == WideAddresses(key)
    }

    // MARK: Changing

    /// Adds a SYN of a connection that is not there; answers whether the one that was silent longest had to make room. `hash` is
    /// its key's.
    @inline(__always)
    mutating func insert(
        _ syn: borrowing LoneSYN, _ hash: UInt64, octets: Int, frame: FrameNumber, at time: Timestamp, now: Timestamp
    ) -> Bool {
        let isFull = count >= limit
        if isFull { forgetOldest() }
        let slot = makePlace(Self.tag(hash))
        latest = frame.order
        // Put together where it stays.
        records[slot] = HalfOpenRecord(syn, octets: octets, frame: frame, at: time, now: now)
        if let wide = WideAddresses(syn.key) { keep(wide, slot) }
        return isFull
    }

    /// Counts the same SYN once more, and makes it the one that came last; answers whether it is the same packet, captured
    /// twice.
    mutating func count(
        _ slot: Int, _ segment: borrowing TCPSegment, octets: Int, frame: FrameNumber, at time: Timestamp,
        now: Timestamp
    ) -> Bool {
        latest = frame.order
        var total = self[slot].total
        let isCopy = total.count(segment, octets: octets, frame: frame, at: time)
        var record = records[slot]
        record.lastSeen = now
        record.isRepeated = true
        let tag = tags[slot]
        let addresses = record.isV6 ? addresses[slot] : nil
        remove(slot)
        let place = makePlace(tag)
        records[place] = record
        if let addresses { keep(addresses, place) }
        keep(total, place)
        return isCopy
    }

    /// Takes one out.
    mutating func remove(_ slot: Int) {
        index.remove(tags[slot], slot)
        guard slot != oldest else { return forgetOldest() }
        tags[slot] = 0
        count &-= 1
        if slot == place(used &- 1) {
            repeat { used &-= 1 } while tags[place(used &- 1)] == 0
        }
    }

    /// Takes all out; answers how many there were.
    mutating func removeAll() -> Int {
        defer { self = Self(limit: limit) }
        return count
    }

    /// Takes the one out that was silent longest: the next place that is not empty is the oldest one. What stands in a place that
    /// is not in use any more says nothing.
    @inline(__always)
    private mutating func forgetOldest() {
        count &-= 1
        repeat {
            oldest = place(1)
            used &-= 1
        } while used > 0 && tags[oldest] == 0
    }

    /// Answers the place behind the latest one, which the index has now.
    @inline(__always)
    private mutating func makePlace(_ tag: UInt32) -> Int {
        if used == records.count { makeRoom() }
        let place = place(used)
        used &+= 1
        count &+= 1
        tags[place] = tag
        if index.isCrowded { fillIndex() } else { index.insert(tag, place) }
        return place
    }

    @inline(never)
    private mutating func keep(_ wide: WideAddresses, _ place: Int) {
        if addresses.isEmpty { addresses = ContiguousArray(repeating: WideAddresses(), count: records.count) }
        addresses[place] = wide
    }

    @inline(never)
    private mutating func keep(_ total: HalfOpenConnection.Total, _ place: Int) {
        if totals.isEmpty { totals = ContiguousArray(repeating: nil, count: records.count) }
        totals[place] = total
    }

    /// All places are used: closes up where half of them are empty or there may be no more, else makes more.
    @inline(never)
    private mutating func makeRoom() {
        let most = Self.places(for: limit)
        let room = count * 2 <= records.count ? max(records.count, min(16, most)) : min(2 * records.count, most)
        var places: [Int] = []
        places.reserveCapacity(count)
        for distance in 0..<used where tags[place(distance)] != 0 { places.append(place(distance)) }
        records = records.moved(from: places, HalfOpenRecord(), room)
        tags = tags.moved(from: places, 0, room)
        if !addresses.isEmpty { addresses = addresses.moved(from: places, WideAddresses(), room) }
        if !totals.isEmpty { totals = totals.moved(from: places, nil, room) }
        oldest = 0
        used = count
        fillIndex()
    }

    @inline(never)
    private mutating func fillIndex() {
        let tags = tags
        let end = oldest + used
        index.fill(tags.span, oldest..<min(end, tags.count), 0..<max(0, end - tags.count))
    }
}

extension ContiguousArray {
    /// What stands at these places, and then `blank`, `room` in all.
    fileprivate func moved(from places: [Int], _ blank: Element, _ room: Int) -> Self {
        var moved = Self()
        moved.reserveCapacity(room)
        for place in places { moved.append(self[place]) }
        while moved.count < room { moved.append(blank) }
        return moved
    }
}

/// Values that were read from octets, found again by the same octets: real traffic repeats itself.
///
/// Two entries share a place, and a new one takes that of the elder. Octets are compared whole before a value is used, so
/// a collision costs a reading and nothing else; the seed keeps senders from aiming at places.
public struct OctetCache<Value: Sendable>: Sendable {
    /// Octets of each entry, and what was read from them. Apart from each other, so that octets are compared without
    /// counting references of values.
    private var keys: [[UInt8]] = []
    private var values: [Value?] = []
    private let slots: Int
    /// Entries that came since the table has its size.
    private var inserted = 0
    private let seed: UInt64
    /// Longer octets are not kept.
    private let longest: Int

    /// - Parameter slots: entries at most; a power of two. A table begins small.
    public init(slots: Int, longest: Int) {
        self.slots = slots
        seed = Unguessable.number(for: .octets)
        self.longest = longest
    }

    /// The value that was read from the same octets.
    public func find(_ octets: Span<UInt8>) -> Value? {
        guard octets.count <= longest, !keys.isEmpty else { return nil }
        let slot = slot(of: octets)
        if Self.isSame(keys[slot], octets) { return values[slot] }
        return Self.isSame(keys[slot + 1], octets) ? values[slot + 1] : nil
    }

    private static func isSame(_ key: [UInt8], _ octets: Span<UInt8>) -> Bool {
        key.count == octets.count && key.span.equals(octets)
    }

    public mutating func insert(_ octets: Span<UInt8>, _ value: Value) {
        guard octets.count <= longest else { return }
        if inserted >= keys.count, keys.count < slots { grow() }
        insert([UInt8](copying: octets), value)
    }

    private mutating func insert(_ key: [UInt8], _ value: Value) {
        inserted += 1
        let slot = slot(of: key.span)
        keys.swapAt(slot, slot + 1)
        values.swapAt(slot, slot + 1)
        keys[slot] = key
        values[slot] = value
    }

    private mutating func grow() {
        let known = zip(keys, values)
        let size = min(slots, max(32, 4 * keys.count))
        keys = Array(repeating: [], count: size)
        values = Array(repeating: nil, count: size)
        inserted = 0
        for case (let key, let value?) in known { insert(key, value) }
    }

    /// The leading one of its place.
    private func slot(of octets: Span<UInt8>) -> Int {
        Int(truncatingIfNeeded: octets.sample(seed)) & (keys.count - 2)
    }
}

extension Span<UInt8> {
    /// A number that follows from the octets' count, their leading and their closing ones.
    public func sample(_ seed: UInt64) -> UInt64 {
        var sum = seed ^ UInt64(truncatingIfNeeded: count)
        if count < 16 {
            for index in 0..<count { sum.mix(self[index]) }
        } else {
            sum.mix(u64(at: 0))
            sum.mix(u64(at: 8))
            sum.mix(u64(at: count - 16))
            sum.mix(u64(at: count - 8))
        }
        return sum ^ sum >> 32
    }
}

extension UInt64 {
    /// A step of FNV-1a.
    public mutating func mix(_ octet: UInt8) { self = (self ^ UInt64(octet)) &* 0x100_0000_01B3 }

    /// The same of eight octets at once, whose high ones must not stay among themselves.
    mutating func mix(_ word: UInt64) {
        self = (self ^ word) &* 0x9E37_79B9_7F4A_7C15
        self ^= self >> 32
    }
}

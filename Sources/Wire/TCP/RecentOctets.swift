/// The latest octets of one direction that were delivered, in one stretch without holes.
struct RecentOctets: Sendable {
    private var octets: [UInt8] = []
    /// Stream offset of the leading one.
    private var start: Int64 = 0

    /// Octets that are kept at most. A greeting, a reply to EHLO and a hello are shorter.
    static let limit = 4096

    private var end: Int64 { start + Int64(octets.count) }

    mutating func append(_ new: Span<UInt8>, at offset: Int64) {
        if offset != end {
            erase()
            start = offset
        }
        let kept = new.extracting(droppingFirst: max(0, new.count - Self.limit))
        let excess = octets.count + kept.count - Self.limit
        if excess > 0 {
            // Half at a time: moving the rest up with every segment would cost the more, the smaller they are.
            let dropped = min(octets.count, max(excess, Self.limit / 2))
            octets.removeFirst(dropped)
        }
        octets.append(copying: kept)
        start = offset + Int64(new.count) - Int64(octets.count)
    }

    /// Overwrites the octets before their memory is given back.
    mutating func erase() {
        for index in octets.indices { octets[index] = 0 }
        octets.removeAll()
    }

    func difference(from other: Span<UInt8>, at offset: Int64) -> Difference? {
        let from = max(offset, start)
        let to = min(offset + Int64(other.count), end)
        guard from < to else { return nil }
        return Difference(
            octets.span.extracting(Int(from - start)..<Int(to - start)),
            other.extracting(Int(from - offset)..<Int(to - offset)), at: from, frame: nil)
    }
}

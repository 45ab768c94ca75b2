/// The latest octets of one direction that were delivered, in one stretch without holes.
struct RecentOctets: Sendable, Equatable {
    /// What one segment brought, up to where the next one's begins.
    private struct Share: Sendable, Equatable {
        let offset: Int64
        let frame: FrameNumber
        let isProven: Bool
    }

    private(set) var octets: [UInt8] = []
    /// Stream offset of the leading one.
    private var start: Int64 = 0
    /// The latest ones, in order: octets before them are of a frame that is not known any more.
    private var shares: [Share] = []

    /// Octets that are kept at most. A greeting, a reply to EHLO and a hello are shorter.
    static let limit = 4096
    /// Segments whose frames are kept at most.
    private static let maximumShares = 32

    var end: Int64 { start + Int64(octets.count) }

    /// Memory that it takes, in octets.
    var cost: Int { octets.capacity + shares.capacity * MemoryLayout<Share>.stride + 64 }

    /// `isProven` says that the checksums of the segment were right.
    mutating func append(_ new: Span<UInt8>, at offset: Int64, frame: FrameNumber, isProven: Bool) {
        if offset != end {
            erase()
            start = offset
        }
        // Room for a dialogue at once, instead of moving what there is with every second segment.
        if shares.isEmpty {
            shares.reserveCapacity(8)
            if octets.capacity == 0 { octets.reserveCapacity(min(Self.limit, max(768, new.count))) }
        }
        let kept = new.extracting(droppingFirst: max(0, new.count - Self.limit))
        let excess = octets.count + kept.count - Self.limit
        if excess > 0 {
            // Half at a time: moving the rest up with every segment would cost the more, the smaller they are.
            octets.eraseFirst(min(octets.count, max(excess, Self.limit / 2)))
        }
        octets.appendErasing(copying: kept)
        start = offset + Int64(new.count) - Int64(octets.count)
        if shares.count == Self.maximumShares { shares.removeFirst(Self.maximumShares / 2) }
        shares.append(Share(offset: offset, frame: frame, isProven: isProven))
    }

    /// Overwrites the octets; the memory stays.
    mutating func erase() {
        octets.erase(keepingCapacity: true)
        shares.removeAll(keepingCapacity: true)
    }

    /// It takes no more than most do.
    fileprivate var isUsual: Bool { cost <= Self.usual }

    /// In octets.
    fileprivate static let usual = 2048

    func difference(from other: Span<UInt8>, at offset: Int64) -> Difference? {
        let from = max(offset, start)
        let to = min(offset + Int64(other.count), end)
        guard from < to else { return nil }
        let used = octets.span.extracting(Int(from - start)..<Int(to - start))
        let theirs = other.extracting(Int(from - offset)..<Int(to - offset))
        guard let found = Difference(used, theirs, at: from, frame: nil, isProven: false) else { return nil }
        guard let share = shares.last(where: { $0.offset <= found.offset }) else { return found }
        return Difference(used, theirs, at: from, frame: share.frame, isProven: share.isProven)
    }
}

/// Room that streams which have forgotten their octets leave to those that begin: most need as much as any other.
public struct SpareRoom: Sendable {
    /// Each of one element that holds nothing.
    private var lists: [[RecentOctets]] = []
    private let maximum: Int

    /// `budget` is what remembered octets may take, of which this is an eighth at most, on top of it.
    public init(budget: Int) { maximum = min(64, budget / (8 * RecentOctets.usual)) }

    var count: Int { lists.count }

    mutating func take() -> [RecentOctets] { lists.popLast() ?? [RecentOctets()] }

    /// Overwrites what one holds.
    mutating func give(_ list: consuming [RecentOctets]) {
        list[0].erase()
        if lists.count < maximum, list[0].isUsual { lists.append(list) }
    }
}

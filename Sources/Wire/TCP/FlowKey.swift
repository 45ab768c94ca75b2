/// What tells connections apart: both ends, in an order of their own, and what they were seen through.
public struct FlowKey: Hashable, Sendable {
    /// The lower end's address, then the higher one's.
    @usableFromInline let lowHigh: UInt64
    @usableFromInline let lowLow: UInt64
    @usableFromInline let highHigh: UInt64
    @usableFromInline let highLow: UInt64
    /// What the path keeps apart, the lower end's port, the higher one's.
    @usableFromInline let rest: UInt64
    public let isV6: Bool

    @inlinable
    public init(_ segment: borrowing TCPSegment) {
        self.init(segment.source, segment.destination, isFromLow: segment.isFromLow, segment.path)
    }

    /// `isFromLow`: `source` is the lower end.
    @inlinable @inline(__always)
    init(_ source: Endpoint, _ destination: Endpoint, isFromLow: Bool, _ path: PathID) {
        let low = isFromLow ? source : destination
        let high = isFromLow ? destination : source
        lowHigh = low.address.high
        lowLow = low.address.low
        highHigh = high.address.high
        highLow = high.address.low
        rest = UInt64(path.key) << 32 | UInt64(low.port) << 16 | UInt64(high.port)
        isV6 = low.address.isV6
    }

    @inlinable
    public static func == (left: Self, right: Self) -> Bool {
        left.lowLow == right.lowLow && left.highLow == right.highLow && left.rest == right.rest
            && left.lowHigh == right.lowHigh && left.highHigh == right.highHigh && left.isV6 == right.isV6
    }

    /// The lower end.
    public var low: Endpoint { endpoint(lowHigh, lowLow, UInt16(truncatingIfNeeded: rest >> 16)) }
    /// The higher end.
    public var high: Endpoint { endpoint(highHigh, highLow, UInt16(truncatingIfNeeded: rest)) }

    private func endpoint(_ high: UInt64, _ low: UInt64, _ port: UInt16) -> Endpoint {
        Endpoint(isV6 ? IPAddress(high: high, low: low) : IPAddress(v4: UInt32(truncatingIfNeeded: low)), port)
    }

    /// A hash that nobody can steer without knowing `seed`: each word is folded into a product of 128 bits.
    @inlinable @inline(__always)
    public func hash(_ seed: Seed) -> UInt64 {
        var hash = Self.fold(lowLow ^ seed.first, highLow ^ seed.second)
        hash = Self.fold(hash ^ rest, seed.third)
        if isV6 { hash = Self.fold(hash ^ lowHigh ^ seed.second, highHigh ^ seed.third) }
        return hash
    }

    /// Of both hosts alone and the same in every run, so that it says which shard follows all their connections.
    public static func hostPair(_ segment: borrowing TCPSegment) -> UInt64 {
        hostPair(segment.source.address, segment.destination.address)
    }

    /// The same in both directions.
    @inline(__always)
    static func hostPair(_ source: IPAddress, _ destination: IPAddress) -> UInt64 {
        let sum = (source.low ^ source.high) &+ (destination.low ^ destination.high)
        return fold(sum ^ 0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03)
    }

    @inlinable @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// Random numbers of a process.
    public struct Seed: Sendable {
        @usableFromInline let first: UInt64
        @usableFromInline let second: UInt64
        @usableFromInline let third: UInt64

        public init() {
            first = Unguessable.number(for: .flow(1))
            second = Unguessable.number(for: .flow(2))
            third = Unguessable.number(for: .flow(3))
        }
    }
}

/// As much of a flow's key as tells flows of IPv4 apart, in a quarter of the room of a cache line; for those of IPv6 with
/// `WideAddresses` beside it.
public struct ShortFlowKey: Equatable, Sendable, BitwiseCopyable {
    /// The lowest 32 bits of the lower end's address, then the higher one's.
    @usableFromInline let addresses: UInt64
    /// What the path keeps apart, the lower end's port, the higher one's.
    @usableFromInline let rest: UInt64

    @inlinable @inline(__always)
    public init(_ key: FlowKey) {
        addresses = key.lowLow << 32 | key.highLow & 0xFFFF_FFFF
        rest = key.rest
    }

    /// No flow's.
    public init() {
        addresses = 0
        rest = 0
    }

    @inlinable @inline(__always)
    public static func == (left: Self, right: Self) -> Bool {
        left.addresses == right.addresses && left.rest == right.rest
    }

    /// What the path keeps apart.
    public var pathKey: UInt32 { UInt32(truncatingIfNeeded: rest >> 32) }
    /// The lower end's port.
    public var lowPort: UInt16 { UInt16(truncatingIfNeeded: rest >> 16) }
    /// The higher end's port.
    public var highPort: UInt16 { UInt16(truncatingIfNeeded: rest) }
}

/// Both addresses of a flow's key of IPv6.
public struct WideAddresses: Equatable, Sendable, BitwiseCopyable {
    private let lowHigh: UInt64
    private let lowLow: UInt64
    private let highHigh: UInt64
    private let highLow: UInt64

    /// No flow's.
    public init() {
        lowHigh = 0
        lowLow = 0
        highHigh = 0
        highLow = 0
    }

    /// `nil` for a key of IPv4.
    public init?(_ key: FlowKey) {
        guard key.isV6 else { return nil }
        lowHigh = key.lowHigh
        lowLow = key.lowLow
        highHigh = key.highHigh
        highLow = key.highLow
    }
}

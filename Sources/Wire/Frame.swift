/// A packet's place in the input: which file, and its 1-based number there, as Wireshark counts; and when it came.
///
/// Files that were captured at the same time are read in turns, and so are interfaces: which packet came before which, their
/// places do not tell. All comparisons ask when they came.
public struct FrameNumber: Hashable, Comparable, Sendable {
    /// Of two packets the one with the smaller number came first: how many the run had seen, whatever files they are in.
    public let order: UInt64
    /// The file and the number, packed into one word, since every fact of every session carries some: 2²⁴ files, 2⁴⁰ packets
    /// in each.
    public let place: UInt64

    private static let numberBits: UInt64 = 40
    /// Packets of one file that are told apart; beyond them the number stands still.
    @inlinable public static var maximumNumber: UInt64 { 1 << 40 - 1 }
    /// Files that are told apart.
    public static let maximumFile: UInt32 = 1 << 24 - 1

    /// None comes behind it.
    public static let last = Self(file: maximumFile, maximumNumber, order: .max)

    /// Where files are read one after the other, as if each had as many packets as it may have.
    public init(file: UInt32 = 0, _ number: UInt64) {
        place = UInt64(min(file, Self.maximumFile)) << Self.numberBits | min(number, Self.maximumNumber)
        order = place
    }

    /// The packet `number` of the file whose packet 0 is `leading`.
    @inlinable @inline(__always)
    public init(inFileOf leading: Self, _ number: UInt64, order: UInt64) {
        place = leading.place &+ min(number, Self.maximumNumber)
        self.order = order
    }

    public init(file: UInt32, _ number: UInt64, order: UInt64) {
        place = UInt64(min(file, Self.maximumFile)) << Self.numberBits | min(number, Self.maximumNumber)
        self.order = order
    }

    init(place: UInt64, order: UInt64) {
        self.place = place
        self.order = order
    }

    /// Index of the input in the order in which they were named.
    public var file: UInt32 { UInt32(truncatingIfNeeded: place >> Self.numberBits) }
    public var number: UInt64 { place & Self.maximumNumber }

    // Written out, so that other modules compare numbers instead of asking the protocol's witnesses.

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    @inlinable
    public static func > (left: Self, right: Self) -> Bool { left.order > right.order }

    @inlinable
    public static func == (left: Self, right: Self) -> Bool { left.order == right.order }

    public func hash(into hasher: inout Hasher) { hasher.combine(order) }
}

extension FrameNumber: CustomStringConvertible {
    public var description: String { "FrameNumber(file: \(file), number: \(number))" }
}

extension FrameNumber {
    /// The lower half of `order`, which tells it for who knows a packet that came later, and fewer than 2³² packets later.
    @inline(__always)
    public var shortOrder: UInt32 { UInt32(truncatingIfNeeded: order) }

    /// `latest` is the order of such a packet.
    public init(place: UInt64, _ shortOrder: UInt32, before latest: UInt64) {
        self.init(place: place, order: latest &- UInt64(UInt32(truncatingIfNeeded: latest) &- shortOrder))
    }
}

/// A moment of the capture's clock: nanoseconds since 1970-01-01T00:00:00Z. Never the wall's clock.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Whole seconds since 1970, rounded towards the past.
    public var seconds: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Nanoseconds from `earlier` to `self`, without overflow whatever the wire's clock said.
    @inlinable
    public func since(_ earlier: Self) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? (nanoseconds < earlier.nanoseconds ? .min : .max) : difference
    }

    /// `nanoseconds` later, or at the end of time.
    @inlinable
    public func advanced(by nanoseconds: Int64) -> Self {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Self(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : sum)
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    @inlinable
    public static func > (left: Self, right: Self) -> Bool { left.nanoseconds > right.nanoseconds }

    @inlinable
    public static func >= (left: Self, right: Self) -> Bool { left.nanoseconds >= right.nanoseconds }
}

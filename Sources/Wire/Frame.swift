/// A packet's place in the input: which file, and its 1-based number there, as Wireshark counts.
///
/// Packed into one word, since every fact of every session carries some: 2²⁴ files, 2⁴⁰ packets in each.
public struct FrameNumber: Hashable, Comparable, Sendable {
    @usableFromInline let packed: UInt64

    private static let numberBits: UInt64 = 40
    /// Packets of one file that are told apart; beyond them the number stands still.
    public static let maximumNumber: UInt64 = 1 << numberBits - 1
    /// Files that are told apart.
    public static let maximumFile: UInt32 = 1 << 24 - 1

    /// None comes behind it.
    public static let last = Self(file: maximumFile, maximumNumber)

    public init(file: UInt32 = 0, _ number: UInt64) {
        packed = UInt64(min(file, Self.maximumFile)) << Self.numberBits | min(number, Self.maximumNumber)
    }

    init(packed: UInt64) { self.packed = packed }

    /// Index of the input in the order in which they were named.
    public var file: UInt32 { UInt32(truncatingIfNeeded: packed >> Self.numberBits) }
    public var number: UInt64 { packed & Self.maximumNumber }

    /// Grows with the place: a number to sort by.
    public var order: UInt64 { packed }

    // Written out, so that other modules compare numbers instead of asking the protocol's witnesses.

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.packed < right.packed }

    @inlinable
    public static func > (left: Self, right: Self) -> Bool { left.packed > right.packed }

    @inlinable
    public static func == (left: Self, right: Self) -> Bool { left.packed == right.packed }
}

extension FrameNumber: CustomStringConvertible {
    public var description: String { "FrameNumber(file: \(file), number: \(number))" }
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

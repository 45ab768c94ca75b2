/// A packet's place in the input: which file, and its 1-based number there, as Wireshark counts.
package struct FrameNumber: Hashable, Comparable, Sendable {
    /// Index of the input in the order given on the command line.
    package var file: UInt32
    package var number: UInt64

    package init(file: UInt32 = 0, _ number: UInt64) {
        self.file = file
        self.number = number
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.file, left.number) < (right.file, right.number)
    }
}

/// A moment of the capture's clock: nanoseconds since 1970-01-01T00:00:00Z. Never the wall's clock.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Whole seconds since 1970, rounded towards the past.
    package var seconds: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Nanoseconds from `earlier` to `self`, without overflow whatever the wire's clock said.
    package func since(_ earlier: Self) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? (nanoseconds < earlier.nanoseconds ? .min : .max) : difference
    }

    package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

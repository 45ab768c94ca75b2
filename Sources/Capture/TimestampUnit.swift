/// What an interface of a pcapng file counts time in (options if_tsresol and if_tsoffset).
struct TimestampUnit {
    /// 10ⁿ, or a power of two.
    private let perSecond: UInt64
    /// Seconds that are added.
    private let offset: Int64
    /// Nanoseconds of one unit, where that is an integer and nothing is added; 0 otherwise.
    private let factor: UInt64

    /// Microseconds since 1970: what holds unless options say otherwise.
    static let microseconds = TimestampUnit(perSecond: 1_000_000, offset: 0)

    private static let billion: UInt64 = 1_000_000_000

    init(perSecond: UInt64, offset: Int64) {
        self.perSecond = max(1, perSecond)
        self.offset = offset
        factor = offset == 0 && Self.billion % self.perSecond == 0 ? Self.billion / self.perSecond : 0
    }

    /// Nanoseconds since 1970, at most as far away as they can tell.
    func nanoseconds(_ units: UInt64) -> Int64 {
        let (product, overflow) = units.multipliedReportingOverflow(by: factor)
        if factor != 0, !overflow, product <= UInt64(Int64.max) { return Int64(bitPattern: product) }
        let (seconds, part) = units.quotientAndRemainder(dividingBy: perSecond)
        // The part is less than a second, so its nanoseconds are less than a billion.
        let fraction = perSecond.dividingFullWidth(part.multipliedFullWidth(by: Self.billion)).quotient
        return Self.nanoseconds(
            seconds: Int64(bitPattern: seconds &+ UInt64(bitPattern: offset)), Int64(bitPattern: fraction))
    }

    /// Seconds and nanoseconds in one number, whatever the file claims.
    static func nanoseconds(seconds: Int64, _ part: Int64) -> Int64 {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, beyond) = whole.addingReportingOverflow(part)
        return beyond ? .max : sum
    }
}

/// A time as a person writes it on the command line: `90s`, `15m`, `2h`, `1d`, or 0.
public struct TimeSpan: Sendable {
    public let nanoseconds: Int64

    /// A year, in seconds: longer than any capture in which something follows.
    private static let maximumSeconds: Int64 = 366 * 86_400

    public init?(_ text: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), digits.count + 1 >= text.count else { return nil }
        guard let unit = text.dropFirst(digits.count).first.map({ units[$0] }) ?? (count == 0 ? 1 : nil) else {
            return nil
        }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
        guard !isTooLong, seconds <= Self.maximumSeconds else { return nil }
        nanoseconds = seconds * 1_000_000_000
    }
}

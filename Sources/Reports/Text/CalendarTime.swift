import Wire

/// A moment as people and EVE write it: UTC, in the proleptic Gregorian calendar.
///
/// The wire's clocks may say anything; moments outside the years 1 to 9999, which other programs cannot read, are
/// moved to the nearest end of them.
struct CalendarTime: Sendable {
    private let year: Int
    private let month: Int
    private let day: Int
    private let secondOfDay: Int
    private let microsecond: Int

    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    private static let readable: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    init(_ timestamp: Timestamp) {
        let remainder = timestamp.nanoseconds % 1_000_000_000
        self.init(seconds: timestamp.seconds, nanosecond: Int(remainder < 0 ? remainder + 1_000_000_000 : remainder))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    init(seconds: Int64, nanosecond: Int = 0) {
        let clamped = min(max(seconds, Self.readable.lowerBound), Self.readable.upperBound)
        let sinceYearOne = Int(clamped - Self.readable.lowerBound)
        (year, month, day) = Self.date(daysSinceYearOne: sinceYearOne / 86_400)
        secondOfDay = sinceYearOne % 86_400
        microsecond = clamped == seconds ? nanosecond / 1000 : 0
    }

    /// EVE's `timestamp`: `2026-11-23T15:34:00.123456+0000`.
    var eve: String {
        var octets: [UInt8] = []
        appendEVE(to: &octets)
        return String(decoding: octets, as: UTF8.self)
    }

    /// The same, appended to `octets`.
    func appendEVE(to octets: inout [UInt8]) {
        octets.append(addingCapacity: 32) { output in
            output.append(twoDigits: year / 100)
            output.append(twoDigits: year)
            output.append(UInt8(ascii: "-"))
            output.append(twoDigits: month)
            output.append(UInt8(ascii: "-"))
            output.append(twoDigits: day)
            output.append(UInt8(ascii: "T"))
            output.append(twoDigits: secondOfDay / 3600)
            output.append(UInt8(ascii: ":"))
            output.append(twoDigits: secondOfDay / 60 % 60)
            output.append(UInt8(ascii: ":"))
            output.append(twoDigits: secondOfDay % 60)
            output.append(UInt8(ascii: "."))
            output.append(twoDigits: microsecond / 10_000)
            output.append(twoDigits: microsecond / 100)
            output.append(twoDigits: microsecond)
            output.append(UInt8(ascii: "+"))
            output.append(repeating: UInt8(ascii: "0"), count: 4)
        }
    }

    /// EVE's `notbefore` and `notafter`: `2026-11-23T15:34:00`.
    var eveSeconds: String { "\(date)T\(time)" }

    /// RFC 3339: `2026-11-23T15:34:00Z`.
    var internet: String { "\(date)T\(time)Z" }

    /// For people: `2026-11-23 15:34:00`.
    var plain: String { "\(date) \(time)" }

    var date: String {
        "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    var time: String {
        let parts = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return parts.map { Self.padded($0, to: 2) }.joined(separator: ":")
    }

    /// Counts in eras of 400 years that begin on a 1 March, so that leap days come last.
    private static func date(daysSinceYearOne: Int) -> (Int, Int, Int) {
        let days = daysSinceYearOne + 306
        let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

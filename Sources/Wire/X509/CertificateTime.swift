import SwiftASN1

/// UTCTime and GeneralizedTime as certificates write them (RFC 5280 §4.1.2.5), in seconds since 1970.
enum CertificateTime {
    /// Seconds since 1970-01-01T00:00:00Z; negative before. Seconds may be missing and a zone may stand for `Z`, as
    /// old issuers wrote it; fractions and local times are refused.
    static func seconds(of node: ASN1Node) throws(WireError) -> Int64 {
        let octets = try node.primitiveOctets()
        let yearDigits =
            switch node.identifier {
            case .utcTime: 2
            case .generalizedTime: 4
            default: throw node.failure("unexpected type of date")
            }
        guard let seconds = seconds(octets, yearDigits: yearDigits) else { throw node.failure("no valid date") }
        return seconds
    }

    private static func seconds(_ octets: ArraySlice<UInt8>, yearDigits: Int) -> Int64? {
        var digits = Digits(octets)
        guard var year = digits.number(yearDigits) else { return nil }
        // Two digits mean 1950 to 2049 (RFC 5280 §4.1.2.5.1).
        if yearDigits == 2 { year += year < 50 ? 2000 : 1900 }
        guard let month = digits.number(2, in: 1...12), let day = digits.number(2, in: 1...days(in: month, of: year)),
            let hour = digits.number(2, in: 0...23), let minute = digits.number(2, in: 0...59)
        else { return nil }
        let hasSeconds = digits.startsWithDigit
        // 60 is a leap second.
        guard let second = hasSeconds ? digits.number(2, in: 0...60) : 0, let zone = digits.zone() else { return nil }
        return 86_400 * dayNumber(year, month, day) + Int64(3600 * hour + 60 * minute + second - zone)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is the last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        // A shift by 400 years keeps the year 0 positive; 400 years have 146,097 days.
        let shifted = marchYear + 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        return Int64(days - 719_468 - 146_097)
    }

    /// The octets of a date, taken from the left.
    private struct Digits {
        private var rest: ArraySlice<UInt8>

        init(_ octets: ArraySlice<UInt8>) { rest = octets }

        var startsWithDigit: Bool { rest.first.flatMap(ASCII.digit) != nil }

        mutating func number(_ count: Int, in bounds: ClosedRange<Int> = 0...9999) -> Int? {
            guard rest.count >= count else { return nil }
            var value = 0
            for octet in rest.prefix(count) {
                guard let digit = ASCII.digit(octet) else { return nil }
                value = 10 * value + digit
            }
            rest = rest.dropFirst(count)
            return bounds.contains(value) ? value : nil
        }

        /// The offset from UTC in seconds, with nothing behind it.
        mutating func zone() -> Int? {
            guard let sign = rest.popFirst() else { return nil }
            if sign == UInt8(ascii: "Z") { return rest.isEmpty ? 0 : nil }
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
            guard let hours = number(2, in: 0...23), let minutes = number(2, in: 0...59), rest.isEmpty else {
                return nil
            }
            let seconds = 3600 * hours + 60 * minutes
            return sign == UInt8(ascii: "+") ? seconds : -seconds
        }
    }
}

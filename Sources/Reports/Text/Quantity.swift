import Wire

/// Numbers as people read them.
enum Quantity {
    /// `1,234`.
    static func grouped(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digits[index - 1] != "-", (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return result
    }

    /// `1 session`, `1,234 sessions`.
    static func counted(_ number: some BinaryInteger, _ noun: String, plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `512 octets`, `12.4 kB`, `3.1 GB`.
    static func octets(_ count: UInt64) -> String {
        guard count >= 1000 else { return counted(count, "octet") }
        var unit = 0
        var tenths = count / 100
        while tenths >= 10_000, unit < units.count - 1 {
            tenths /= 1000
            unit += 1
        }
        return "\(grouped(tenths / 10)).\(tenths % 10) \(units[unit])"
    }

    private static let units = ["kB", "MB", "GB", "TB"]

    /// `30 %`; never 0 % for some, nor 100 % for not quite all.
    static func share(_ part: UInt64, of whole: UInt64) -> String {
        guard whole > 0, part > 0 else { return "0 %" }
        guard part < whole else { return "100 %" }
        let percent = Int((Double(part) / Double(whole) * 100).rounded())
        return percent == 0 ? "<1 %" : percent == 100 ? ">99 %" : "\(percent) %"
    }

    /// `0.4 s`, `42 s`, `1 min 10 s`, `3 h 5 min`, `2 d 4 h`.
    static func duration(nanoseconds: Int64) -> String {
        let seconds = max(0, nanoseconds) / 1_000_000_000
        switch seconds {
        case 0..<10: return "\(seconds).\(max(0, nanoseconds) / 100_000_000 % 10) s"
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: return "\(grouped(seconds / 86_400)) d \(seconds / 3600 % 24) h"
        }
    }
}

import Foundation
import Testing

@testable import Reports
@testable import Wire

@Suite struct CalendarTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000+0000"),
        (1_795_448_040_123_456_789, "2026-11-23T15:34:00.123456+0000"),
        (-1, "1969-12-31T23:59:59.999999+0000"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000000+0000"),
        (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999999+0000"),
        (Int64.max, "2262-04-11T23:47:16.854775+0000"),
        (Int64.min, "1677-09-21T00:12:43.145224+0000"),
    ])
    func eve(_ nanoseconds: Int64, _ text: String) {
        #expect(CalendarTime(Timestamp(nanoseconds: nanoseconds)).eve == text)
    }

    @Test(arguments: [
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "9999-12-31T23:59:59Z"),
        (Int64.max, "9999-12-31T23:59:59Z"),
        (-62_135_596_800, "0001-01-01T00:00:00Z"),
        (Int64.min, "0001-01-01T00:00:00Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"),
    ])
    func absurdYearsAreClamped(_ seconds: Int64, _ text: String) {
        #expect(CalendarTime(seconds: seconds).internet == text)
    }

    /// Against Foundation's calendar, some 97 days and a few hours apart.
    @Test func agreesWithFoundation() {
        let formatter = ISO8601DateFormatter()
        for seconds in stride(from: Int64(-10_000_000_000), to: 20_000_000_000, by: 8_392_111) {
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            #expect(CalendarTime(seconds: seconds).internet == expected)
        }
    }
}

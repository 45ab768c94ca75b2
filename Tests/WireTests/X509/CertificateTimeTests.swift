import Testing

@testable import Wire

@Suite struct CertificateTimeTests {
    private func notAfter(_ tag: UInt8, _ text: String) throws -> Int64 {
        var builder = CertificateBuilder()
        builder.notAfter = DER.tlv(tag, Array(text.utf8))
        return try builder.facts.notAfter
    }

    @Test(
        arguments: [
            ("700101000000Z", 0), ("691231235959Z", -1), ("500101000000Z", -631_152_000),
            ("491231235959Z", 2_524_607_999), ("000229000000Z", 951_782_400), ("261125032659Z", 1_795_577_219),
            ("2611250326Z", 1_795_577_160), ("261125042659+0100", 1_795_577_219), ("261124222659-0500", 1_795_577_219),
            ("161231235960Z", 1_483_228_800),
        ] as [(String, Int64)])
    func readsTwoDigitYears(_ text: String, _ seconds: Int64) throws {
        #expect(try notAfter(0x17, text) == seconds)
    }

    @Test(
        arguments: [
            ("19700101000000Z", 0), ("20500101000000Z", 2_524_608_000), ("99991231235959Z", 253_402_300_799),
            ("19500101000000Z", -631_152_000), ("00000101000000Z", -62_167_219_200),
            ("00010101000000Z", -62_135_596_800), ("21000228000000Z", 4_107_456_000),
            ("21000301000000Z", 4_107_542_400),
        ] as [(String, Int64)])
    func readsFourDigitYears(_ text: String, _ seconds: Int64) throws {
        #expect(try notAfter(0x18, text) == seconds)
    }

    @Test(arguments: [
        "", "Z", "26", "261301000000Z", "260001000000Z", "260230000000Z", "270229000000Z", "260100000000Z",
        "260101240000Z", "260101006000Z", "260101000061Z", "260101000000", "260101000000z", "260101000000ZZ",
        "260101000000.5Z", "2601010000000Z", "260101000000+01", "260101000000+2400", "26O101000000Z", "-60101000000Z",
        "２60101000000Z",
    ])
    func refusesOddDates(_ text: String) {
        #expect(throws: WireError.self) { try notAfter(0x17, text) }
    }

    @Test func refusesOtherTypes() {
        #expect(throws: WireError.self) { try notAfter(0x0C, "260101000000Z") }
        #expect(throws: WireError.self) { try notAfter(0x18, "21000229000000Z") }
    }

    /// Every month of four hundred years, the calendar's period, begins the day after the one before it ends.
    @Test func daysFollowEachOther() throws {
        var expected: Int64 = -5_364_662_400  // 1800-01-01
        for year in 1800..<2200 {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let text = "\(year)\(month < 9 ? "0" : "")\(month + 1)"
                let isFirstRight = try notAfter(0x18, text + "01000000Z") == expected
                expected += Int64(86_400 * days)
                let isLastRight = try notAfter(0x18, text + "\(days)000000Z") == expected - 86_400
                if !isFirstRight || !isLastRight { Issue.record("\(text)") }
            }
        }
    }
}

import Findings
import Foundation
import Testing

/// The recordings in `captures/` yield just the findings that were read off them by hand, at just those frames; and
/// every event is as it was when somebody last looked at it.
@Suite struct GoldenTests {
    static let accepts = ProcessInfo.processInfo.environment["EARSHOT_ACCEPT"] == "1"

    @Test(arguments: SampleCapture.all)
    func findingsAreThoseReadInWireshark(_ capture: SampleCapture) throws {
        let expected = try #require(
            try ExpectedFinding.readAll()[capture.name], "\(capture) is missing in expected.tsv")
        let found = try SampleCapture.findings(in: capture.events())
        #expect(found.sorted() == expected.sorted())
    }

    @Test(arguments: SampleCapture.all)
    func eventsAreAsAccepted(_ capture: SampleCapture) throws {
        let events = try capture.events()
        if Self.accepts {
            try Data(events.utf8).write(to: capture.goldenFile)
            return
        }
        let accepted = try String(contentsOf: capture.goldenFile, encoding: .utf8)
        let before = accepted.split(separator: "\n")
        let after = events.split(separator: "\n")
        #expect(before.count == after.count)
        for (was, now) in zip(before, after) { #expect(was == now, "EARSHOT_ACCEPT=1 accepts this") }
    }

    /// What is as it should be gives nothing that changes the exit status, and nothing but remarks.
    @Test(arguments: SampleCapture.all.filter { $0.name.hasPrefix("clean-") || $0.name.hasPrefix("encapsulation-") })
    func cleanRecordingsHaveNothingButRemarks(_ capture: SampleCapture) throws {
        let remarks: Set = ["no-post-quantum", "no-extended-master-secret"]
        for finding in try SampleCapture.findings(in: capture.events()) {
            #expect(remarks.contains(finding.rule), "\(finding)")
            #expect(RuleBook.card(finding.rule)?.severity == .info)
        }
    }

    /// All recordings as one capture: the same to the octet however many threads follow their chains.
    @Test func threadsDoNotMatter() throws {
        let alone = try SampleCapture.events(of: SampleCapture.all, threads: 1)
        #expect(alone.contains("unknown-authority"))
        for threads in 2...3 { #expect(try SampleCapture.events(of: SampleCapture.all, threads: threads) == alone) }
    }

    @Test func thereAreRecordings() {
        #expect(SampleCapture.all.count >= 14)
    }

    @Test func expectationsNameCapturesThatExist() throws {
        let names = Set(SampleCapture.all.map(\.name))
        for name in try ExpectedFinding.readAll().keys { #expect(names.contains(name), "\(name) does not exist") }
    }

    @Test(arguments: RuleBook.cards.map(\.id))
    func everyRuleFiresOnItsExample(_ id: String) throws {
        let card = try #require(RuleBook.card(id))
        let expected = try ExpectedFinding.readAll()
        #expect(expected[card.example]?.contains { $0.rule == id } == true, "\(card.example) does not list \(id)")
    }
}

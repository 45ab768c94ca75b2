import Findings
import Foundation
import Testing

/// Every rule against the captures on which it speaks and the traps in which it must not.
@Suite struct MatrixTests {
    @Test(arguments: Trap.all)
    func theRuleSpeaksAndTheTrapIsSeen(_ trap: Trap) throws {
        let spoken = try #require(trap.finding(in: trap.firing), "the rule is silent where it should speak")
        let heard = trap.finding(in: trap.trap)
        switch trap.allowed {
        case .nothing: #expect(heard == nil, "\(heard?.sentence ?? "")")
        case .atMost(let certainty):
            guard let heard else { return }
            #expect(heard.certainty <= certainty)
            #expect(heard.certainty < spoken.certainty)
        case .severity(let severity):
            guard let heard else { return }
            #expect(heard.severity <= severity)
            #expect(heard.severity < spoken.severity)
        }
    }

    /// For each rule, the captures on which it fires, and its traps: printed, and none may be without.
    @Test func everyRuleHasACaptureAndTheMatrixIsPrinted() throws {
        let expected = try ExpectedFinding.readAll()
        var lines: [String] = []
        for card in RuleBook.cards {
            let captures = expected.filter { $0.value.contains { $0.rule == card.id } }.keys.sorted()
            #expect(!captures.isEmpty, "\(card.id) fires on no capture of captures/expected.tsv")
            let frame = expected[card.example]?.first { $0.rule == card.id }?.frame.map(String.init) ?? "-"
            lines.append("\(card.id): fires on \(captures.count) captures, \(card.example) frame \(frame)")
            for trap in Trap.all where trap.rule == card.id { lines.append("    \(trap.allowed): \(trap.name)") }
        }
        print("matrix: \(RuleBook.cards.count) rules, \(Trap.all.count) traps\n" + lines.joined(separator: "\n"))
        for trap in Trap.all { #expect(RuleBook.card(trap.rule) != nil, "\(trap.rule) is no rule") }
    }
}

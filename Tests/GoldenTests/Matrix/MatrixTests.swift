import Findings
import Foundation
import Testing

/// Every rule against the captures on which it speaks and the traps in which it must not.
@Suite struct MatrixTests {
    @Test(arguments: Trap.all)
    func theRuleSpeaksAndTheTrapIsSeen(_ trap: Trap) throws { try Self.spring(trap) }

    @Test func certificatesHaveTrapsAsWell() throws {
        guard let traps = try CertificateTraps.all.get() else {
            print("SKIPPED: openssl is not installed, so no traps of certificates were made")
            return
        }
        for trap in traps { try Self.spring(trap) }
        #expect(traps.count >= 24)
    }

    private static func spring(_ trap: Trap) throws {
        let spoken = try #require(trap.spoken, "\(trap.testDescription): the rule is silent where it should speak")
        guard let heard = trap.heard else { return }
        let said = Comment(rawValue: "\(trap.testDescription): \(heard.severity) \(heard.certainty): \(heard.sentence)")
        switch trap.allowed {
        case .nothing: Issue.record(said)
        case .atMost(let certainty):
            #expect(heard.certainty <= certainty, said)
            #expect(heard.certainty < spoken.certainty, said)
        case .severity(let severity):
            #expect(heard.severity <= severity, said)
            #expect(heard.severity < spoken.severity, said)
        }
    }

    /// For each rule, the captures on which it fires, and its traps: printed, and none may be without.
    @Test func everyRuleHasACaptureAndTheMatrixIsPrinted() throws {
        let expected = try ExpectedFinding.readAll()
        let traps = Trap.all + (try CertificateTraps.all.get() ?? [])
        var lines: [String] = []
        for card in RuleBook.cards {
            let captures = expected.filter { $0.value.contains { $0.rule == card.id } }.keys.sorted()
            #expect(!captures.isEmpty, "\(card.id) fires on no capture of captures/expected.tsv")
            let frame = expected[card.example]?.first { $0.rule == card.id }?.frame.map(String.init) ?? "-"
            lines.append("\(card.id): fires on \(captures.count) captures, \(card.example) frame \(frame)")
            for trap in traps where trap.rule == card.id { lines.append("    \(trap.allowed): \(trap.name)") }
        }
        print("matrix: \(RuleBook.cards.count) rules, \(traps.count) traps\n" + lines.joined(separator: "\n"))
        for trap in traps { #expect(RuleBook.card(trap.rule) != nil, "\(trap.rule) is no rule") }
    }

    /// Every sentence of a card on what else would explain it has captures that show it, or a reason why none can.
    @Test func everySentenceOfACardHasATrapOrAReason() throws {
        let ledger = try TrapLedger.readAll()
        let hasCertificates = try CertificateTraps.all.get() != nil
        let traps = Trap.all + (try CertificateTraps.all.get() ?? [])
        for card in RuleBook.cards {
            let told = TrapLedger.sentences(of: card)
            let known = ledger.filter { $0.rule == card.id }
            for sentence in told {
                #expect(
                    known.contains { $0.sentence == sentence },
                    "captures/traps.tsv has nothing on \(card.id): \(sentence)")
            }
            for entry in known where !entry.isOfTheCatalogue {
                #expect(told.contains(entry.sentence), "\(card.id) does not say: \(entry.sentence)")
            }
            for entry in known {
                guard case .traps(let names) = entry.answer else { continue }
                for name in names where hasCertificates || card.group != .certificate {
                    #expect(traps.contains { $0.rule == card.id && $0.name == name }, "\(card.id) has no trap: \(name)")
                }
            }
            for trap in traps where trap.rule == card.id {
                #expect(
                    known.contains { $0.names(trap.name) }, "captures/traps.tsv does not name \(trap.testDescription)")
            }
        }
        let rules = Set(RuleBook.cards.map(\.id))
        for entry in ledger { #expect(rules.contains(entry.rule), "\(entry.rule) is no rule") }
    }
}

/// `captures/traps.tsv`: what a card says else would explain it, sentence by sentence, and the traps that show it.
struct TrapLedger {
    let rule: String
    /// A sentence of the card, or what the catalogue names besides (in parentheses).
    let sentence: String
    let answer: Answer

    enum Answer {
        case traps([String])
        /// Why no capture can differ.
        case none(because: String)
    }

    var isOfTheCatalogue: Bool { sentence.hasPrefix("(") }

    func names(_ trap: String) -> Bool {
        if case .traps(let names) = answer { names.contains(trap) } else { false }
    }

    /// Rule, sentence, and traps with ` | ` between, or `-` and a reason.
    static func readAll() throws -> [Self] {
        let file = SampleCapture.folder.appendingPathComponent("traps.tsv")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { line in
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                try #require(fields.count == 3 && !fields[2].isEmpty, "\(line)")
                let answer: Answer =
                    fields[2].hasPrefix("- ")
                    ? .none(because: String(fields[2].dropFirst(2)))
                    : .traps(fields[2].components(separatedBy: " | "))
                return Self(rule: fields[0], sentence: fields[1], answer: answer)
            }
    }

    /// A sentence ends with a full stop before a capital letter or a digit.
    static func sentences(of card: RuleCard) -> [String] {
        var sentences = [""]
        let letters = Array(card.alternatives)
        for (place, letter) in letters.enumerated() {
            let begins = place > 1 && letters[place - 1] == " " && letters[place - 2] == "."
            if begins, letter.isUppercase || letter.isNumber {
                sentences[sentences.count - 1].removeLast()
                sentences.append("")
            }
            sentences[sentences.count - 1].append(letter)
        }
        return sentences
    }
}

import Findings
import Foundation
import Reports
import Testing

@Suite struct CardMarkdownTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/findings.md").standardized

    /// `make accept` writes the page anew.
    @Test func thePageIsWhatTheCardsSay() throws {
        let text = CardMarkdown.render(RuleBook.cards)
        if ProcessInfo.processInfo.environment["EARSHOT_ACCEPT"] != nil {
            try text.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(written == text, "docs/findings.md is not what the cards say: make accept")
    }

    @Test func everyCardIsOnThePage() {
        let text = CardMarkdown.render(RuleBook.cards)
        for card in RuleBook.cards {
            #expect(text.contains("### \(card.id)\n"))
            for remedy in card.remedies { #expect(text.contains("To \(remedy.purpose)")) }
        }
    }
}

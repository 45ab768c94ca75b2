import Findings

/// Rule cards for people: `earshot explain RULE` and `earshot rules`.
public struct CardText: Sendable {
    private let options: ReportOptions

    private static let column = 13

    public init(options: ReportOptions) { self.options = options }

    /// One card, whole.
    public func render(_ card: RuleCard) -> String {
        var page = Page(options: options)
        let severity = page.ink.paint(card.severity.name, card.severity.style)
        page.line("\(page.ink.paint(card.id, .strong))  (\(severity), \(card.group.rawValue))")
        page.paragraph(card.title, indent: 0)
        page.line()
        page.paragraph(card.explanation, indent: 0)
        page.line()
        let rows = [
            ("or else", card.alternatives),
            ("fix", card.remediation),
            ("certainty", "at most \(card.certainty.rawValue)"),
            ("see", card.citations.joined(separator: ", ")),
            ("TLSRPT", card.tlsrptResultType ?? ""),
            ("alert id", String(card.signatureID)),
            ("example", card.example),
        ]
        for (label, words) in rows where !words.isEmpty { page.row(label, words, indent: 0, column: Self.column) }
        for remedy in card.remedies {
            page.line()
            page.remedy(remedy, indent: 0)
        }
        return page.text
    }

    /// All cards, a line each, by group; within a group as given.
    public func list(_ cards: [RuleCard]) -> String {
        var page = Page(options: options)
        let widest = cards.map(\.id.count).max() ?? 0
        for group in RuleGroup.allCases {
            let members = cards.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            if !page.text.isEmpty { page.line() }
            page.line(page.ink.paint(group.rawValue, .strong))
            for card in members { page.line(line(card, widest: widest, ink: page.ink)) }
        }
        return page.text
    }

    private func line(_ card: RuleCard, widest: Int, ink: Ink) -> String {
        let severity = ink.paint(Page.padded(card.severity.name, to: 10), card.severity.style)
        return "  " + Page.padded(card.id, to: widest + 2) + severity + card.title
    }
}

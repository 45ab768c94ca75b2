import Findings

/// Rule cards as Markdown: `docs/findings.md`.
public enum CardMarkdown {
    /// All cards, by group; within a group as given.
    public static func render(_ cards: [RuleCard]) -> String {
        var text = """
            # Findings

            Every rule, as `earshot explain ID` shows it. This page is written by `earshot rules --markdown`; a test compares \
            the two.

            Severity is the ordinary one: a finding may carry another, by what was exposed and to whom. Certainty is the \
            highest that the rule ever claims. Names (`mx.example.org`), paths and domains in settings are examples.


            """
        for group in RuleGroup.allCases {
            let members = cards.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            text += "## \(group.rawValue)\n\n| rule | severity | what it says |\n|---|---|---|\n"
            for card in members { text += "| [`\(card.id)`](#\(card.id)) | \(card.severity.name) | \(card.title) |\n" }
            text += "\n"
            for card in members { text += render(card) }
        }
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }

    private static func render(_ card: RuleCard) -> String {
        var text = """
            ### \(card.id)

            **\(card.title).** \(card.explanation)

            - Severity \(card.severity.name); certainty at most \(card.certainty.rawValue); alert id \(card.signatureID)
            - What else would explain it: \(card.alternatives)
            - What to do: \(card.remediation)
            - See \(card.citations.joined(separator: ", "))

            """
        if let type = card.tlsrptResultType { text += "- TLSRPT result type (RFC 8460 §4.3): `\(type)`\n" }
        text += "- Example: [`\(card.example)`](../captures/\(card.example))\n\n"
        for remedy in card.remedies { text += render(remedy) }
        return text
    }

    private static func render(_ remedy: Remedy) -> String {
        var text = "To \(remedy.purpose) (\(remedy.job.name))\(remedy.settings.isEmpty ? "." : ":")\n\n"
        for setting in remedy.settings {
            text += "\(setting.program.rawValue), \(setting.place):\n\n```\n\(setting.lines)\n```\n\n"
        }
        return text
    }
}

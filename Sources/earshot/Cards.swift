import ArgumentParser
import Findings
import Reports

/// `earshot explain RULE`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain a rule: what it means, what else it could be, what to do.")

    @Argument(help: "A rule's id, as it stands in a finding.")
    var rule: String

    func run() throws {
        guard let card = RuleBook.card(rule) else {
            throw ValidationError("There is no rule '\(rule)'. earshot rules lists them.")
        }
        try StandardStreams.writeOutput(CardText(options: StandardStreams.reportOptions).render(card))
    }
}

/// `earshot rules`.
struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rules", abstract: "List the rules.")

    @Flag(help: "Write all cards as Markdown, as in docs/findings.md.")
    var markdown = false

    func run() throws {
        if markdown { return try StandardStreams.writeOutput(CardMarkdown.render(RuleBook.cards)) }
        try StandardStreams.writeOutput(CardText(options: StandardStreams.reportOptions).list(RuleBook.cards))
    }
}

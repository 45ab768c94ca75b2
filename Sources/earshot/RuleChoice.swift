import ArgumentParser
import Findings

/// The rules that are asked, as `--rules` and `--disable` choose them.
struct RuleChoice {
    let rules: [any Rule.Type]

    /// - Parameters:
    ///   - only: ids, separated by commas; `nil` for all.
    ///   - without: ids, separated by commas.
    init(only: String?, without: String?) throws {
        let wanted = try only.map { try Self.ids($0, option: "--rules") }
        let unwanted = try without.map { try Self.ids($0, option: "--disable") } ?? []
        rules = RuleBook.rules.filter { rule in
            wanted?.contains(rule.card.id) ?? true && !unwanted.contains(rule.card.id)
        }
        guard !rules.isEmpty else { throw ValidationError("--rules and --disable leave no rule to be asked.") }
    }

    private static func ids(_ text: String, option: String) throws -> Set<String> {
        var ids: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let card = RuleBook.card(String(part)) else {
                throw ValidationError("\(option): there is no rule '\(part)'. earshot rules lists them.")
            }
            ids.insert(card.id)
        }
        return ids
    }
}

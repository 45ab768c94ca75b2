import ArgumentParser
import Capture
import Findings
import Settings

/// The file that `--suppress` names.
enum SuppressionInput {
    static func read(_ path: String) throws -> [Suppression] {
        do {
            let text = try TextInput.read(path)
            return try SuppressionFile.parse(text, rules: Set(RuleBook.cards.map(\.id)))
        } catch let error as SettingsError {
            throw ValidationError("--suppress \(path): \(error).")
        } catch let error as CaptureError {
            throw ValidationError("--suppress: \(error)")
        }
    }
}

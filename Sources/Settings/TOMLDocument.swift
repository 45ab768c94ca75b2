import CTOML
import FoundationEssentials
import Glibc

/// A TOML document (TOML 1.0), read by toml++ and handed over as JSON.
enum TOMLDocument {
    /// A value of it; dates come as their text.
    enum Value: Decodable {
        case table([String: Value])
        case array([Value])
        case text(String)
        case integer(Int64)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let integer = try? container.decode(Int64.self) {
                self = .integer(integer)
            } else if let values = try? container.decode([Value].self) {
                self = .array(values)
            } else if let table = try? container.decode([String: Value].self) {
                self = .table(table)
            } else {
                self = .other
            }
        }

        var text: String? { if case .text(let text) = self { text } else { nil } }
        var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
        var array: [Value]? { if case .array(let values) = self { values } else { nil } }
        var table: [String: Value]? { if case .table(let table) = self { table } else { nil } }
    }

    static func parse(_ text: String) throws(SettingsError) -> [String: Value] {
        var line: UInt32 = 0
        let answer = unsafe earshot_toml_to_json(text, text.utf8.count, &line)
        guard let answer = unsafe answer else { throw SettingsError("there is no memory to read it") }
        defer { unsafe free(answer) }
        let said = unsafe String(cString: answer)
        guard line == 0 else { throw SettingsError("line \(line): \(said)") }
        guard let document = try? JSONDecoder().decode([String: Value].self, from: Data(said.utf8)) else {
            throw SettingsError("it is no TOML")
        }
        return document
    }
}

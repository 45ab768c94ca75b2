import Findings
import Wire

/// The file of findings that the user does not want to hear again (TOML 1.0):
///
///     [[suppress]]
///     rule = "starttls-unused"
///     client = "192.0.2.0/24"        # an address or a network; left out: any
///     server = "192.0.2.25"
///     port = 25
///     reason = "scanner of the monitoring team"
///     expires = 2027-01-31           # the last day, UTC, by the capture's clock
public enum SuppressionFile {
    /// Reads the file's text. `rules` are the ids that exist.
    public static func parse(_ text: String, rules: Set<String>) throws(SettingsError) -> [Suppression] {
        let root = try TOMLDocument.parse(text)
        for key in root.keys.sorted() where key != "suppress" {
            throw SettingsError("'\(key)' means nothing here; entries begin with [[suppress]]")
        }
        guard let list = root["suppress"] else { return [] }
        guard let entries = list.array else { throw SettingsError("entries begin with [[suppress]], in two brackets") }
        var result: [Suppression] = []
        for (index, value) in entries.enumerated() {
            guard let table = value.table else { throw SettingsError("entry \(index + 1) is no table") }
            result.append(try Entry(table, number: index + 1).suppression(rules))
        }
        return result
    }

    /// One table, with its place in the file for what is wrong with it.
    private struct Entry {
        let table: [String: TOMLDocument.Value]
        let number: Int

        private static let keys: Set<String> = ["rule", "client", "server", "port", "reason", "expires"]

        init(_ table: [String: TOMLDocument.Value], number: Int) throws(SettingsError) {
            self.table = table
            self.number = number
            for key in table.keys.sorted() where !Self.keys.contains(key) { throw wrong("'\(key)' means nothing here") }
        }

        func suppression(_ rules: Set<String>) throws(SettingsError) -> Suppression {
            guard let rule = table["rule"]?.text else { throw wrong("it names no rule") }
            guard rules.contains(rule) else { throw wrong("there is no rule '\(rule)'; earshot rules lists them") }
            guard let reason = table["reason"]?.text, !reason.allSatisfy(\.isWhitespace) else {
                throw wrong("it gives no reason")
            }
            guard let day = table["expires"]?.text.flatMap({ CalendarDay($0) }) else {
                throw wrong("it has no day on which it expires, such as expires = 2027-01-31")
            }
            return Suppression(
                rule: rule, client: try network("client"), server: try network("server"), port: try port(),
                reason: reason, lastDay: day.description, end: day.end)
        }

        private func network(_ key: String) throws(SettingsError) -> IPNetwork? {
            guard let value = table[key] else { return nil }
            guard let text = value.text, let network = IPNetwork(text) else {
                throw wrong("\(key) takes an address or a network, such as \"192.0.2.0/24\"")
            }
            return network
        }

        private func port() throws(SettingsError) -> UInt16? {
            guard let value = table["port"] else { return nil }
            guard let number = value.integer, let port = UInt16(exactly: number), port > 0 else {
                throw wrong("port takes a number from 1 to 65535")
            }
            return port
        }

        private func wrong(_ why: String) -> SettingsError { SettingsError("entry \(number): \(why)") }
    }
}

/// What is wrong with a file of settings, and where in it.
public struct SettingsError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

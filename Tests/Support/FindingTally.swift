import Foundation

/// How many findings there are of each rule and certainty, as a table that people read the changes of.
package struct FindingTally: Sendable {
    private var counts: [String: Int] = [:]

    package init() {}

    package mutating func add(rule: String, certainty: String) { counts["\(rule)\t\(certainty)", default: 0] += 1 }

    /// Tab-separated lines behind a heading, sorted.
    package var table: String {
        let lines = counts.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }
        return "# rule\tcertainty\tfindings\n" + lines.joined()
    }

    /// What differs from the table in `file`, line by line; `EARSHOT_ACCEPT=1` writes it there instead.
    package func differences(from file: URL) throws -> [String] {
        if ProcessInfo.processInfo.environment["EARSHOT_ACCEPT"] == "1" {
            try Data(table.utf8).write(to: file)
            return []
        }
        let accepted = Set(try String(contentsOf: file, encoding: .utf8).split(separator: "\n"))
        let found = Set(table.split(separator: "\n"))
        return accepted.subtracting(found).sorted().map { "no longer: \($0)" }
            + found.subtracting(accepted).sorted().map { "now: \($0)" }
    }
}

/// An alert of JSON Lines output.
package struct Alert: Sendable {
    package let rule: String
    package let certainty: String
    /// Address and port.
    package let client: String
    package let server: String
    /// The frame to open; `nil` for a finding over a whole capture.
    package let frame: UInt64?

    /// Those among `events`. Throws where a line is no JSON.
    package static func all(in events: String) throws -> [Self] {
        try events.split(separator: "\n").compactMap { line in
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard event?["event_type"] as? String == "alert", let mail = event?["mail_tls"] as? [String: Any],
                let rule = mail["rule"] as? String, let certainty = mail["certainty"] as? String
            else { return nil }
            let evidence = mail["evidence"] as? [[String: Any]]
            func end(_ side: String) -> String {
                "\(event?["\(side)_ip"] as? String ?? ""):\(event?["\(side)_port"] as? Int ?? 0)"
            }
            return Self(
                rule: rule, certainty: certainty, client: end("src"), server: end("dest"),
                frame: (evidence?.first?["frame"] as? Int).map(UInt64.init))
        }
    }
}

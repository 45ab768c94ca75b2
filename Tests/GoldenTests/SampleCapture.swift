import Findings
import Foundation
import Pipeline
import Reports
import Trust
import Wire

/// A recording in `captures/`, and what Earshot says of it.
struct SampleCapture: CustomStringConvertible, Sendable {
    let name: String

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("captures")

    /// All of them, in the order of their names.
    static let all: [SampleCapture] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted().map(SampleCapture.init)
    }()

    /// Those that vouch for the servers in the recordings: what the machine trusts does not matter.
    static let authorities = Result { try TrustStore(file: folder.appendingPathComponent("authorities.pem").path) }

    var description: String { name }
    var path: String { Self.folder.appendingPathComponent(name).path }
    var goldenFile: URL {
        Self.folder.appendingPathComponent(name).deletingPathExtension().appendingPathExtension("expected.jsonl")
    }

    /// The events of a run over the capture, as JSON Lines, its path reduced to its name.
    func events() throws -> String {
        try Self.events(of: [self], threads: 1).replacingOccurrences(of: path, with: name)
    }

    /// The events of a run over several of them.
    static func events(of captures: [SampleCapture], threads: Int) throws -> String {
        let tracker = TrackerOptions(
            ports: PortSet([25...25, 465...465, 587...587]), implicitTLSPorts: PortSet([465...465]))
        var options = RunOptions(inputs: captures.map(\.path), report: ReportOptions(), tracker: tracker)
        options.format = .jsonl
        options.threads = threads
        options.trust = try authorities.get()
        options.settings.authorities = .named
        var run = Run(options, sink: .inMemory(), messages: Messages { _ in })
        _ = run.execute()
        return run.takeSink().collected
    }

    /// Rule and leading frame of every alert in `events`.
    static func findings(in events: String) throws -> [ExpectedFinding] {
        try events.split(separator: "\n").compactMap { line in
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard event?["event_type"] as? String == "alert", let mail = event?["mail_tls"] as? [String: Any],
                let rule = mail["rule"] as? String
            else { return nil }
            let evidence = mail["evidence"] as? [[String: Any]]
            return ExpectedFinding(rule: rule, frame: evidence?.first?["frame"] as? Int)
        }
    }
}

/// A finding that somebody read off a capture in Wireshark.
struct ExpectedFinding: Hashable, Comparable, CustomStringConvertible {
    let rule: String
    let frame: Int?

    var description: String { "\(rule)@\(frame.map(String.init) ?? "-")" }

    static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    /// `expected.tsv`: capture, rule, frame, note; `-` as rule for a capture that yields nothing.
    static func readAll() throws -> [String: [ExpectedFinding]] {
        let file = SampleCapture.folder.appendingPathComponent("expected.tsv")
        var result: [String: [ExpectedFinding]] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 3, fields[0] != "capture" else { continue }
            var findings = result[fields[0]] ?? []
            if fields[1] != "-" { findings.append(ExpectedFinding(rule: fields[1], frame: Int(fields[2]))) }
            result[fields[0]] = findings
        }
        return result
    }
}

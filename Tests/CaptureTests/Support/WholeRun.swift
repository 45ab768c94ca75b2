import Findings
import Foundation
import Pipeline
import Reports
import Synchronization
import Testing
import Wire

/// A run as the command line makes it, with its output in memory.
struct WholeRun {
    let output: String
    let messages: [String]
    let status: Pipeline.ExitStatus

    init(
        _ inputs: [String], ports: PortSet = Ports.mail, format: RunOptions.Format = .jsonl, filter: String? = nil,
        threads: Int = 1, merges: Bool = false, throughLibpcap: Bool = false
    ) {
        var options = RunOptions(
            inputs: inputs, report: ReportOptions(),
            tracker: TrackerOptions(ports: ports, implicitTLSPorts: PortSet([465...465])))
        options.format = format
        options.filter = filter
        options.threads = threads
        options.mergesInputs = merges
        options.readsThroughLibpcap = throughLibpcap
        let lines = Lines()
        var run = Run(options, sink: OutputSink.inMemory(), messages: Messages { lines.append($0) })
        status = run.execute()
        let sink = run.takeSink()
        output = sink.collected
        messages = lines.all
    }

    /// Events of JSON Lines output; throws where a line is no JSON object.
    func events() throws -> [[String: any Sendable]] {
        try output.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: any Sendable], "no object: \(line)")
        }
    }

    func count(of type: String) throws -> Int {
        try events().count { $0["event_type"] as? String == type }
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) { lines.withLock { $0.append(line) } }
}

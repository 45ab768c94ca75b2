import ArgumentParser
import Findings
import Pipeline
import Reports
import Settings
import Wire

/// `earshot -r FILE…`: reads captures and reports.
struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze", abstract: "Read capture files and report (what earshot does unless told otherwise).")

    @Option(
        name: [.customShort("r"), .customLong("read")],
        help: ArgumentHelp(
            "A capture to read (pcap or pcapng, as it is or compressed with gzip or zstd), or a directory of them; may "
                + "be repeated. - is standard input.", valueName: "file"))
    var reads: [String] = []

    @Argument(help: "More captures to read.")
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "Look only at packets that match a BPF expression (pcap-filter(7)); it may also stand behind --.",
            valueName: "expression"))
    var filter: String?

    @Flag(
        help:
            "Take the packets of all files in the order of their time stamps: for taps that captured at the same time.")
    var merge = false

    @Option(help: "Server ports of mail, with ranges: 25,465,587 or 1-65535.")
    var ports = "25,465,587"

    @Option(help: "Ports on which TLS must begin at once.")
    var implicitTLSPorts = "465"

    @Option(help: "text, summary or jsonl.")
    var format = RunOptions.Format.text

    @Flag(name: .shortAndLong, help: "Write no results; the exit status tells.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say on stderr how much was read of each input.")
    var verbose = false

    @Flag(help: "Show mailbox names whole; they are masked otherwise.")
    var showAddresses = false

    @Option(
        help: ArgumentHelp(
            "Exit with 1 from this severity on: info, low, medium, high, critical, or none.", valueName: "severity"))
    var failOn = "medium"

    @Option(
        help: ArgumentHelp(
            "Ask these rules and no others: ids, separated by commas (earshot rules lists them).", valueName: "ids"))
    var rules: String?

    @Option(help: ArgumentHelp("Leave these rules out: ids, separated by commas.", valueName: "ids"))
    var disable: String?

    @Option(
        help: ArgumentHelp(
            "A TOML file of findings not to be told: rule, hop, reason and last day of each.", valueName: "file"))
    var suppress: String?

    @Option(
        help: ArgumentHelp(
            "Memory for what is followed, such as 64M or 1G (at least 16M); what does not fit is given up, and counted.",
            valueName: "size"))
    var memory = "256M"

    @Option(help: ArgumentHelp("Threads to work with; the results do not depend on it.", valueName: "count"))
    var threads: Int?

    @Option(
        name: [.customShort("c"), .customLong("count")],
        help: ArgumentHelp("Stop after so many packets.", valueName: "packets"))
    var count: UInt64?

    @Option(help: ArgumentHelp("Name of this sensor, written into events as host.", valueName: "name"))
    var sensor: String?

    func run() throws {
        var run = Run(
            try options(), sink: OutputSink(descriptor: 1), messages: Messages { StandardStreams.writeError($0) })
        throw ExitCode(run.execute().rawValue)
    }

    private func options() throws -> RunOptions {
        let inputs = files + reads
        guard !inputs.isEmpty else {
            throw ValidationError("There is nothing to read. Name a capture: earshot -r mail.pcap")
        }
        var report = StandardStreams.reportOptions
        report.showAddresses = showAddresses
        report.sensorName = sensor
        let implicit = try PortList(implicitTLSPorts, option: "--implicit-tls-ports")
        let watched = try PortList(ports, option: "--ports")
        guard let budget = MemoryBudget(memory) else {
            throw ValidationError("--memory takes a size of at least 16M, such as 256M or 1G, not '\(memory)'.")
        }
        var options = RunOptions(
            inputs: inputs, report: report,
            tracker: TrackerOptions(ports: watched.set, implicitTLSPorts: implicit.set, memory: budget))
        options.memory = budget
        options.rules = try RuleChoice(only: rules, without: disable).rules
        options.suppressions = try suppress.map(SuppressionInput.read) ?? []
        options.filter = filter
        options.mergesInputs = merge
        options.format = format
        options.isQuiet = quiet
        options.isVerbose = verbose
        options.failOn = try severity()
        options.maximumPackets = count
        options.threads = try threadCount()
        options.showsProgress = StandardStreams.errorIsTerminal
        return options
    }

    private func threadCount() throws -> Int {
        guard let threads else { return StandardStreams.processors }
        guard (1...RunOptions.maximumThreads).contains(threads) else {
            throw ValidationError("--threads takes 1 to \(RunOptions.maximumThreads), not \(threads).")
        }
        return threads
    }

    private func severity() throws -> Severity? {
        if failOn.lowercased() == "none" { return nil }
        guard let severity = Severity(named: failOn) else {
            throw ValidationError("--fail-on takes info, low, medium, high, critical or none, not '\(failOn)'.")
        }
        return severity
    }
}

extension RunOptions.Format: ExpressibleByArgument {}

/// A list of ports such as `25,465,587` or `1-65535`.
struct PortList {
    let set: PortSet

    init(_ text: String, option: String) throws {
        var ranges: [ClosedRange<UInt16>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = ends.first.flatMap({ UInt16($0) }),
                let last = UInt16(ends[ends.count - 1]),
                first >= 1, first <= last
            else { throw ValidationError("\(option) takes ports such as 25,465,587 or 1-65535, not '\(text)'.") }
            ranges.append(first...last)
        }
        set = PortSet(ranges)
    }
}

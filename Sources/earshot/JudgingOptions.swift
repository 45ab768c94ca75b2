import ArgumentParser
import Findings
import Pipeline
import Reports
import Trust
import Wire

/// What is looked at, what is asked, and how it is told: the same for files and for interfaces.
struct JudgingOptions: ParsableArguments {
    @Option(help: "Server ports of mail, with ranges: 25,465,587 or 1-65535.")
    var ports = "25,465,587"

    @Option(help: "Ports on which TLS must begin at once.")
    var implicitTLSPorts = "465"

    @Option(help: "text, summary or jsonl.")
    var format = RunOptions.Format.text

    @Flag(name: .shortAndLong, help: "Write no results; the exit status tells.")
    var quiet = false

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
            "The authorities that servers' certificates must lead to: a bundle in PEM, or none (not checked). What this "
                + "machine trusts, unless told otherwise.", valueName: "file"))
    var trust: String?

    @Option(
        help: ArgumentHelp(
            "Say that a certificate expires soon from so many days before its end on (with less than a third of its "
                + "lifetime left).", valueName: "days"))
    var expiring = RuleSettings.standardDays

    @Option(
        help: ArgumentHelp(
            "Memory for what is followed, such as 64M or 1G (at least 16M); what does not fit is given up, and counted.",
            valueName: "size"))
    var memory = "256M"

    @Option(
        help: ArgumentHelp(
            "How long after a failed TLS handshake a delivery in clear is taken to follow it, such as 90s, 15m or 2h; 0 "
                + "switches that off.", valueName: "time"))
    var retryWindow = "15m"

    @Option(help: ArgumentHelp("Threads to work with; the results do not depend on it.", valueName: "count"))
    var threads: Int?

    @Option(
        name: [.customShort("c"), .customLong("count")],
        help: ArgumentHelp("Stop after so many packets.", valueName: "packets"))
    var count: UInt64?

    @Option(help: ArgumentHelp("Name of this sensor, written into events as host.", valueName: "name"))
    var sensor: String?

    /// What they say of a run over `inputs`.
    func options(_ inputs: [String], isLive: Bool = false) throws -> RunOptions {
        var report = StandardStreams.reportOptions
        report.showAddresses = showAddresses
        report.sensorName = sensor
        report.isLive = isLive
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
        options.format = format
        options.isQuiet = quiet
        options.failOn = try severity()
        guard count != 0 else { throw ValidationError("-c takes 1 or more packets, not 0.") }
        options.maximumPackets = count
        options.threads = try threadCount()
        guard let window = TimeSpan(retryWindow) else {
            throw ValidationError("--retry-window takes a time such as 90s, 15m or 2h, not '\(retryWindow)'.")
        }
        options.retryWindow = window.nanoseconds
        options.settings = RuleSettings(expiringDays: try days())
        options.trust = try trustStore()
        if trust != nil { options.settings.authorities = .named }
        return options
    }

    /// `nil` where trust is not checked: the user wants it so, or there is no bundle.
    private func trustStore() throws -> TrustStore? {
        guard let file = trust else {
            do {
                return try TrustStore.system()
            } catch {
                StandardStreams.writeError("earshot: \(error)\n")
                return nil
            }
        }
        if file == "none" { return nil }
        do {
            return try TrustStore(file: file)
        } catch {
            throw ValidationError("--trust: \(error).")
        }
    }

    private func days() throws -> Int {
        guard expiring >= 0 else { throw ValidationError("--expiring takes a number of days, not \(expiring).") }
        return expiring
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

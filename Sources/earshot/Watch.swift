import ArgumentParser
import Capture
import Pipeline
import Reports

/// `earshot -i IFACE`: listens to interfaces and tells findings as they come.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Listen to interfaces and tell findings as they come (earshot -i IFACE).",
        discussion: """
            Listening to other people's traffic may need authority or notice by law.

            SIGINT and SIGTERM end with the summary, SIGHUP opens the --output file anew, SIGUSR1 says how it stands.
            """)

    @Option(
        name: [.customShort("i"), .customLong("interface")],
        help: ArgumentHelp(
            "An interface to listen to, or any; may be repeated. earshot -D lists them.", valueName: "interface"))
    var interfaces: [String] = []

    @Flag(name: [.customShort("D"), .customLong("list-interfaces")], help: "List the interfaces.")
    var lists = false

    @Option(
        help: ArgumentHelp(
            "Let the kernel hand over only what matches a BPF expression besides; it may also stand behind --.",
            valueName: "expression"))
    var filter: String?

    @Flag(
        name: [.customShort("p"), .customLong("no-promiscuous-mode")],
        help: "Take packets for this host alone.")
    var isModest = false

    @Option(
        name: [.customShort("s"), .customLong("snapshot-length")],
        help: ArgumentHelp("Octets to capture of each packet.", valueName: "octets"))
    var snapshotLength = 262_144

    @Option(
        help: ArgumentHelp("Room in the kernel for packets that wait, for each interface.", valueName: "size"))
    var buffer = "64M"

    @Option(
        help: ArgumentHelp(
            "Tell an alert on the same hop and rule once in this time, and then how many there were: 10m, 1h, or 0 for "
                + "all.", valueName: "time"))
    var `repeat` = "10m"

    @Option(help: ArgumentHelp("Write the summary this often: 10m, 1h, 1d.", valueName: "time"))
    var summary: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Append results to this file in place of standard output.", valueName: "file"))
    var output: String?

    @Option(
        name: [.customShort("Z"), .customLong("user")],
        help: ArgumentHelp(
            "The user to become before a packet is read, where earshot is started as root.", valueName: "user"))
    var user: String?

    @Flag(help: "Keep all privileges, files and system calls while packets are read. Not advised.")
    var noSandbox = false

    @OptionGroup var judging: JudgingOptions

    @OptionGroup var evidence: EvidenceArguments

    func run() throws {
        if lists { return try list() }
        guard !interfaces.isEmpty else {
            throw ValidationError("There is nothing to listen to. Name an interface: earshot -i eth0")
        }
        guard user == nil || !noSandbox else {
            throw ValidationError("-Z gives up a user, and --no-sandbox keeps it. Give one of them.")
        }
        guard output != "-" else { throw ValidationError("-o takes the name of a file, not '-'.") }
        guard interfaces.count <= LiveCapture.limit else {
            throw ValidationError("-i takes \(LiveCapture.limit) interfaces at most.")
        }
        var options = try liveOptions()
        var runOptions = try judging.options(interfaces, isLive: true)
        let files = try evidence.files()
        runOptions.evidence = try files.map(evidence.options)
        let broker = noSandbox ? nil : try Sandbox.split(output: output, evidence: files)
        options.broker = broker
        if let broker { files?.hand(to: broker) }
        runOptions.live = options
        // Before any thread begins, so that none of them takes a signal.
        let signals = try Signals()
        let capture = try LiveCapture(interfaces, options.capture, wake: signals.descriptor, broker: broker)
        let results = try output.map { path throws in try OutputFile.open(path) }
        let messages = Messages { StandardStreams.writeError($0) }
        if noSandbox {
            messages.write(
                "WARNING: no sandbox: whoever takes over the parser of packets has all that this process has")
        } else {
            messages.write("sandbox: \(try Sandbox(user: user).enter())")
        }
        // Where it does not come to listening, no file is left behind.
        try files?.prepare()
        let status = ListeningThread.run { [options, runOptions] in
            let sink = OutputSink(descriptor: results ?? 1, ownsIt: results != nil)
            var run = LiveRun(
                runOptions, options, capture: capture, signals: signals, sink: sink, messages: messages)
            return run.execute()
        }
        throw ExitCode(status.rawValue)
    }

    private func liveOptions() throws -> LiveRunOptions {
        var capture = LiveOptions()
        guard (64...262_144).contains(snapshotLength) else {
            throw ValidationError("-s takes 64 to 262144 octets, not \(snapshotLength).")
        }
        capture.snapLength = snapshotLength
        capture.isPromiscuous = !isModest
        guard let room = Size(buffer)?.octets, (1 << 20...1 << 30).contains(room) else {
            throw ValidationError("--buffer takes a size from 1M to 1G, such as 64M, not '\(buffer)'.")
        }
        capture.bufferOctets = room
        capture.expressions = MailExpression.candidates(
            ports: try PortList(judging.ports, option: "--ports").ranges, narrowedBy: filter)
        var options = LiveRunOptions(capture: capture)
        guard let window = TimeSpan(`repeat`) else {
            throw ValidationError(
                "--repeat takes a time of at most 366d, such as 30s, 10m, 1h or 1d, or 0, not '\(`repeat`)'.")
        }
        options.repeatWindow = window.nanoseconds
        options.summaryInterval = try summary.map { text in
            guard let interval = TimeSpan(text), interval.nanoseconds > 0 else {
                throw ValidationError("--summary takes a time from 1s to 366d, such as 1h, not '\(text)'.")
            }
            return interval.nanoseconds
        }
        options.output = output
        return options
    }

    private func list() throws {
        let entries = try InterfaceList.read()
        let widest = entries.map(\.name.count).max() ?? 0
        var text = ""
        for entry in entries {
            let state = entry.isUp ? entry.isRunning ? "up" : "up, no link" : "down"
            let name = entry.name + String(repeating: " ", count: widest + 2 - entry.name.count)
            let notes = [state, entry.isLoopback ? "loopback" : "", entry.description].filter { !$0.isEmpty }
            text += name + notes.joined(separator: ", ") + "\n"
        }
        try StandardStreams.writeOutput(text)
    }
}

/// A size such as `64M`.
struct Size {
    let octets: Int

    init?(_ text: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let last = text.last else { return nil }
        let unit = units[Character(last.uppercased())]
        guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else { return nil }
        let (octets, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.octets = octets
    }
}

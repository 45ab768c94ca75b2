import ArgumentParser
import Capture
import Glibc
import Pipeline
import Reports

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

    @Flag(name: .shortAndLong, help: "Say on stderr how much was read of each input.")
    var verbose = false

    @OptionGroup var judging: JudgingOptions

    @OptionGroup var evidence: EvidenceArguments

    func run() throws {
        let options = try options()
        try Interruption.note()
        var run = Run(
            options, sink: OutputSink(descriptor: 1), messages: Messages { StandardStreams.writeError($0) })
        // Everything is written. To give all memory back piece by piece before the process ends would only take time.
        Glibc.exit(run.execute().rawValue)
    }

    private func options() throws -> RunOptions {
        let inputs = files + reads
        guard !inputs.isEmpty else {
            throw ValidationError("There is nothing to read. Name a capture: earshot -r mail.pcap")
        }
        var options = try judging.options(inputs)
        options.filter = filter
        options.mergesInputs = merge
        options.isVerbose = verbose
        if let files = try evidence.files() {
            options.evidence = try evidence.options(files)
            try files.prepare()
        }
        options.showsProgress = StandardStreams.errorIsTerminal
        return options
    }
}

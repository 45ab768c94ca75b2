import ArgumentParser
import Capture
import Findings
import Pipeline

/// Which packets are kept, and where.
struct EvidenceArguments: ParsableArguments {
    @Option(
        name: [.customShort("w"), .customLong("evidence")],
        help: ArgumentHelp(
            "Keep the packets of sessions with findings in this file (pcapng, for Wireshark); passwords, message content "
                + "and names of mailboxes are overwritten. A file that is there is left alone: a number is put into "
                + "the name.", valueName: "file"))
    var evidence: String?

    @Option(help: ArgumentHelp("Begin another such file when one has this size (1M at least).", valueName: "size"))
    var evidenceSize = "64M"

    @Option(help: ArgumentHelp("Keep so many such files; the oldest made by this run goes first.", valueName: "count"))
    var evidenceFiles = 10

    @Option(
        help: ArgumentHelp(
            "Keep packets of sessions with a finding of this severity or worse: info, low, medium, high, critical.",
            valueName: "severity"))
    var evidenceFrom = "low"

    @Flag(
        help: "Overwrite nothing in these files: they show passwords, addresses and whole messages. Not advised.")
    var evidenceRaw = false

    /// The files, where there are to be any.
    func files() throws -> EvidenceFiles? {
        guard let evidence else {
            guard !evidenceRaw else {
                throw ValidationError("--evidence-raw says how to write what -w names. Give -w.")
            }
            return nil
        }
        guard evidence != "-", !evidence.isEmpty else {
            throw ValidationError("-w takes the name of a file, not '\(evidence)'.")
        }
        guard (1...1000).contains(evidenceFiles) else {
            throw ValidationError("--evidence-files takes 1 to 1000, not \(evidenceFiles).")
        }
        return try EvidenceFiles(evidence, count: evidenceFiles)
    }

    func options(_ files: EvidenceFiles) throws -> EvidenceOptions {
        var options = EvidenceOptions(files: files)
        guard let size = Size(evidenceSize)?.octets, (EvidenceOptions.smallestFile...1 << 40).contains(size) else {
            throw ValidationError("--evidence-size takes a size of at least 1M, such as 64M, not '\(evidenceSize)'.")
        }
        options.fileSize = size
        guard let severity = Severity(named: evidenceFrom) else {
            throw ValidationError("--evidence-from takes info, low, medium, high or critical, not '\(evidenceFrom)'.")
        }
        options.leastSeverity = severity
        options.isRaw = evidenceRaw
        return options
    }
}

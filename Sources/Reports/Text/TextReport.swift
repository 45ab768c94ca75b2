import Findings
import Sessions
import Wire

/// The report for people: findings by hop, worst hop first; then what the run saw and did not see.
public struct TextReport: Sendable {
    let options: ReportOptions
    let inputs: InputNames
    let privacy: Privacy

    /// Hops with nothing to act on get a line each, up to this many.
    public static let maximumQuietHops = 20

    /// - Parameter inputs: the inputs' names in the order of `FrameNumber.file`.
    public init(options: ReportOptions, inputs: [String]) {
        self.options = options
        self.inputs = InputNames(names: inputs)
        privacy = Privacy(showAddresses: options.showAddresses)
    }

    /// The whole report.
    ///
    /// - Parameter hopFindings: findings that needed several sessions of a hop.
    public func render(
        hops: [Hop], hopFindings: [HopKey: [Finding]] = [:], captureFindings: [Finding], summary: CaptureSummary,
        to sink: inout OutputSink
    ) throws(OutputError) {
        if !captureFindings.isEmpty { try sink.write(captureSection(captureFindings)) }
        let entries = hops.map { HopEntry($0, concluded: hopFindings[$0.key] ?? []) }.sorted(by: HopEntry.isWorse)
        for entry in entries where !entry.isQuiet { try sink.write(section(entry)) }
        try sink.write(quietSection(entries.filter(\.isQuiet)))
        try render(summary, to: &sink)
    }

    /// The closing part alone (`--format summary`).
    public func render(_ summary: CaptureSummary, to sink: inout OutputSink) throws(OutputError) {
        try sink.write(summarySection(summary))
    }
}

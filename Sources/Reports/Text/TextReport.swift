import Findings
import Sessions
import Wire

/// The report for people: findings by hop, worst hop first; then what the run saw and did not see.
package struct TextReport: Sendable {
    let options: ReportOptions
    let inputs: InputNames
    let privacy: Privacy

    /// Hops with nothing to act on get a line each, up to this many.
    package static let maximumQuietHops = 20

    /// - Parameter inputs: the inputs' names in the order of `FrameNumber.file`.
    package init(options: ReportOptions, inputs: [String]) {
        self.options = options
        self.inputs = InputNames(names: inputs)
        privacy = Privacy(showAddresses: options.showAddresses)
    }

    /// The whole report.
    package func render(
        hops: [Hop], captureFindings: [Finding], summary: CaptureSummary, to sink: inout OutputSink
    ) throws(OutputError) {
        if !captureFindings.isEmpty { try sink.write(captureSection(captureFindings)) }
        let ordered = hops.sorted(by: Self.isWorse)
        for hop in ordered where !hop.isQuiet { try sink.write(section(hop)) }
        try sink.write(quietSection(ordered.filter(\.isQuiet)))
        try render(summary, to: &sink)
    }

    /// The closing part alone (`--format summary`).
    package func render(_ summary: CaptureSummary, to sink: inout OutputSink) throws(OutputError) {
        try sink.write(summarySection(summary))
    }

    /// By verdict, then by the worst finding, then by size; the key settles the rest.
    private static func isWorse(_ left: Hop, than right: Hop) -> Bool {
        if left.verdict != right.verdict { return left.verdict < right.verdict }
        let severities = (left.worst ?? -1, right.worst ?? -1)
        if severities.0 != severities.1 { return severities.0 > severities.1 }
        if left.sessions != right.sessions { return left.sessions > right.sessions }
        return left.key < right.key
    }
}

extension Hop {
    fileprivate var worst: Int? { findings.map(\.leading.severity.rawValue).max() }

    /// Nothing here asks for action.
    var isQuiet: Bool {
        switch verdict {
        case .sealed, .idle, .local: findings.allSatisfy { $0.leading.severity == .info }
        default: false
        }
    }
}

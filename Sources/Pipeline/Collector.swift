import Findings
import Reports
import Sessions
import Wire

/// Puts together what the workers have come to: events in one order, judgements that depend on the order, figures.
struct Collector: ~Copyable {
    private let options: RunOptions
    private var judge: Judge
    /// Of sessions that were judged here.
    private var hops: HopTable
    private(set) var summary = CaptureSummary()
    private var events: EventWriter
    private var sink: OutputSink
    /// What ended the output.
    private(set) var failure: OutputError?

    init(_ options: RunOptions, sink: consuming OutputSink) {
        self.options = options
        judge = Judge(rules: options.rules, suppressions: options.suppressions)
        summary.suppressions = options.suppressions
        hops = HopTable(budget: options.memory.hops)
        events = EventWriter(options: options.report, inputs: options.inputs)
        self.sink = sink
    }

    consuming func takeSink() -> OutputSink { sink }

    /// Takes the time of a packet.
    mutating func note(_ time: Timestamp) {
        summary.start = min(summary.start ?? time, time)
        summary.end = max(summary.end ?? time, time)
    }

    mutating func note(_ input: InputSummary) {
        summary.inputs.append(input)
        summary.counters.packets += input.packets
    }

    /// Takes what all workers have come to in the same block.
    mutating func take(_ outcomes: [Outcome]) {
        var merged = MergedOutcomes(outcomes)
        while failure == nil, let (entry, text) = merged.take() {
            judge.observe(entry.observation)
            attempt { collector throws(OutputError) in
                if let session = entry.undecided {
                    try collector.judgeHere(session)
                } else {
                    try collector.sink.write(text)
                }
            }
        }
    }

    private mutating func judgeHere(_ session: MailSession) throws(OutputError) {
        let judged = judge.judge(session, judge.observations)
        summary.add(judged)
        if options.format == .text || judge.asksAboutHops { hops.add(judged) }
        if options.writesEvents, session.application != .notMail { try events.write(judged, to: &sink) }
    }

    /// What only shows when the capture has ended, and the closing figures. `figures` and `tables` are the workers'.
    mutating func conclude(_ figures: [CaptureSummary], _ tables: [HopTable]) {
        for figure in figures { summary.merge(figure) }
        for table in tables { hops.merge(table) }
        summary.counters.hopsNotItemized = hops.hopsNotItemized
        let ordered = hops.sorted
        var hopFindings: [HopKey: [Finding]] = [:]
        let end = summary.end ?? Timestamp(nanoseconds: 0)
        for hop in ordered {
            let conclusion = judge.conclude(hop, at: end)
            if !conclusion.findings.isEmpty { hopFindings[hop.key] = conclusion.findings }
            summary.suppress(conclusion.suppressed)
        }
        let conclusion = judge.conclude(at: end)
        let captureFindings = conclusion.findings
        summary.suppress(conclusion.suppressed)
        for finding in ordered.flatMap({ hopFindings[$0.key] ?? [] }) + captureFindings { summary.add(finding) }
        guard !options.isQuiet else { return }
        attempt { collector throws(OutputError) in
            try collector.write(ordered, hopFindings, captureFindings)
            try collector.sink.flush()
        }
    }

    private mutating func write(
        _ ordered: [Hop], _ hopFindings: [HopKey: [Finding]], _ captureFindings: [Finding]
    ) throws(OutputError) {
        let text = TextReport(options: options.report, inputs: options.inputs)
        switch options.format {
        case .text:
            try text.render(
                hops: ordered, hopFindings: hopFindings, captureFindings: captureFindings, summary: summary, to: &sink)
        case .summary: try text.render(summary, to: &sink)
        case .jsonl:
            let end = summary.end ?? Timestamp(nanoseconds: 0)
            for hop in ordered {
                for (ordinal, finding) in (hopFindings[hop.key] ?? []).enumerated() {
                    try events.write(finding, on: hop.key, ordinal: ordinal, at: end, to: &sink)
                }
            }
            for (ordinal, finding) in captureFindings.enumerated() {
                try events.write(finding, ordinal: ordinal, at: end, to: &sink)
            }
            try events.write(stats: summary, to: &sink)
        }
    }

    private mutating func attempt(_ work: (inout Collector) throws(OutputError) -> Void) {
        guard failure == nil else { return }
        do throws(OutputError) { try work(&self) } catch { failure = error }
    }
}

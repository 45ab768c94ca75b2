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
    private var retries: RetryTable
    private(set) var summary = CaptureSummary()
    private var events: EventWriter
    private var sink: OutputSink
    /// What ended the output.
    private(set) var failure: OutputError?

    /// Where packets of sessions with findings go.
    private let evidence: EvidenceWriter?

    init(_ options: RunOptions, sink: consuming OutputSink, messages: Messages) {
        self.options = options
        judge = Judge(rules: options.rules, suppressions: options.suppressions, settings: options.settings)
        summary.suppressions = options.suppressions
        hops = HopTable(budget: options.memory.hops, retryWindow: options.retryWindow)
        retries = RetryTable(budget: options.memory.hops, window: options.retryWindow)
        events = EventWriter(options: options.report, inputs: options.inputs)
        self.sink = sink
        evidence = options.evidence.map { EvidenceWriter($0, inputs: options.inputs, messages: messages) }
    }

    consuming func takeSink() -> OutputSink { sink }

    /// Takes the time of a packet.
    mutating func note(_ time: Timestamp) {
        summary.start = min(summary.start ?? time, time)
        summary.end = max(summary.end ?? time, time)
    }

    /// Takes the time of all packets of saved captures.
    mutating func note(_ clock: CaptureClock) {
        guard let span = clock.span else { return }
        note(span.earliest)
        note(span.latest)
        summary.counters.contradictedStamps += clock.contradicted
    }

    mutating func note(_ input: InputSummary) {
        summary.inputs.append(input)
        summary.counters.packets += input.packets
    }

    /// Takes what all workers have come to in the same block.
    mutating func take(_ outcomes: [Outcome]) {
        var merged = MergedOutcomes(outcomes)
        while failure == nil || isWatching, let (entry, text) = merged.take() {
            judge.observe(entry.observation)
            attempt { collector throws(OutputError) in
                if let session = entry.undecided.first {
                    try collector.judgeHere(session, entry.evidence.first)
                } else {
                    if let record = entry.evidence.first { collector.evidence?.write(record) }
                    try collector.sink.write(text)
                }
            }
        }
    }

    private mutating func judgeHere(_ session: MailSession, _ record: EvidenceRecord?) throws(OutputError) {
        let judged = judge.judge(session, judge.observations)
        if var record {
            record.findings = judged.findings
            evidence?.write(record)
        }
        summary.add(judged)
        if options.format == .text && !isWatching { hops.add(judged) } else { retries.remember(session) }
        guard session.application != .notMail else { return }
        if options.writesEvents { try events.write(judged, to: &sink) }
        if options.writesAlerts {
            for finding in judged.findings { try sink.write(alert(finding, session.client.address, session.server)) }
        }
    }

    private func alert(_ finding: Finding, _ client: IPAddress, _ server: Endpoint) -> String {
        AlertText(options: options.report, inputs: options.inputs).render(
            finding, client, server, at: summary.end ?? Timestamp(nanoseconds: 0))
    }

    // MARK: Output that goes on

    private var isWatching: Bool { options.live != nil }

    /// Hands on what was written so far.
    mutating func flush() { attempt { collector throws(OutputError) in try collector.sink.flush() } }

    /// Writes to the same place again after it had failed.
    mutating func resume() {
        failure = nil
        sink.recover()
    }

    /// Octets that were written, and lines that were lost.
    var written: UInt64 { sink.written }
    var lostLines: UInt64 { sink.lostLines }

    /// Writes to another place from now on.
    mutating func write(to other: consuming OutputSink) {
        flush()
        failure = nil
        sink = other
    }

    /// Writes how it stands: `figures` are the workers' so far, and `goingOn` what they have not counted, `inputs` what was read.
    mutating func writeSummary(
        _ figures: [CaptureSummary], _ inputs: [InputSummary], _ goingOn: CaptureSummary.GoingOn
    ) {
        let standing = standing(figures, inputs, goingOn)
        guard !options.isQuiet else { return }
        attempt { collector throws(OutputError) in
            if collector.options.format == .jsonl {
                try collector.events.write(stats: standing, to: &collector.sink)
            } else {
                try TextReport(options: collector.options.report, inputs: collector.options.inputs)
                    .render(standing, to: &collector.sink)
            }
            try collector.sink.flush()
        }
    }

    /// What became of packets that are kept; `kept` is what the workers say of it.
    private func countEvidence(_ kept: EvidenceCounters?) -> EvidenceCounters? {
        guard let written = evidence?.counters else { return kept }
        var counters = kept ?? EvidenceCounters()
        counters.merge(written)
        return counters
    }

    /// How it stands.
    func standing(
        _ figures: [CaptureSummary], _ inputs: [InputSummary], _ goingOn: CaptureSummary.GoingOn
    ) -> CaptureSummary {
        var standing = summary
        standing.goingOn = goingOn
        for figure in figures { standing.merge(figure) }
        standing.inputs = inputs
        standing.evidence = countEvidence(standing.evidence)
        standing.counters.packets = inputs.reduce(0) { $0 &+ $1.packets }
        return standing
    }

    /// What only shows when the capture has ended, and the closing figures. `figures` and both kinds of tables are the
    /// workers', and so is what they have `told` of hops, and counted.
    mutating func conclude(
        _ figures: [CaptureSummary], _ hopTables: [HopTable], _ retryTables: [RetryTable], told: [HopKey: ToldOfHop]
    ) {
        for figure in figures { summary.merge(figure) }
        summary.evidence = countEvidence(summary.evidence)
        for table in hopTables { hops.merge(table) }
        for table in retryTables { retries.merge(table) }
        summary.counters.hopsNotItemized = hops.hopsNotItemized + retries.hopsNotItemized
        // One of both is empty.
        let ordered = hops.sorted + retries.followed
        var hopFindings: [HopKey: [Finding]] = [:]
        let end = summary.end ?? Timestamp(nanoseconds: 0)
        for hop in ordered {
            let conclusion = judge.conclude(hop, at: end)
            summary.suppress(conclusion.suppressed)
            var known = told[hop.key] ?? ToldOfHop()
            var left: [Finding] = []
            for finding in conclusion.findings {
                switch known.add(finding) {
                case .known: continue
                case .new: summary.add(finding)
                case .more: summary.note(finding.severity)
                }
                left.append(finding)
            }
            if !left.isEmpty { hopFindings[hop.key] = left }
        }
        let conclusion = judge.conclude(at: end)
        let captureFindings = conclusion.findings
        summary.suppress(conclusion.suppressed)
        for finding in captureFindings { summary.add(finding) }
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
        case .text where isWatching:
            for hop in ordered {
                for finding in hopFindings[hop.key] ?? [] {
                    try sink.write(alert(finding, hop.key.client, hop.key.server))
                }
            }
            try text.render(summary, to: &sink)
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
        // While it cannot be written, what is lost is counted where it would have been.
        guard failure == nil || isWatching else { return }
        do throws(OutputError) { try work(&self) } catch { failure = error }
    }
}

import Capture
import Findings
import Reports
import Sessions
import Wire

/// One run over saved captures: the place where the stages meet.
package struct Run: ~Copyable {
    private let options: RunOptions
    private let messages: Messages
    private var decoder: PacketDecoder
    private let pool = BlockPool()
    private var tracker: ConnectionTracker
    private var judge = Judge()
    private var hops = HopTable()
    private var summary = CaptureSummary()
    private var events: EventWriter
    private var sink: OutputSink
    private var progress: Progress
    private var packetsLeft: UInt64
    private var outputFailure: OutputError?
    private var inputFailed = false

    /// `sink` takes the results; `messages` everything else.
    package init(_ options: RunOptions, sink: consuming OutputSink, messages: Messages) {
        self.options = options
        self.messages = messages
        decoder = PacketDecoder(ports: options.tracker.ports)
        tracker = ConnectionTracker(options.tracker)
        events = EventWriter(options: options.report, inputs: options.inputs)
        self.sink = sink
        progress = Progress(isShown: options.showsProgress, messages: messages)
        packetsLeft = options.maximumPackets ?? .max
    }

    /// Reads every input, reports, and says how it went. An input that cannot be read does not stop the others.
    package mutating func execute() -> ExitStatus {
        for index in options.inputs.indices where packetsLeft > 0 && outputFailure == nil {
            read(UInt32(index))
        }
        progress.clear()
        while tracker.finishSome() { judgeFinished() }
        attempt { run throws(OutputError) in try run.conclude() }
        return status
    }

    /// The sink, for who wants what was written into memory.
    package consuming func takeSink() -> OutputSink { sink }

    private var status: ExitStatus {
        if let outputFailure, outputFailure != .closed {
            messages.write("results are incomplete: \(outputFailure)")
            return .failure
        }
        if inputFailed { return .failure }
        guard let limit = options.failOn, let worst = summary.worst, worst >= limit else { return .clean }
        return .findings
    }

    // MARK: Reading

    private mutating func read(_ index: UInt32) {
        var input = InputSummary(name: options.inputs[Int(index)])
        do throws(CaptureError) {
            var source = try BlockSource(input.name, file: index, filter: options.filter, pool: pool)
            try readBlocks(of: &source, &input)
        } catch {
            progress.clear()
            inputFailed = true
            input.failure = "\(error)"
            messages.write("\(error)")
        }
        if options.isVerbose {
            messages.write("\(input.name): \(input.packets) packets, \(input.octets) octets captured")
        }
        summary.inputs.append(input)
    }

    private mutating func readBlocks(of source: inout BlockSource, _ input: inout InputSummary) throws(CaptureError) {
        var links = LinkTypeCount(source)
        try links.checkStart()
        while packetsLeft > 0, outputFailure == nil, let block = try source.next() {
            links.count(block)
            read(block, &input)
            progress.show(block.position, of: source.size, input.name)
        }
        if let warning = try links.conclude() { messages.write(warning) }
    }

    private mutating func read(_ block: CaptureBlock, _ input: inout InputSummary) {
        var packets = block.packets
        while packetsLeft > 0, outputFailure == nil, let packet = packets.next() {
            packetsLeft -= 1
            input.packets += 1
            input.octets &+= UInt64(packet.octets.count)
            take(
                packet, FrameNumber(file: block.file, packet.number), LinkType(rawValue: packet.linkType))
        }
    }

    private mutating func take(_ packet: borrowing Packet, _ frame: FrameNumber, _ linkType: LinkType) {
        let time = Timestamp(nanoseconds: packet.nanoseconds)
        summary.start = min(summary.start ?? time, time)
        summary.end = max(summary.end ?? time, time)
        summary.counters.packets += 1
        guard packet.isSelected else {
            summary.counters.filtered += 1
            return
        }
        do throws(WireError) {
            switch try decoder.decode(packet.octets, linkType: linkType, at: time) {
            case .segment(let segment):
                summary.counters.mailSegments += 1
                tracker.take(
                    segment, octets: packet.originalLength, frame: frame, at: time, paths: decoder.paths)
                judgeFinished()
            case .reassembled:
                summary.counters.fragments += 1
                summary.counters.mailSegments += 1
                try tracker.takeReassembled(of: decoder, octets: packet.originalLength, frame: frame, at: time)
                judgeFinished()
            case .other: summary.counters.otherPackets += 1
            case .fragment: summary.counters.fragments += 1
            }
        } catch {
            summary.counters.malformed[error.layer, default: 0] += 1
        }
    }

    // MARK: Judging and reporting

    private mutating func judgeFinished() {
        guard !tracker.finished.isEmpty else { return }
        for session in tracker.takeFinished() {
            let judged = judge.judge(session)
            summary.add(judged)
            // Each format pays for what it shows.
            if options.format == .text || judge.asksAboutHops { hops.add(judged) }
            if writesEvents, session.application != .notMail {
                attempt { run throws(OutputError) in try run.events.write(judged, to: &run.sink) }
            }
        }
    }

    private var writesEvents: Bool { options.format == .jsonl && !options.isQuiet }

    /// What only shows when the capture has ended, and the closing figures.
    private mutating func conclude() throws(OutputError) {
        summary.counters.merge(tracker.counters)
        summary.counters.add(decoder.counters)
        summary.counters.hopsNotItemized = hops.hopsNotItemized
        let ordered = hops.sorted
        var hopFindings: [HopKey: [Finding]] = [:]
        for hop in ordered {
            let findings = judge.conclude(hop)
            if !findings.isEmpty { hopFindings[hop.key] = findings }
        }
        let captureFindings = judge.conclude()
        for finding in ordered.flatMap({ hopFindings[$0.key] ?? [] }) + captureFindings { summary.add(finding) }
        guard !options.isQuiet else { return }
        try write(ordered, hopFindings, captureFindings)
        try sink.flush()
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

    private mutating func attempt(_ work: (inout Run) throws(OutputError) -> Void) {
        guard outputFailure == nil else { return }
        do throws(OutputError) { try work(&self) } catch { outputFailure = error }
    }
}

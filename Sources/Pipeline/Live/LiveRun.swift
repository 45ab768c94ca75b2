import Capture
import Findings
import Reports
import Wire

/// A run over interfaces: goes on until a signal ends it, tells findings as they come, and loses nothing in silence.
public struct LiveRun: ~Copyable {
    private let options: RunOptions
    private let live: LiveRunOptions
    private let capture: LiveCapture
    private let signals: Signals
    private let messages: Messages
    private var triage: Triage
    private var crew: Crew
    private var collector: Collector
    private var inputs: [InputSummary]
    private var packetsLeft: UInt64
    /// One for each interface.
    private var gauges: [OverloadGauge]
    /// What was said of it last.
    private var overload = Overload.none
    private var isEnding = false
    /// It ends since nothing is left to listen to.
    private var isDeaf = false
    /// Since nothing could be written: what was written until then, and lost before.
    private var full: (written: UInt64, lost: UInt64)?
    private var lostBefore: UInt64 = 0
    /// By the system's clock, in nanoseconds.
    private var nextTick: Int64 = 0
    private var nextSummary: Int64

    /// How long waiting for packets may take, in milliseconds.
    private static let patience: Int32 = 100
    /// Time without packets is noticed this often, in nanoseconds.
    private static let tickInterval: Int64 = 250_000_000
    /// Packets are stamped by the kernel, and read a little later, in nanoseconds.
    private static let lag: Int64 = 500_000_000

    /// `capture` is open; `sink` takes the results; `messages` everything else.
    public init(
        _ options: RunOptions, _ live: LiveRunOptions, capture: LiveCapture, signals: Signals,
        sink: consuming OutputSink, messages: Messages
    ) {
        self.options = options
        self.live = live
        self.capture = capture
        self.signals = signals
        self.messages = messages
        triage = Triage(options.tracker)
        crew = Crew(options)
        collector = Collector(options, sink: sink, messages: messages)
        inputs = options.inputs.map { InputSummary(name: $0) }
        gauges = options.inputs.map { _ in OverloadGauge(bufferOctets: live.capture.bufferOctets) }
        packetsLeft = options.maximumPackets ?? .max
        nextSummary = live.summaryInterval.map { SystemClock.now + $0 } ?? .max
    }

    /// Listens until a signal or the number of packets ends it, and says how it went.
    public mutating func execute() -> ExitStatus {
        for (name, linkType) in zip(options.inputs, capture.linkTypes) {
            messages.write(
                "listening on \(name), link type \(BlockSource.name(ofLinkType: linkType)) (\(linkType)), snapshot length "
                    + "\(live.capture.snapLength) octets")
        }
        var mayHaveMore = false
        while !isEnding, packetsLeft > 0, collector.failure != .closed {
            // Where there was something, what it led to is told as soon as nothing more is there.
            let events = capture.wait(mayHaveMore ? 0 : Self.patience)
            mayHaveMore = events.mayHaveMore
            for notice in events.notices { messages.write(notice) }
            work(on: events.blocks)
            // An interface went away, or was away.
            if !events.notices.isEmpty { noteLoss() }
            if !events.mayHaveMore { settle() }
            if events.isWoken { obey() }
            keepTime()
            if capture.isDeaf {
                messages.write("nothing is left to listen to: start anew")
                isEnding = true
                isDeaf = true
            }
        }
        if !isDeaf { drain() }
        return end()
    }

    // MARK: Packets

    /// How long what came in before the end is waited for, and read, in nanoseconds.
    private static let drainTime: (least: Int64, most: Int64) = (60_000_000, 2_000_000_000)

    /// Reads what came in until now: the kernel keeps packets together for a while.
    private mutating func drain() {
        let start = SystemClock.now
        while packetsLeft > 0, collector.failure != .closed {
            let events = capture.wait(Self.drainPatience)
            work(on: events.blocks)
            let passed = SystemClock.now - start
            let isUpToDate = events.blocks.contains { $0.latest >= start } || events.blocks.isEmpty
            if passed > Self.drainTime.most || passed < 0 || isUpToDate && passed > Self.drainTime.least { return }
        }
    }

    /// How long waiting for packets may take at the end, in milliseconds.
    private static let drainPatience: Int32 = 20

    private mutating func work(on blocks: [CaptureBlock]) {
        for block in blocks where packetsLeft > 0 {
            let reading = OverloadGauge.Reading(
                packets: block.count, octets: Int(clamping: block.capturedOctets), latest: block.latest)
            gauges[Int(block.file)].note(reading, at: SystemClock.now)
            noteOverload()
            let slice = BlockSlice(
                block: block, packets: 0..<Int(clamping: min(UInt64(block.count), packetsLeft)), overload: overload)
            packetsLeft -= UInt64(slice.packets.count)
            inputs[Int(block.file)].packets += UInt64(slice.packets.count)
            inputs[Int(block.file)].octets &+= block.capturedOctets
            collector.note(Timestamp(nanoseconds: block.earliest))
            collector.note(Timestamp(nanoseconds: block.latest))
            let batch = triage.sort(slice)
            if let outcomes = crew.ask({ $0.work(on: batch) }) { collector.take(outcomes) }
        }
    }

    /// Nothing more is there right now: what was found is told.
    private mutating func settle() {
        while let outcomes = crew.take() { collector.take(outcomes) }
        collector.flush()
        guard let full, collector.failure == nil, collector.written > full.written else { return }
        messages.write("the output can be written again; \(collector.lostLines - full.lost) lines were lost")
        lostBefore = collector.lostLines
        self.full = nil
    }

    /// Says what is given up from now on, or no more.
    private mutating func noteOverload() {
        let worst = gauges.map(\.level).max() ?? .none
        guard worst != overload else { return }
        overload = worst
        switch worst {
        case .none: messages.write("what comes in is looked at again as a whole; \(givenUp)")
        case .strangers:
            messages.write("more comes in than can be looked at: packets of unknown connections are given up")
        case .newcomers:
            messages.write("more comes in than can be looked at: new connections are given up, known ones go on")
        }
    }

    /// How much was given up so far, in words.
    private var givenUp: String {
        let counters = crew.figures.reduce(into: CaptureCounters()) { $0.merge($1.counters) }
        let lost = inputs.reduce(0) { $0 &+ ($1.droppedByKernel ?? 0) }
        return "so far \(lost) packets were lost, and \(counters.connectionsGivenUp) connections and "
            + "\(counters.packetsGivenUp) packets of unknown ones given up"
    }

    private mutating func keepTime() {
        let now = SystemClock.now
        guard now >= nextTick else { return }
        nextTick = now + Self.tickInterval
        countLosses()
        for index in inputs.indices { gauges[index].note(drops: inputs[index].droppedByKernel ?? 0, at: now) }
        noteOverload()
        let (clock, hasLeapt) = triage.tick(Timestamp(nanoseconds: now - Self.lag))
        if let outcomes = crew.ask({ $0.tick(clock, hasLeapt: hasLeapt) }) { collector.take(outcomes) }
        settle()
        resumeOutput()
        guard now >= nextSummary else { return }
        nextSummary = live.summaryInterval.map { now + $0 } ?? .max
        collector.writeSummary(crew.figures, inputs, crew.goingOn)
    }

    private mutating func countLosses() {
        var isMore = false
        for (index, losses) in capture.losses.enumerated() {
            if losses.droppedByKernel > inputs[index].droppedByKernel ?? 0 { isMore = true }
            inputs[index].droppedByKernel = losses.droppedByKernel
            inputs[index].droppedByInterface = losses.droppedByInterface
        }
        if isMore { noteLoss() }
    }

    /// Sessions that go on may have lost packets, and what was not seen of them is no proof from now on.
    private mutating func noteLoss() {
        let now = Timestamp(nanoseconds: SystemClock.now)
        if let outcomes = crew.ask({ $0.noteLoss(until: now) }) { collector.take(outcomes) }
    }

    // MARK: Output

    /// A full disk loses results until there is room again, and says so, once each way.
    private mutating func resumeOutput() {
        guard collector.failure == .full else { return }
        if full == nil {
            messages.write("no space left for the output: results are lost until there is")
            full = (collector.written, lostBefore)
        }
        collector.resume()
    }

    private mutating func reopen() {
        guard let path = live.output else { return }
        do {
            collector.write(
                to: OutputSink(descriptor: try live.broker?.openFile(path) ?? OutputFile.open(path), ownsIt: true))
        } catch {
            messages.write("\(error); the old file is written on")
        }
    }

    // MARK: Signals

    private mutating func obey() {
        while let signal = signals.next() {
            switch signal {
            case .end: isEnding = true
            case .reopen: reopen()
            case .report:
                countLosses()
                messages.write(Self.line(collector.standing(crew.figures, inputs, crew.goingOn)))
            }
        }
    }

    /// How it stands, in one line.
    private static func line(_ summary: CaptureSummary) -> String {
        let lost = summary.inputs.reduce(0) { $0 &+ ($1.droppedByKernel ?? 0) &+ ($1.droppedByInterface ?? 0) }
        let findings = summary.findings.values.reduce(0, +)
        return "\(summary.counters.packets) packets, \(lost) lost, \(summary.sessions) sessions, "
            + "\(findings) findings, \(summary.counters.evicted) connections given up"
            + (summary.goingOn.map { "; \($0.connections) connections go on, with \($0.findings) findings told" } ?? "")
    }

    // MARK: The end

    private mutating func end() -> ExitStatus {
        settle()
        countLosses()
        for input in inputs { collector.note(input) }
        crew.finish(into: &collector)
        if let failure = collector.failure, failure != .closed {
            messages.write("results are incomplete: \(failure)")
            return .failure
        }
        if isDeaf { return .failure }
        guard let limit = options.failOn, let worst = collector.summary.worst, worst >= limit else { return .clean }
        return .findings
    }
}

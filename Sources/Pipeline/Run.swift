import Capture
import Findings
import Reports
import Wire

/// One run over saved captures: reads them block by block, lets the workers go through each block, and puts together
/// what they come to.
package struct Run: ~Copyable {
    private let options: RunOptions
    private let messages: Messages
    private let pool = BlockPool()
    private var crew: Crew
    private var collector: Collector
    private var progress: Progress
    private var packetsLeft: UInt64
    private var inputFailed = false

    /// Connections that are ended before what was collected of them is written, when the capture has ended.
    private static let sessionsAtATime = 2048

    /// `sink` takes the results; `messages` everything else.
    package init(_ options: RunOptions, sink: consuming OutputSink, messages: Messages) {
        self.options = options
        self.messages = messages
        crew = Crew(options)
        collector = Collector(options, sink: sink)
        progress = Progress(isShown: options.showsProgress, messages: messages)
        packetsLeft = options.maximumPackets ?? .max
    }

    /// Reads every input, reports, and says how it went. An input that cannot be read does not stop the others.
    package mutating func execute() -> ExitStatus {
        for index in options.inputs.indices where packetsLeft > 0 && collector.failure == nil {
            read(UInt32(index))
        }
        progress.clear()
        finish()
        return status
    }

    /// The sink, for who wants what was written into memory.
    package consuming func takeSink() -> OutputSink { collector.takeSink() }

    private var status: ExitStatus {
        if let failure = collector.failure, failure != .closed {
            messages.write("results are incomplete: \(failure)")
            return .failure
        }
        if inputFailed { return .failure }
        guard let limit = options.failOn, let worst = collector.summary.worst, worst >= limit else { return .clean }
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
        collector.note(input)
    }

    private mutating func readBlocks(of source: inout BlockSource, _ input: inout InputSummary) throws(CaptureError) {
        var links = LinkTypeCount(source)
        try links.checkStart()
        while packetsLeft > 0, collector.failure == nil, let block = try source.next() {
            links.count(block)
            work(on: block, &input)
            progress.show(block.position, of: source.size, input.name)
        }
        if let warning = try links.conclude() { messages.write(warning) }
    }

    private mutating func work(on block: CaptureBlock, _ input: inout InputSummary) {
        let limit = Int(min(UInt64(block.count), packetsLeft))
        packetsLeft -= UInt64(limit)
        input.packets += UInt64(limit)
        if limit == block.count {
            input.octets &+= block.capturedOctets
            collector.note(Timestamp(nanoseconds: block.earliest))
            collector.note(Timestamp(nanoseconds: block.latest))
        } else {
            countPart(of: block, limit, &input)
        }
        if let outcomes = crew.ask({ $0.work(on: block, limit: limit) }) { collector.take(outcomes) }
    }

    private mutating func countPart(of block: CaptureBlock, _ limit: Int, _ input: inout InputSummary) {
        var packets = block.packets(0..<limit)
        while let packet = packets.next() {
            input.octets &+= UInt64(packet.octets.count)
            collector.note(Timestamp(nanoseconds: packet.nanoseconds))
        }
    }

    // MARK: The end

    /// Ends what is open, in the order of its beginning.
    private mutating func finish() {
        while let outcomes = crew.take() { collector.take(outcomes) }
        let frames = crew.map { worker, _ in worker.openFrames }.flatMap { $0 }.sorted()
        let ends = stride(from: Self.sessionsAtATime, to: frames.count, by: Self.sessionsAtATime).map { frames[$0] }
        for end in ends + [.last] {
            if let outcomes = crew.ask({ $0.finish(upTo: end) }) { collector.take(outcomes) }
        }
        while let outcomes = crew.take() { collector.take(outcomes) }
        collector.conclude(
            crew.map { worker, index in worker.figures(countsPackets: index == 0) },
            crew.map { worker, _ in worker.hops }.flatMap { $0 })
    }
}

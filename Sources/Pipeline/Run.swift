import Capture
import Findings
import Reports
import Wire

/// One run over saved captures: reads them block by block, lets the workers go through each block, and puts together
/// what they come to.
public struct Run: ~Copyable {
    private let options: RunOptions
    private let messages: Messages
    private let pool = BlockPool()
    private var triage: Triage
    /// What was read and not handed over yet.
    private var batch = PacketBatch()
    private var crew: Crew
    private var collector: Collector
    private var progress: Progress
    private var packetsLeft: UInt64
    private var inputFailed: Bool
    private var overlap = OverlapNotice()

    /// `sink` takes the results; `messages` everything else.
    public init(_ options: RunOptions, sink: consuming OutputSink, messages: Messages) {
        let inputs = InputList(options.inputs)
        var options = options
        options.inputs = inputs.names
        self.options = options
        self.messages = messages
        inputFailed = !inputs.failures.isEmpty
        for sentence in inputs.failures + inputs.warnings { messages.write(sentence) }
        if options.isVerbose { for note in inputs.notes { messages.write(note) } }
        triage = Triage(options.tracker)
        crew = Crew(options)
        collector = Collector(options, sink: sink, messages: messages)
        progress = Progress(isShown: options.showsProgress, messages: messages)
        packetsLeft = options.maximumPackets ?? .max
    }

    /// Reads every input, reports, and says how it went. An input that cannot be read does not stop the others.
    public mutating func execute() -> ExitStatus {
        if options.mergesInputs {
            readMerged()
        } else {
            for index in options.inputs.indices where packetsLeft > 0 && collector.failure == nil {
                if Interruption.shallStop {
                    noteUnread(from: index)
                    break
                }
                read(UInt32(index))
            }
        }
        progress.clear()
        collector.note(triage.clock)
        crew.finish(into: &collector)
        return status
    }

    /// The sink, for who wants what was written into memory.
    public consuming func takeSink() -> OutputSink { collector.takeSink() }

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

    /// It was interrupted before these were opened.
    private mutating func noteUnread(from index: Int) {
        let count = options.inputs.count - index
        messages.write("interrupted: \(count) \(count == 1 ? "input was" : "inputs were") not read")
        inputFailed = true
    }

    private mutating func read(_ index: UInt32) {
        let reader = InputReader(
            options.inputs[Int(index)], index, filter: options.filter, pool: pool,
            throughLibpcap: options.readsThroughLibpcap)
        triage.noteFile()
        while packetsLeft > 0, collector.failure == nil, let block = reader.next() {
            work(on: [BlockSlice(block: block, packets: 0..<block.count)], of: [reader])
            // What comes through a pipe may be long in coming.
            if batch.isFull || reader.size == nil { handOver() }
            progress.show(block.position, of: reader.size, reader.summary.name)
        }
        handOver()
        conclude(reader)
        if let sentence = overlap.sentence(after: reader) { messages.write(sentence) }
    }

    private mutating func readMerged() {
        var merged = MergedInputs(
            options.inputs, filter: options.filter, throughLibpcap: options.readsThroughLibpcap)
        while packetsLeft > 0, collector.failure == nil, let slices = merged.nextBatch() {
            work(on: slices, of: merged.readers)
            handOver()
        }
        for reader in merged.readers { conclude(reader) }
    }

    /// Says what is to be said of an input that is not read any further.
    private mutating func conclude(_ reader: InputReader) {
        progress.clear()
        if let failure = reader.failure {
            inputFailed = true
            reader.summary.failure = "\(failure)"
            messages.write("\(failure)")
        }
        if let warning = reader.warning { messages.write(warning) }
        let input = reader.summary
        if options.isVerbose {
            messages.write("\(input.name): \(input.packets) packets, \(input.octets) octets captured")
        }
        collector.note(input)
    }

    /// Takes slices of the inputs of `readers`, as far as packets are wanted.
    private mutating func work(on slices: [BlockSlice], of readers: [InputReader]) {
        for var slice in slices where packetsLeft > 0 {
            slice.packets = slice.packets.prefix(Int(clamping: packetsLeft))
            packetsLeft -= UInt64(slice.packets.count)
            count(slice, &readers[readers.count == 1 ? 0 : Int(slice.block.file)].summary)
            triage.sort(slice, into: &batch)
        }
    }

    /// Lets the workers go through what was taken.
    private mutating func handOver() {
        guard !batch.isEmpty else { return }
        let sorted = batch
        batch = PacketBatch()
        if let outcomes = crew.ask({ $0.work(on: sorted) }) { collector.take(outcomes) }
    }

    private mutating func count(_ slice: BlockSlice, _ input: inout InputSummary) {
        input.packets += UInt64(slice.packets.count)
        guard slice.packets.count < slice.block.count else {
            input.octets &+= slice.block.capturedOctets
            return
        }
        var packets = slice.block.packets(slice.packets)
        while let packet = packets.next() { input.octets &+= UInt64(packet.octets.count) }
    }
}

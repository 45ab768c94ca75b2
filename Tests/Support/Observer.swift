import Findings
import Foundation
import Pipeline
import Reports
import Sessions
import Synchronization
import Wire

/// Runs frames through the pipeline, whole or up to the sessions.
package enum Observer {
    package static var options: TrackerOptions {
        TrackerOptions(
            ports: PortSet([25...25, 465...465, 587...587]), implicitTLSPorts: PortSet([465...465]))
    }

    /// What a run wrote, and how it ended.
    package struct Outcome: Sendable {
        package let output: String
        package let messages: String
        package let status: ExitStatus
    }

    /// The sessions of a capture, and what was counted.
    package static func observe(
        _ segments: [Segment], _ builder: PacketBuilder = PacketBuilder(), options: TrackerOptions = options
    ) -> (sessions: [MailSession], counters: CaptureCounters) {
        observe(builder.frames(segments), builder.linkType, options: options)
    }

    package static func observe(
        _ frames: [BuiltFrame], _ linkType: LinkType, options: TrackerOptions = options,
        overload: (Int) -> Overload = { _ in .none }, loss: (Int) -> Bool = { _ in false },
        behindEach: (inout ConnectionTracker) -> Void = { _ in }
    ) -> (sessions: [MailSession], counters: CaptureCounters) {
        var decoder = PacketDecoder(ports: options.ports)
        var tracker = ConnectionTracker(options)
        var sessions: [MailSession] = []
        for (index, frame) in frames.enumerated() {
            tracker.overload = overload(index)
            if loss(index) { tracker.noteLoss(until: Timestamp(nanoseconds: frame.nanoseconds)) }
            try? feed(frame, FrameNumber(UInt64(index + 1)), linkType, to: &tracker, &decoder)
            sessions += tracker.takeFinished()
            behindEach(&tracker)
        }
        tracker.finish()
        var counters = tracker.counters
        counters.add(decoder.counters)
        return (sessions + tracker.takeFinished(), counters)
    }

    private static func feed(
        _ frame: BuiltFrame, _ number: FrameNumber, _ linkType: LinkType, to tracker: inout ConnectionTracker,
        _ decoder: inout PacketDecoder
    ) throws(WireError) {
        let time = Timestamp(nanoseconds: frame.nanoseconds)
        switch try decoder.decode(frame.octets.span, linkType: linkType, at: time) {
        case .segment(let segment):
            tracker.take(segment, octets: frame.originalLength, frame: number, at: time, from: decoder)
        case .reassembled:
            try tracker.takeReassembled(of: decoder, octets: frame.originalLength, frame: number, at: time)
        case .other, .fragment: break
        }
    }

    /// All findings of a capture, those over hops and over the capture as a whole included.
    package static func findings(
        _ sessions: [MailSession], settings: RuleSettings = RuleSettings()
    ) -> [Finding] {
        var judge = Judge(settings: settings)
        var hops = HopTable()
        let judged = sessions.map { judge.judge($0) }
        for session in judged { hops.add(session) }
        let end = Timestamp(nanoseconds: 0)
        return judged.flatMap(\.findings) + hops.sorted.flatMap { judge.conclude($0, at: end).findings }
            + judge.conclude(at: end).findings
    }

    /// A whole run over a capture in a temporary file.
    package static func run(
        _ frames: [BuiltFrame], _ linkType: LinkType = .ethernet, file: CaptureFileFormat = .pcap,
        format: RunOptions.Format = .jsonl, showAddresses: Bool = false, isVerbose: Bool = false
    ) throws -> Outcome {
        try withTemporaryFile(file.file(frames, linkType)) { path in
            run(path, format: format, showAddresses: showAddresses, isVerbose: isVerbose)
        }
    }

    /// A whole run over the capture at `path`.
    package static func run(
        _ path: String, format: RunOptions.Format, showAddresses: Bool = false, isVerbose: Bool = false
    ) -> Outcome {
        var options = RunOptions(
            inputs: [path], report: ReportOptions(showAddresses: showAddresses), tracker: options)
        options.format = format
        options.isVerbose = isVerbose
        let messages = Collected()
        var run = Run(options, sink: OutputSink.inMemory(), messages: Messages { messages.append($0) })
        let status = run.execute()
        let sink = run.takeSink()
        return Outcome(output: sink.collected, messages: messages.text, status: status)
    }

    package static func withTemporaryFile<Result>(
        _ octets: [UInt8], _ body: (String) throws -> Result
    ) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pcap")
        try Data(octets).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }
}

/// Lines that came from wherever.
private final class Collected: Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }

    func append(_ line: String) { lines.withLock { $0 += line } }
}

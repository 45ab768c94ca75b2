import Capture
import Findings
import Foundation
import Reports
import Support
import Synchronization
import Wire

@testable import Pipeline

/// A run that keeps evidence, and what it wrote.
struct EvidenceRun {
    let folder: TemporaryFolder
    /// Names and octets of the files, in the order of their names.
    let files: [(name: String, octets: [UInt8])]
    let output: String
    let messages: String

    init(
        _ frames: [BuiltFrame], _ linkType: LinkType = .ethernet, watching: Watching? = nil, threads: Int = 1,
        memory: MemoryBudget = .standard, taken: [String] = [], count: Int = 10,
        _ change: (inout EvidenceOptions) -> Void = { _ in }
    ) throws {
        let folder = try TemporaryFolder()
        let input = try folder.file("in.pcap", Data(CaptureFileFormat.pcapNanoseconds.file(frames, linkType)))
        try self.init(
            [input], in: folder, watching: watching, threads: threads, memory: memory, taken: taken, count: count,
            change)
    }

    /// - Parameter taken: names of files that are there before.
    init(
        _ inputs: [String], in folder: TemporaryFolder, watching: Watching? = nil, threads: Int = 1,
        memory: MemoryBudget = .standard,
        trust: (inout RunOptions) -> Void = { _ in }, taken: [String] = [], count: Int = 10,
        _ change: (inout EvidenceOptions) -> Void = { _ in }
    ) throws {
        self.folder = folder
        let path = folder.url.appendingPathComponent("evidence.pcapng").path
        for name in taken { _ = try folder.file(name, Data("mine".utf8)) }
        var tracker = TrackerOptions(
            ports: PortSet([25...25, 465...465, 587...587]), implicitTLSPorts: PortSet([465...465]), memory: memory)
        tracker.notesChanges = false
        var options = RunOptions(inputs: inputs, report: ReportOptions(), tracker: tracker)
        options.format = .jsonl
        options.threads = threads
        options.memory = memory
        var evidence = EvidenceOptions(files: try EvidenceFiles(path, count: count))
        evidence.leastSeverity = .info
        change(&evidence)
        options.evidence = evidence
        trust(&options)
        let lines = Lines()
        let messenger = Messages { lines.append($0) }
        if let watching {
            output = try Self.watch(inputs, watching, options, messenger)
        } else {
            var run = Run(options, sink: OutputSink.inMemory(), messages: messenger)
            _ = run.execute()
            output = run.takeSink().collected
        }
        messages = lines.text
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        files = try names.filter { $0.hasPrefix("evidence") }.map { name in
            (name, [UInt8](try Data(contentsOf: folder.url.appendingPathComponent(name))))
        }
    }

    /// How a run over interfaces ends.
    enum Watching: Sendable, CaseIterable {
        case asked, killed
    }

    /// The same as it is kept of an interface: packet by packet, in parts as findings are told.
    private static func watch(
        _ inputs: [String], _ end: Watching, _ options: RunOptions, _ messages: Messages
    ) throws -> String {
        var options = options
        options.live = LiveRunOptions(capture: LiveOptions())
        options.live?.repeatWindow = 0
        var triage = Triage(options.tracker)
        var worker = BlockWorker(options, index: 0, of: 1)
        var collector = Collector(options, sink: OutputSink.inMemory(), messages: messages)
        for input in inputs {
            var source = try BlockSource(input)
            while let block = try source.next() {
                for index in 0..<block.count {
                    let slice = BlockSlice(block: block, packets: index..<index + 1)
                    var batch = PacketBatch()
                    triage.sort(slice, into: &batch)
                    collector.take([worker.work(on: batch)])
                }
            }
        }
        guard end == .asked else { return collector.takeSink().collected }
        collector.take([worker.finish(upTo: .last)])
        collector.take([worker.tellLast()])
        collector.conclude(
            [worker.figures(countsPackets: true)], worker.hops, worker.retries, told: worker.toldOfHops)
        return collector.takeSink().collected
    }

    var paths: [String] { files.map { folder.url.appendingPathComponent($0.name).path } }

    /// Its packets, as Earshot reads them.
    func packets() throws -> [WrittenPacket] {
        var result: [WrittenPacket] = []
        for path in paths {
            var source = try BlockSource(path)
            while let block = try source.next() {
                var packets = block.packets
                while let packet = packets.next() {
                    result.append(
                        WrittenPacket(
                            octets: [UInt8](copying: packet.octets), linkType: LinkType(rawValue: packet.linkType),
                            nanoseconds: packet.nanoseconds, originalLength: packet.originalLength))
                }
            }
        }
        return result
    }

    /// The first secret that any of the files shows: as it stands there, or in the streams of its packets.
    func leak(_ search: SecretSearch) throws -> String? {
        for file in files {
            if let leak = search.leak(in: String(decoding: file.octets, as: UTF8.self)) { return Self.plain(leak) }
        }
        for stream in try Streams(packets()).texts {
            if let leak = search.leak(in: stream) { return Self.plain(leak) }
        }
        return nil
    }

    private static func plain(_ text: String) -> String {
        String(text.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? Character($0) : "~" })
    }
}

struct WrittenPacket {
    let octets: [UInt8]
    let linkType: LinkType
    let nanoseconds: Int64
    let originalLength: Int
}

/// The streams of packets put together in all ways in which somebody might.
struct Streams {
    private struct Piece {
        let sequence: UInt32
        let payload: [UInt8]
    }

    private var pieces: [String: [Piece]] = [:]

    init(_ packets: [WrittenPacket]) throws {
        var decoder = PacketDecoder(ports: PortSet([1...65535]))
        for packet in packets {
            let time = Timestamp(nanoseconds: packet.nanoseconds)
            guard
                case .segment(let segment) = try decoder.decode(
                    packet.octets.span, linkType: packet.linkType, at: time)
            else { continue }
            pieces["\(segment.source) \(segment.destination)", default: []].append(
                Piece(sequence: segment.sequence.rawValue, payload: [UInt8](copying: segment.payload)))
        }
    }

    /// In the order of the packets, and by their numbers with the first and with the last copy of each place.
    var texts: [String] {
        pieces.values.flatMap { pieces -> [String] in
            let first = pieces.first?.sequence ?? 0
            let places = pieces.map { Int(Int32(bitPattern: $0.sequence &- first)) }
            // What is further away than a dialogue is long stands for itself in the order of the packets.
            let near = zip(places, pieces).filter { abs($0.0) < Self.reach }
            let start = near.map(\.0).min() ?? 0
            let end = near.map { $0.0 + $0.1.payload.count }.max() ?? 0
            var firsts = [UInt8](repeating: 0, count: end - start)
            var lasts = firsts
            for (place, piece) in near { Self.put(piece.payload, at: place - start, in: &lasts) }
            for (place, piece) in near.reversed() { Self.put(piece.payload, at: place - start, in: &firsts) }
            return [firsts, lasts, pieces.flatMap(\.payload)].map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static let reach = 1 << 16

    private static func put(_ octets: [UInt8], at place: Int, in stream: inout [UInt8]) {
        stream.replaceSubrange(place..<place + octets.count, with: octets)
    }
}

/// Lines that came from wherever.
private final class Lines: Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }

    func append(_ line: String) { lines.withLock { $0 += line } }
}

/// Many sessions in one capture: each of them between hosts of its own.
struct EvidenceBatch {
    private(set) var segments: [Segment] = []
    private(set) var count = 0

    mutating func add(_ session: [Segment]) {
        count += 1
        for var segment in session {
            segment.client = Endpoint(IPAddress(v4: 0x0A00_0000 + UInt32(count)), segment.client.port)
            // One after the other, each with time to be closed.
            segment.time += Int64(count) * 5_000_000_000
            segments.append(segment)
        }
    }

    var frames: [BuiltFrame] { PacketBuilder().frames(segments) }
}

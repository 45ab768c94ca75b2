import Capture
import Foundation
import Support
import Testing

/// Compressed inputs, directories, files of several taps, and what goes wrong with them.
@Suite struct InputTests {
    private let folder: TemporaryFolder
    private let plain: [UInt8]
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        plain = SampleFile.octets(.pcap)
        path = try folder.file("plain.pcap", Data(plain))
    }

    // MARK: Compression

    private func compress(_ tool: String, _ octets: [UInt8]) throws -> Data? {
        guard let program = Tool(tool) else {
            SharedCaptures.skip("\(tool) input, since \(tool) is not installed")
            return nil
        }
        let source = try folder.file("source", Data(octets))
        let target = folder.url.appendingPathComponent("target").path
        let outcome = try Tool(path: "/bin/sh").run(["-c", "\(program.path) -c <\"$1\" >\"$2\"", "sh", source, target])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try Data(contentsOf: URL(fileURLWithPath: target))
    }

    @Test(arguments: ["gzip", "zstd"]) func readsCompressedFiles(_ tool: String) throws {
        guard let whole = try compress(tool, plain), let head = try compress(tool, Array(plain.prefix(100))),
            let tail = try compress(tool, Array(plain.dropFirst(100)))
        else { return }
        let expected = PacketList(path).packets
        // Its name tells nothing. Several members or frames in a row are one file.
        for data in [whole, head + tail] {
            let list = PacketList(try folder.file("mail.pcap", data))
            #expect(list.failure == nil)
            #expect(list.packets == expected)
        }
        #expect(expected.count == SampleFile.frames.count)
    }

    @Test(arguments: ["gzip", "zstd"]) func everyCutOfACompressedFileIsSaid(_ tool: String) throws {
        guard let data = try compress(tool, plain) else { return }
        for length in 0..<data.count {
            let list = PacketList(try folder.file("cut", data.prefix(length)))
            #expect(list.failure != nil, "cut to \(length)")
            #expect(list.packets.count <= SampleFile.frames.count)
        }
        let run = WholeRun([try folder.file("cut", data.dropLast(9))])
        #expect(run.status == .failure)
        #expect(run.messages.count == 1)
        #expect(run.messages.first?.contains("at octet \(data.count - 9): the \(tool) data ends in the middle") == true)
    }

    /// Incompressible content: the damage lies behind packets that can be read.
    @Test(arguments: ["gzip", "zstd"]) func reportsWhatStandsBeforeDamage(_ tool: String) throws {
        var generator = SeededGenerator(seed: 11)
        var builder = CaptureBuilder()
        builder.header()
        for second in 0..<800 {
            builder.record(second, 0, (0..<1000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        guard var data = try compress(tool, builder.octets) else { return }
        let whole = PacketList(try folder.file("whole", data))
        #expect(whole.packets.count == 800)
        let cut = PacketList(try folder.file("cut", data.prefix(data.count * 3 / 4)))
        #expect(cut.packets.count > 300)
        #expect(cut.packets[...] == whole.packets.prefix(cut.packets.count))
        #expect(cut.failure?.packets == UInt64(cut.packets.count))
        // The trailer: gzip's sums, zstd's checksum.
        data[data.count - 3] ^= 0xFF
        let damaged = PacketList(try folder.file("damaged", data))
        #expect(damaged.failure?.problem.contains("cannot be decompressed (\(tool):") == true)
        #expect(damaged.packets.count > 300)
    }

    @Test func zerosBehindGzipAreNothingAndOtherOctetsAreDamage() throws {
        guard let data = try compress("gzip", plain) else { return }
        #expect(PacketList(try folder.file("padded", data + Data(count: 512))).failure == nil)
        let followed = PacketList(try folder.file("followed", data + Data("text".utf8)))
        #expect(followed.failure?.problem.contains("no gzip") == true)
        #expect(followed.packets.count == SampleFile.frames.count)
    }

    @Test func saysThatCompressedTextIsNoCapture() throws {
        guard let data = try compress("gzip", Array("no capture at all".utf8)) else { return }
        let run = WholeRun([try folder.file("text.gz", data)])
        #expect(run.status == .failure)
        #expect(run.messages.first?.contains("neither pcap nor pcapng") == true)
    }

    /// A record cut after decompression is placed there, not in the file.
    @Test func saysWhereACutIsAfterDecompression() throws {
        guard let data = try compress("gzip", Array(plain.dropLast(30))) else { return }
        let run = WholeRun([try folder.file("cut.gz", data)])
        #expect(run.messages.first?.contains("at octet \(plain.count - 30) after decompression:") == true)
    }

    // MARK: Directories

    @Test func takesADirectoryInTheOrderOfTime() throws {
        let captures = try TemporaryFolder()
        let frames = SampleFile.frames
        let parts = [frames[8...], frames[..<4], frames[4..<8]].map {
            CaptureFileFormat.pcap.file(Array($0), .ethernet)
        }
        for (name, part) in zip(["a.pcap", "b", "c.cap"], parts) { _ = try captures.file(name, Data(part)) }
        _ = try captures.file("notes.txt", Data("text".utf8))
        _ = try captures.file("empty.pcap", Data())
        let below = captures.url.appendingPathComponent("below.pcap")
        try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
        let pipe = captures.url.appendingPathComponent("pipe.pcap")
        try #require(unsafe mkfifo(pipe.path, 0o600) == 0)
        let run = WholeRun([captures.url.path])
        #expect(run.messages.count == 1)
        #expect(
            run.messages.first?.contains(": passed over 1 directory in it; name it as well to read the captures there")
                == true)
        #expect(run.status == .findings)
        #expect(try run.count(of: "flow") == 1)
        let stats = try #require(try run.events().last)
        let inputs = try #require(
            (stats["mail_tls"] as? [String: any Sendable] ?? stats)["inputs"] as? [[String: any Sendable]])
        #expect(
            inputs.compactMap { ($0["file"] ?? $0["name"]) as? String }
                == ["b", "c.cap", "a.pcap"].map { captures.url.appendingPathComponent($0).path })
        #expect(run.output.contains("message-in-clear"))
        let folder = try #require(CaptureFolder(captures.url.path))
        #expect(folder.others == 3)
        #expect(folder.folders == 1)
    }

    @Test func equalTimesAreTakenByName() throws {
        let captures = try TemporaryFolder()
        for name in ["b.pcap", "a.pcap", "c.pcap"] { _ = try captures.file(name, Data(plain)) }
        let folder = try #require(CaptureFolder(captures.url.path))
        #expect(
            folder.captures.map { URL(fileURLWithPath: $0).lastPathComponent } == ["a.pcap", "b.pcap", "c.pcap"])
    }

    // MARK: Merging

    /// What each tap saw of one session, client and server: only together, in order, it is whole.
    private func taps() throws -> [String] {
        let frames = SampleFile.frames
        let parts = [0, 1].map { tap in frames.enumerated().filter { $0.offset % 2 == tap }.map(\.element) }
        return try zip(["one.pcap", "two.pcapng"], zip([CaptureFileFormat.pcapNanoseconds, .pcapng], parts)).map {
            try folder.file($0, Data($1.0.file($1.1, .ethernet)))
        }
    }

    @Test func mergesTapsByTime() throws {
        let paths = try taps()
        let merged = WholeRun(paths, merges: true)
        #expect(merged.messages.isEmpty)
        let whole = WholeRun([try folder.file("whole.pcap", Data(SampleFile.octets(.pcapNanoseconds)))])
        let flow = try #require(try merged.events().first { $0["event_type"] as? String == "flow" })
        let expected = try #require(try whole.events().first { $0["event_type"] as? String == "flow" })
        #expect(flow["verdict"] as? String == expected["verdict"] as? String)
        #expect(try merged.count(of: "alert") == whole.count(of: "alert"))
        // Frames keep the numbers of their files: half as large as in one.
        let frames = try merged.events().flatMap(Self.frames)
        #expect(!frames.isEmpty)
        #expect(frames.allSatisfy { $0 <= (SampleFile.frames.count + 1) / 2 })
        // The other way round it is the same order.
        #expect(try WholeRun(paths.reversed(), merges: true).count(of: "alert") == whole.count(of: "alert"))
    }

    private static func frames(_ event: [String: any Sendable]) -> [Int] {
        let details = event["mail_tls"] as? [String: any Sendable]
        return ((details?["evidence"] as? [[String: any Sendable]]) ?? []).compactMap { $0["frame"] as? Int }
    }

    /// Packets of equal times come in the order in which their inputs were named.
    @Test func mergingIsStable() throws {
        let paths = try (0..<3).map { tap in
            var builder = CaptureBuilder()
            builder.header()
            // The second tap repeats times, and steps back.
            for second in tap == 1 ? [1, 5, 3, 5] : [1, 2, 5, 6] {
                builder.record(second, 0, [UInt8(tap), UInt8(second)])
            }
            return try folder.file("tap\(tap)", Data(builder.octets))
        }
        #expect(
            try MergeOrder.of(paths) == [
                "0:1", "1:1", "2:1", "0:2", "2:2", "0:5", "1:5", "1:3", "1:5", "2:5", "0:6", "2:6",
            ])
    }

    @Test func saysOnceThatFilesOverlap() throws {
        let paths = try (0..<3).map { tap in
            var builder = CaptureBuilder()
            builder.header()
            builder.record(100 + tap, 0, [1])
            builder.record(110 + tap, 0, [1])
            return try folder.file("tap\(tap)", Data(builder.octets))
        }
        let run = WholeRun(paths)
        #expect(run.status == .clean)
        #expect(run.messages.count == 1)
        #expect(run.messages.first?.contains("--merge") == true)
        #expect(WholeRun(paths, merges: true).messages.isEmpty)
    }

    /// Of what the snapshot length cut before its headers end nothing is read, and it is not malformed.
    @Test(arguments: [true, false]) func whatIsCutInItsHeadersIsNotMalformed(isCut: Bool) throws {
        let frames = SampleFile.frames.map { frame in
            var frame = frame
            frame.octets = Array(frame.octets.prefix(50))
            if !isCut { frame.originalLength = 50 }
            return frame
        }
        let path = try folder.file("short.pcap", Data(CaptureFileFormat.pcap.file(frames, .ethernet)))
        let run = WholeRun([path], format: .summary)
        let words = isCut ? "packets cut by the snapshot length" : "packets: TCP"
        #expect(run.output.contains("\(frames.count) \(words)") || run.output.contains("\(words) \(frames.count)"))
    }

    /// What a frame in a tunnel may lack says nothing of the next frame.
    @Test(arguments: [(false, 50), (true, 62)]) func aShortFrameBehindATunnelIsMalformed(isV6: Bool, count: Int) throws
    {
        var builder = PacketBuilder()
        builder.wrappings = [Wrap.vxlan(5)]
        var talk = Conversation(isV6: isV6)
        talk.open()
        let segment = try #require(talk.segments.first)
        var short = PacketBuilder(.ethernet(tags: [PacketBuilder.Tag(0x8100, 5)])).frame(segment)
        short.octets = Array(short.octets.prefix(count))
        short.originalLength = count
        let path = try folder.file(
            "tagged.pcap", Data(CaptureFileFormat.pcap.file([builder.frame(segment), short], .ethernet)))
        #expect(WholeRun([path], format: .summary).output.contains("packets: TCP 1"))
    }

    /// As a shell names files of a rotation.
    @Test func saysOnceThatFilesOfARotationAreSwapped() throws {
        let times = [
            "mail.pcap": 0, "mail.pcap1": 1, "mail.pcap10": 10, "mail.pcap2": 2, "other.pcap": 1, "mail.pcap3": 3,
        ]
        let paths = try times.keys.sorted().map { name in
            var builder = CaptureBuilder()
            builder.header()
            builder.record(100 * (1 + times[name, default: 0]), 0, [1])
            return try folder.file(name, Data(builder.octets))
        }
        let run = WholeRun(paths)
        #expect(run.messages.count == 1)
        #expect(run.messages.first?.contains("mail.pcap2 was captured before ") == true, "\(run.messages)")
        #expect(WholeRun(paths, merges: true).messages.isEmpty)
    }

    /// Read in the wrong order, a connection that spans files is taken apart, which nobody would notice.
    @Test func saysThatAConnectionIsReadInTheWrongOrder() throws {
        let frames = SampleFile.frames
        let half = frames.count / 2
        let first = try folder.file("1.pcap", Data(CaptureFileFormat.pcap.file(Array(frames[..<half]), .ethernet)))
        let second = try folder.file("2.pcap", Data(CaptureFileFormat.pcap.file(Array(frames[half...]), .ethernet)))
        let right = WholeRun([first, second], format: .summary)
        let words = "its beginning was read behind its end: name files in the order of time, or use --merge"
        #expect(!right.output.contains("order  "))
        let wrong = WholeRun([second, first], format: .summary)
        #expect(wrong.output.contains("order            1 connection taken for two"), "\(wrong.output)")
        #expect(words.split(separator: " ").allSatisfy { wrong.output.contains($0) })
        #expect(!WholeRun([second, first], format: .summary, merges: true).output.contains("taken for two"))
        // And of a flow that spans files it is said which of them its frames are counted in.
        let events = try WholeRun([first, second]).events()
        let flow = try #require(events.first { $0["event_type"] as? String == "flow" })
        let facts = try #require(flow["mail_tls"] as? [String: any Sendable])
        #expect(facts["first_pcap_filename"] as? String == first)
        #expect(flow["pcap_filename"] as? String == second)
    }

    @Test(arguments: [11, 100]) func filesOfARotationDoNotOverlap(_ step: Int) throws {
        let paths = try (0..<3).map { part in
            var builder = CaptureBuilder()
            builder.header()
            builder.record(100 + part * step, 0, [1])
            builder.record(110 + part * step, 0, [1])
            return try folder.file("part\(part)", Data(builder.octets))
        }
        #expect(WholeRun(paths).messages.isEmpty)
        // In another order they do not either, which is told.
        let messages = WholeRun(paths.reversed()).messages
        #expect(messages.count == 1 && messages.allSatisfy { $0.contains("was captured before") })
    }

    /// A lone frame stamped decades ahead, or 1970, is no time at which a file was captured.
    @Test(arguments: [0, 1, 9], [37, -50]) func anAbsurdStampMakesNoOverlap(_ place: Int, _ years: Int) throws {
        let paths = try (0..<3).map { part in
            var builder = CaptureBuilder()
            builder.header()
            for frame in 0..<10 {
                let isAbsurd = part != 2 && frame == place
                builder.record(1_764_042_705 + 20 * part + frame + (isAbsurd ? years * 365 * 86_400 : 0), 0, [1])
            }
            return try folder.file("part\(part)", Data(builder.octets))
        }
        #expect(WholeRun(paths).messages.isEmpty)
        // What does overlap is still told.
        #expect(WholeRun(paths + [paths[2]]).messages.count == 1)
    }

    @Test func aFileThatCannotBeReadDoesNotStopTheMerge() throws {
        let paths = try taps()
        let cut = try folder.file("cut.pcap", Data(plain.dropLast(30)))
        let gone = folder.url.appendingPathComponent("gone.pcap").path
        let run = WholeRun(paths + [cut, gone], merges: true)
        #expect(run.status == .failure)
        #expect(run.messages.count == 2)
        #expect(try run.count(of: "stats") == 1)
        #expect(run.output.contains("message-in-clear"))
    }

    // MARK: Link types

    @Test func framesOfOtherLinkTypesArePassedOver() throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface(1)
        builder.interface(127)
        for (index, frame) in SampleFile.frames.enumerated() {
            builder.enhanced(UInt64(frame.nanoseconds / 1000), frame.octets, on: 0)
            if index < 3 { builder.enhanced(UInt64(frame.nanoseconds / 1000), [1, 2, 3], on: 1) }
        }
        let run = WholeRun([try folder.file("mixed.pcapng", Data(builder.octets))])
        #expect(run.status == .findings)
        #expect(run.messages.count == 1)
        let total = SampleFile.frames.count + 3
        #expect(run.messages.first?.contains("3 of \(total) frames are of a link type that cannot be read") == true)
        #expect(try run.count(of: "flow") == 1)
    }

    @Test func aFilterIsCompiledForEveryLinkType() throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface(1)
        builder.interface(101)
        for frame in SampleFile.frames {
            builder.enhanced(UInt64(frame.nanoseconds / 1000), frame.octets, on: 0)
            // The same packet without its Ethernet header.
            builder.enhanced(UInt64(frame.nanoseconds / 1000), Array(frame.octets.dropFirst(14)), on: 1)
        }
        let path = try folder.file("mixed.pcapng", Data(builder.octets))
        var source = try BlockSource(path, filter: "tcp dst port 25")
        let block = try #require(try source.next())
        var selected: [Int32: Int] = [:]
        var packets = block.packets
        while let packet = packets.next() {
            if packet.isSelected { selected[packet.linkType, default: 0] += 1 }
        }
        #expect(selected[1] == selected[12])
        #expect(selected[1].map { $0 > 0 && $0 < SampleFile.frames.count } == true)
    }

    // MARK: The system

    /// Reading a process's memory at address 0 fails with EIO.
    @Test func saysWhyTheSystemWillNotRead() {
        let run = WholeRun(["/proc/self/mem"])
        #expect(run.status == .failure)
        #expect(run.messages.count == 1)
        #expect(run.messages.first?.contains("cannot be read: Input/output error") == true)
    }
}

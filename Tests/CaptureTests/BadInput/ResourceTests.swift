import Foundation
import Support
import Testing
import Wire

/// Inputs that would take more of the system than there is.
@Suite struct ResourceTests {
    private let folder: TemporaryFolder
    private let earshot: String

    init() throws {
        folder = try TemporaryFolder()
        earshot = try PacedRun.program()
    }

    // MARK: Decompression

    /// Runs a program in a child of a child, and prints the most memory that it ever had, in KiB, behind its status.
    private static let meter = """
        import resource, subprocess, sys
        run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(run.returncode, peak)
        print(run.stderr, end="")
        print(run.stdout, end="")
        """

    private func compress(_ tool: String, _ command: String, _ name: String) throws -> String? {
        guard let program = Tool(tool) else {
            SharedCaptures.skip("a \(tool) bomb, since \(tool) is not installed")
            return nil
        }
        let path = folder.url.appendingPathComponent(name).path
        let run = try Tool(path: "/bin/sh").run(["-c", "{ \(command); } | \(program.path) -1 -c >\"$0\"", path])
        try #require(run.status == 0, "\(run.errors)")
        return path
    }

    /// A session, then records of 256 KiB of zeros that make more than a gigabyte, then another session.
    @Test(arguments: ["gzip", "zstd"]) func aGigabyteOfPaddingTakesNoMemory(_ tool: String) throws {
        let zeros = BuiltFrame(
            octets: [UInt8](repeating: 0, count: 262_144), originalLength: 262_144, nanoseconds: Conversation.start)
        let head = try folder.file("head", Data(SampleFile.octets(.pcap)))
        let padding = try folder.file(
            "padding",
            Data(CaptureFileFormat.pcap.file([BuiltFrame](repeating: zeros, count: 16), .ethernet).dropFirst(24)))
        let command = "cat \(head); i=0; while [ $i -lt 260 ]; do cat \(padding); i=$((i+1)); done"
        guard let bomb = try compress(tool, command, "bomb.pcap") else { return }
        guard let (peak, status, text) = try measured(["-r", bomb, "--format", "jsonl"]) else { return }
        #expect(status == 1)
        #expect(text.contains("message-in-clear"))
        #expect(
            text.contains("\"octets\":\(260 * 16 * 262_144 + SampleFile.frames.reduce(0) { $0 + $1.octets.count })"))
        #expect(peak < 160 << 20, "\(tool): \(peak) octets")
        print("\(tool) bomb: \(260 * 16 * 262_144) octets of padding, peak \(peak >> 20) MiB")
    }

    /// Nothing but zeros, of which none is a capture: it is not read to its end.
    @Test(arguments: ["gzip", "zstd"]) func aGigabyteOfZerosIsNoCapture(_ tool: String) throws {
        guard let bomb = try compress(tool, "head -c 1200000000 /dev/zero", "zeros") else { return }
        guard let (peak, status, text) = try measured(["-r", bomb]) else { return }
        #expect(status == 2)
        #expect(text.contains("neither pcap nor pcapng"))
        #expect(peak < 160 << 20, "\(tool): \(peak) octets")
    }

    /// One block of pcapng that claims to go on for a gigabyte, and does.
    @Test(arguments: ["gzip", "zstd"]) func aBlockOfAGigabyteIsDamage(_ tool: String) throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface()
        for frame in SampleFile.frames { builder.enhanced(UInt64(frame.nanoseconds / 1000), frame.octets) }
        builder.u32(6)
        builder.u32(1_200_000_000)
        let head = try folder.file("head", Data(builder.octets))
        guard let bomb = try compress(tool, "cat \(head); head -c 1200000000 /dev/zero", "block") else { return }
        guard let (peak, status, text) = try measured(["-r", bomb, "--format", "jsonl"]) else { return }
        #expect(status == 2)
        #expect(text.contains("message-in-clear"))
        #expect(peak < 160 << 20, "\(tool): \(peak) octets")
    }

    /// A zstd frame with a window of 128 MiB, which is filled, and a last packet `second`s behind all the others.
    private func largeWindow(_ name: String, at start: Int, last second: Int) throws -> String {
        var frame = CaptureBuilder()
        frame.raw([0x28, 0xB5, 0x2F, 0xFD, 0, (27 - 10) << 3])
        var header = CaptureBuilder()
        header.header()
        frame.zstdBlock(header.octets.count, header.octets)
        let length = 131_000
        for number in 0..<1100 {
            var record = CaptureBuilder()
            record.record(start + number, 0, [], captured: length, original: length)
            frame.zstdBlock(record.octets.count, record.octets)
            frame.zstdBlock(length, [0], isRepeated: true)
        }
        var record = CaptureBuilder()
        record.record(start + second, 0, [0])
        frame.zstdBlock(record.octets.count, record.octets, isLast: true)
        return try folder.file(name, Data(frame.octets))
    }

    /// Files of a rotation, each of which has a last packet that waits for those of all the others: no window waits with it, and
    /// large packets are not piled up.
    @Test func noWindowWaitsWithTheLastPackets() throws {
        let paths = try (0..<5).map {
            try largeWindow("\($0).pcap", at: 1_764_042_705 + 2000 * $0, last: 100_000)
        }
        guard let (peak, status, text) = try measured(["--format", "summary", "--merge", "-r"] + paths) else { return }
        #expect(status == 0)
        #expect(text.contains("5,505 in all"), "\(text)")
        #expect(peak < 350 << 20, "\(peak) octets")
    }

    private func measured(_ arguments: [String]) throws -> (peak: Int, status: Int, text: String)? {
        guard let python = Tool("python3") else {
            SharedCaptures.skip("peak memory, since python3 is not installed")
            return nil
        }
        let run = try python.run(["-c", Self.meter, earshot] + arguments)
        let lines = run.output.split(separator: "\n", maxSplits: 1)
        let figures = try #require(lines.first).split(separator: " ").compactMap { Int($0) }
        try #require(figures.count == 2, "\(run.output) \(run.errors)")
        return (figures[1] * 1024, figures[0], lines.count > 1 ? String(lines[1]) : "")
    }

    // MARK: Open files

    /// Files that were captured at the same time, each one session of its own.
    private func files(_ count: Int, in folder: TemporaryFolder) throws -> [String] {
        try (0..<count).map { number in
            var talk = Conversation(clientPort: UInt16(20_000 + number), at: Conversation.start + Int64(number))
            talk.step = 1_000_000_000
            talk.open()
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250 mx.example.org")
            talk.close()
            let frames = PacketBuilder().frames(talk.segments)
            return try folder.file("\(100 + number).pcap", Data(CaptureFileFormat.pcap.file(frames, .ethernet)))
        }
    }

    private func run(_ arguments: [String], openFiles limit: Int) throws -> Tool.Outcome {
        try Tool(path: "/bin/sh").run(
            [
                // What this process has open besides, in tests that run at the same time, is not the program's.
                "-c",
                "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n \(limit); program=$1; shift; exec \"$program\" \"$@\"",
                "sh", earshot,
            ] + arguments)
    }

    private func sessions(_ outcome: Tool.Outcome) -> Int {
        outcome.output.split(separator: "\n").count { $0.contains("\"event_type\":\"flow\"") }
    }

    @Test(arguments: [40, 24, 14]) func mergingMoreFilesThanMayBeOpen(_ limit: Int) throws {
        let paths = try files(60, in: folder)
        let outcome = try run(["--merge", "--format", "jsonl"] + paths.flatMap { ["-r", $0] }, openFiles: limit)
        #expect(outcome.status == 2)
        let messages = outcome.errors.split(separator: "\n")
        #expect(!messages.isEmpty && sessions(outcome) == 60 - messages.count)
        #expect(sessions(outcome) >= max(1, limit - 16))
        // One sentence for each file that was not read, with what can be done.
        #expect(Set(messages).count == messages.count)
        #expect(messages.allSatisfy { $0.contains(".pcap: ") && $0.contains("ulimit -n") })
    }

    /// One after the other they need not be open at once.
    @Test(arguments: [false, true]) func aDirectoryOfMoreFilesThanMayBeOpen(_ merges: Bool) throws {
        let captures = try TemporaryFolder()
        _ = try files(60, in: captures)
        let arguments = ["--format", "jsonl", "-r", captures.url.path] + (merges ? ["--merge"] : [])
        let outcome = try run(arguments, openFiles: merges ? 100 : 10)
        #expect(
            outcome.errors.split(separator: "\n").allSatisfy { $0.contains("--merge reads them") }, "\(outcome.errors)")
        #expect(sessions(outcome) == 60)
        #expect(outcome.status != 2)
    }

    /// One file at a time may be open, no more: the program could not be loaded with less. Files that were captured at the
    /// same time cannot be merged then.
    @Test(arguments: [false, true]) func oneFileMayBeOpen(_ merges: Bool) throws {
        let paths = try files(2, in: folder)
        let lone = try run(
            ["--format", "jsonl"] + (merges ? ["--merge"] : []) + paths.flatMap { ["-r", $0] }, openFiles: 4)
        #expect(sessions(lone) == (merges ? 1 : 2), "\(lone.errors)")
        #expect((lone.status == 2) == merges)
        let messages = lone.errors.split(separator: "\n")
        #expect(messages.count == 1, "\(lone.errors)")
        #expect(messages.allSatisfy { $0.contains(merges ? "ulimit -n" : "--merge reads them") }, "\(lone.errors)")
    }

    // MARK: Merging

    @Test(arguments: [2, 3]) func mergedFilesAreTheSameFromAnyNumberOfThreads(_ threads: Int) throws {
        let folder = SharedCaptures.packageRoot.appendingPathComponent("captures").path
        let paths = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted().map { "\(folder)/\($0)" }
        try #require(paths.count > 60)
        let overlapping = try files(30, in: self.folder)
        for inputs in [paths, overlapping, overlapping + paths] {
            let alone = WholeRun(inputs, merges: true)
            let together = WholeRun(inputs, threads: threads, merges: true)
            #expect(!alone.output.isEmpty && alone.output == together.output)
            #expect(alone.messages == together.messages)
            #expect(alone.status == together.status)
        }
    }
}

extension CaptureBuilder {
    /// A block of a zstd frame (RFC 8878, section 3.1.1.2), as it is or one octet repeated.
    fileprivate mutating func zstdBlock(
        _ length: Int, _ content: [UInt8], isRepeated: Bool = false, isLast: Bool = false
    ) {
        let header = length << 3 | (isRepeated ? 2 : 0) | (isLast ? 1 : 0)
        raw([UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16 & 0xFF)])
        raw(content)
    }
}

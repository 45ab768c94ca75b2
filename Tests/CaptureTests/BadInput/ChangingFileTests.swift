import Foundation
import Support
import Testing
import Wire

@testable import Capture

/// Files that change while they are read. The program is stopped in the middle, since nobody takes what it writes: more
/// than a pipe and its own buffer hold.
@Suite struct ChangingFileTests {
    private static let sessions = 150
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The sample's session, begun every `second` seconds from other ports.
    private static let dialogues: [BuiltFrame] = (0..<sessions).flatMap { number in dialogue(number) }

    private static func dialogue(_ number: Int) -> [BuiltFrame] {
        var talk = Conversation(
            clientPort: UInt16(20_000 + number), at: Conversation.start + Int64(number) * 100_000_000)
        talk.open()
        talk.s("220 mx.example.org ESMTP ready")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 8BITMIME")
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("QUIT")
        talk.s("221 bye")
        talk.close()
        return PacketBuilder().frames(talk.segments)
    }

    /// Frames of no interest, so many octets of them, that the program has to read on for.
    private static func filler(_ count: Int) -> [BuiltFrame] {
        let octets = [UInt8](repeating: 0, count: 12) + [0x88, 0xB5] + [UInt8](repeating: 0x7A, count: 60_000)
        return (0..<count).map { number in
            BuiltFrame(
                octets: octets, originalLength: octets.count,
                nanoseconds: Conversation.start + 60_000_000_000 + Int64(number) * 1_000_000)
        }
    }

    private func capture(_ format: CaptureFileFormat = .pcap) throws -> (path: String, octets: [UInt8]) {
        // 18 MB behind the dialogues: more than is read ahead.
        let octets = format.file(Self.dialogues + Self.filler(300), .ethernet)
        return (try folder.file("changing.pcap", Data(octets)), octets)
    }

    private func count(_ type: String, _ outcome: Tool.Outcome) -> Int {
        outcome.output.split(separator: "\n").count { $0.contains("\"event_type\":\"\(type)\"") }
    }

    @Test(arguments: [1, 2]) func aFileThatGrowsIsReadToItsNewEnd(_ threads: Int) throws {
        let (path, _) = try capture()
        let run = try PacedRun(["-r", path, "--format", "jsonl", "--threads", "\(threads)"], in: folder)
        let more = CaptureFileFormat.pcap.file(Self.dialogue(Self.sessions), .ethernet).dropFirst(24)
        try append(Data(more), to: path)
        let outcome = try run.finish()
        #expect(outcome.errors.isEmpty)
        #expect(outcome.status == 1)
        #expect(count("flow", outcome) == Self.sessions + 1)
    }

    @Test func aRecordThatIsBeingWrittenIsSaid() throws {
        let (path, octets) = try capture()
        let run = try PacedRun(["-r", path, "--format", "jsonl"], in: folder)
        let more = CaptureFileFormat.pcap.file(Self.dialogue(Self.sessions), .ethernet).dropFirst(24).dropLast(20)
        try append(Data(more), to: path)
        let outcome = try run.finish()
        #expect(outcome.status == 2)
        #expect(
            outcome.errors.hasPrefix("earshot: \(path) at octet \(octets.count + more.count): the file ends in the "))
        #expect(outcome.errors.contains("or is still being written"))
        #expect(outcome.errors.count { $0 == "\n" } == 1)
        #expect(count("flow", outcome) == Self.sessions + 1)
        #expect(count("stats", outcome) == 1)
    }

    /// Below what was read already, in the middle of a record, and just behind one.
    @Test(arguments: [1000, 15_000_000, -60_030 * 20] as [Int], [1, 2])
    func aFileThatIsCutIsSaid(_ length: Int, _ threads: Int) throws {
        let (path, octets) = try capture()
        let run = try PacedRun(["-r", path, "--format", "jsonl", "--threads", "\(threads)"], in: folder)
        try cut(path, to: length < 0 ? octets.count + length : length)
        let outcome = try run.finish()
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("earshot: \(path) at octet "), "\(outcome.errors)")
        #expect(
            outcome.errors.contains("the file ends in the middle") || outcome.errors.contains("the file was cut from"))
        #expect(outcome.errors.count { $0 == "\n" } == 1)
        #expect(count("flow", outcome) == Self.sessions)
        #expect(count("stats", outcome) == 1)
    }

    @Test func aCutBetweenRecordsIsSaid() throws {
        let (path, octets) = try capture()
        var source = try BlockSource(path)
        var packets = try #require(try source.next()).count
        let kept = octets.count - 20 * (60_014 + 16)
        try cut(path, to: kept)
        var failure: CaptureError?
        do throws(CaptureError) {
            while let block = try source.next() { packets += block.count }
        } catch {
            failure = error
        }
        #expect(failure?.problem == "the file was cut from \(octets.count) to \(kept) octets while it was read")
        #expect(failure?.packets == UInt64(packets))
        #expect(packets == Self.dialogues.count + 300 - 20)
    }

    private func cut(_ path: String, to length: Int) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: UInt64(length))
        try file.close()
    }

    private func append(_ data: Data, to path: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: data)
        try file.close()
    }
}

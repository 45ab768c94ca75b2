import Foundation
import Support
import Testing

/// What only the built program shows: standard input, permissions, and its exit status.
@Suite struct CommandTests {
    private let folder: TemporaryFolder
    /// It lies where the tests lie.
    private let earshot: String

    init() throws {
        folder = try TemporaryFolder()
        let tests = try #require(Bundle.main.executableURL)
        earshot = tests.deletingLastPathComponent().appendingPathComponent("earshot").path
        try #require(FileManager.default.isExecutableFile(atPath: earshot), "\(earshot) was not built")
    }

    @Test(arguments: [CaptureFileFormat.pcap, .pcapSwapped, .pcapNanoseconds, .pcapng, .pcapngSwapped])
    func readsAPipeAsItReadsAFile(_ format: CaptureFileFormat) throws {
        let path = try folder.file("mail.pcap", Data(SampleFile.octets(format)))
        let read = try Tool(path: earshot).run(["-r", path, "--format", "jsonl"])
        let piped = try pipe(path)
        #expect(piped.status == 1)
        #expect(piped.errors.isEmpty)
        #expect(!piped.output.isEmpty)
        #expect(piped.output == read.output.replacing("\"\(path)\"", with: "\"-\""))
    }

    @Test(arguments: [CaptureFileFormat.pcap, .pcapng])
    func saysThatAPipeWasCut(_ format: CaptureFileFormat) throws {
        let path = try folder.file("cut.pcap", Data(SampleFile.octets(format).dropLast(30)))
        let piped = try pipe(path)
        #expect(piped.status == 2)
        #expect(piped.errors.hasPrefix("earshot: standard input"))
        #expect(piped.errors.contains("ends in the middle of a record"))
        #expect(piped.output.contains("message-in-clear"))
    }

    @Test func saysThatNothingCameThroughAPipe() throws {
        let piped = try pipe(try folder.file("empty", Data()))
        #expect(piped.status == 2)
        #expect(piped.errors.hasPrefix("earshot: standard input"))
        #expect(piped.errors.count { $0 == "\n" } == 1)
    }

    @Test func saysThatItMayNotReadAFile() throws {
        let path = try folder.file("secret.pcap", Data(SampleFile.octets(.pcap)))
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        let outcome: Tool.Outcome
        if geteuid() == 0 {
            // Root may read everything: another user has to try.
            guard let other = Tool("setpriv") else {
                return SharedCaptures.skip("file permissions, since these tests run as root and there is no setpriv")
            }
            let user = ["--reuid=65534", "--regid=65534", "--clear-groups"]
            guard try other.run(user + [earshot, "rules"]).status == 0 else {
                return SharedCaptures.skip("file permissions, since no other user than root may run \(earshot)")
            }
            outcome = try other.run(user + [earshot, "-r", path])
        } else {
            outcome = try Tool(path: earshot).run(["-r", path])
        }
        #expect(outcome.status == 2)
        #expect(
            outcome.errors == "earshot: \(path): no permission to read it; run as a user who may, or change its mode\n")
    }

    /// What is in a file's name, or in an option, never reaches a terminal as it is.
    @Test func showsNoControlCharacterOfItsArguments() throws {
        let name = "ev\u{1B}[31m\nil\u{9B}2J.pcap"
        let path = try folder.file(name, Data("no capture at all".utf8))
        let whole = try folder.file("w\u{7}hole.pcap", Data(SampleFile.octets(.pcap)))
        let missing = folder.url.path + "/none\u{1B}[2J.pcap"
        for arguments in [
            ["-r", path], ["-v", "-r", whole], ["-r", missing], ["--memory", "1\u{1B}[31m", "-r", whole],
            ["--ports", "\u{1B}[31m", "-r", whole], ["--no\u{1B}such", "-r", whole],
            ["-r", whole, "--filter", "\u{1B}[31m"],
        ] {
            let outcome = try Tool(path: earshot).run(arguments)
            #expect(!outcome.errors.isEmpty, "\(arguments)")
            let shown = outcome.errors.unicodeScalars.filter { $0 != "\n" && $0.properties.generalCategory == .control }
            #expect(shown.isEmpty, "\(arguments): \(outcome.errors.debugDescription)")
        }
        // One sentence is one line, whatever is in a name.
        #expect(try Tool(path: earshot).run(["-r", path]).errors.count { $0 == "\n" } == 1)
    }

    private func pipe(_ path: String) throws -> Tool.Outcome {
        try Tool(path: "/bin/sh").run(["-c", "cat \"$1\" | \"$0\" -r - --format jsonl", earshot, path])
    }
}

import Foundation
import Support
import Testing

/// The built program, stopped in the middle of its input: it waits for somebody to take what it writes.
final class PacedRun {
    private let process = Process()
    private let output = Pipe()
    private let errors: String
    private var collected = Data()

    /// Where the tests lie.
    static func program() throws -> String {
        let tests = try #require(Bundle.main.executableURL)
        let path = tests.deletingLastPathComponent().appendingPathComponent("earshot").path
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) was not built")
        return path
    }

    /// Answers once something was written; no more is taken before `finish`.
    init(_ arguments: [String], in folder: TemporaryFolder) throws {
        errors = try folder.file("errors", Data())
        process.executableURL = URL(fileURLWithPath: try Self.program())
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        collected = try output.fileHandleForReading.read(upToCount: 1) ?? Data()
    }

    func finish() throws -> Tool.Outcome {
        collected += try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Tool.Outcome(
            status: process.terminationStatus, output: String(decoding: collected, as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self))
    }
}

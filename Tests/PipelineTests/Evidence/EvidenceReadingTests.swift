import Findings
import Foundation
import Pipeline
import Support
import Testing
import Trust
import Wire

/// A file of evidence proves what the capture proved: read again, it yields the same findings.
@Suite struct EvidenceReadingTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("captures")

    static let captures: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
    }()

    @Test func thereAreCaptures() { #expect(Self.captures.count > 100) }

    @Test(arguments: captures) func theSameIsFoundAgain(_ name: String) throws {
        let authorities = try TrustStore(file: Self.folder.appendingPathComponent("authorities.pem").path)
        let original = Self.folder.appendingPathComponent(name).path
        let run = try EvidenceRun([original], in: try TemporaryFolder(), trust: { $0.trust = authorities })
        #expect(run.messages == "")
        let again = try EvidenceRun(run.paths, in: try TemporaryFolder(), trust: { $0.trust = authorities })
        let first = try Self.findings(run.output, frames: nil)
        let second = try Self.findings(again.output, frames: Self.originalFrames(run.files[0].octets))
        #expect(first == second)
    }

    /// Rule, severity, certainty and frames of each finding.
    private static func findings(_ output: String, frames: [Int]?) throws -> [String] {
        try output.split(separator: "\n").compactMap { line in
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard event?["event_type"] as? String == "alert", let told = event?["mail_tls"] as? [String: Any] else {
                return nil
            }
            let evidence = told["evidence"] as? [[String: Any]] ?? []
            let places = evidence.map { entry -> String in
                let frame = entry["frame"] as? Int ?? 0
                return String(frames.map { $0.indices.contains(frame - 1) ? $0[frame - 1] : -1 } ?? frame)
            }
            let words = ["rule", "severity", "certainty"].map { told[$0] as? String ?? "" }
            return (words + places).joined(separator: " ")
        }.sorted()
    }

    /// The numbers that the packets of a file had in the capture, which their comments tell.
    static func originalFrames(_ file: [UInt8]) -> [Int] {
        var frames: [Int] = []
        var start = 0
        func number(_ place: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(file[place + $1]) << (8 * $1) }
        }
        while start + 12 <= file.count {
            let length = number(start + 4, 4)
            if number(start, 4) == 6 {
                let option = start + 28 + (number(start + 20, 4) + 3) & ~3
                let text = String(decoding: file[option + 4..<option + 4 + number(option + 2, 2)], as: UTF8.self)
                frames.append(Int(text.split(separator: " ")[1]) ?? 0)
            }
            start += max(12, length)
        }
        return frames
    }

    /// Wireshark reads all of them, finds nothing malformed that was not so before, and no checksum that is wrong.
    @Test func wiresharkReadsThem() throws {
        guard let tshark = Tool("tshark") else {
            print("SKIPPED: tshark is not installed")
            return
        }
        let inputs = Self.captures.map { Self.folder.appendingPathComponent($0).path }
        let run = try EvidenceRun(
            inputs, in: try TemporaryFolder(), trust: { $0.evidence?.fileSize = 1 << 30 })
        let arguments = [
            "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T",
            "fields", "-e", "_ws.malformed", "-e", "tcp.checksum.status", "-e", "ip.checksum.status", "-e",
            "udp.checksum.status",
        ]
        let written = try tshark.run(["-r", run.paths[0]] + arguments)
        #expect(written.status == 0)
        #expect(written.output.split(separator: "\n", omittingEmptySubsequences: false).count > 2000)
        let malformedBefore = try inputs.reduce(0) { count, path in
            let lines = try tshark.run(["-r", path, "-Y", "_ws.malformed"]).output
            return count + lines.split(separator: "\n").count
        }
        var malformed = 0
        for line in written.output.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if !fields[0].isEmpty { malformed += 1 }
            // 0 is bad, 1 good, 2 not verified, 3 not there.
            for field in fields.dropFirst() { #expect(!field.split(separator: ",").contains("0"), "\(line)") }
        }
        #expect(malformed <= malformedBefore)
    }
}

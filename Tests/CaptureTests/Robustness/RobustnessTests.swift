import Foundation
import Pipeline
import Support
import Synchronization
import Testing
import Wire

/// Every capture at hand, whole and cut at random lengths, is analyzed to an end: no trap, no invalid output, and no
/// success where the input ends inside a record.
///
/// `EARSHOT_CUTS` says how many cuts of each capture (the sanitizer's run makes 200), `EARSHOT_SEED` which ones. After a
/// trap the capture that was being read is left in a temporary folder `earshot-…` under its own name.
@Suite struct RobustnessTests {
    static let cuts = Self.number("EARSHOT_CUTS") ?? 20
    static let seed = Self.number("EARSHOT_SEED").map { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)

    @Test func wholeCapturesRunToAnEnd() {
        let captures = CaptureOnDisk.all()
        DispatchQueue.concurrentPerform(iterations: captures.count) { index in
            for ports in [Ports.mail, Ports.all] {
                for format in RunOptions.Format.allCases {
                    captures[index].check(WholeRun([captures[index].path], ports: ports, format: format), format)
                }
            }
        }
        print("robustness: \(captures.count) captures ran to an end, in 3 formats on 2 sets of ports")
        #expect(captures.count >= 40)
    }

    @Test func cutCapturesRunToAnEnd() throws {
        let captures = CaptureOnDisk.all()
        print("robustness: \(Self.cuts) cuts of each of \(captures.count) captures, EARSHOT_SEED=\(Self.seed)")
        let inside = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: captures.count) { index in
            do {
                let count = try cut(captures[index], SeededGenerator(seed: Self.seed &+ UInt64(index)))
                inside.add(count, ordering: .relaxed)
            } catch {
                Issue.record("\(captures[index].name): \(error)")
            }
        }
        let count = inside.load(ordering: .relaxed)
        print("robustness: \(count) of the cuts were inside a record")
        #expect(count > captures.count * Self.cuts / 2)
    }

    /// Cuts one copy shorter and shorter. Answers how many cuts were inside a record.
    private func cut(_ capture: CaptureOnDisk, _ generator: SeededGenerator) throws -> Int {
        let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: capture.path)))
        let ends = RecordEnds(octets)
        let succeeds = WholeRun([capture.path], ports: Ports.all).status != .failure
        var generator = generator
        var lengths = (0..<Self.cuts).map { _ in Int.random(in: 0..<max(1, octets.count), using: &generator) }
        // Hardly any falls between two records by itself.
        if let place = ends.places.sorted().randomElement(using: &generator) { lengths.append(place) }
        let folder = try TemporaryFolder()
        let copy = try folder.file(URL(fileURLWithPath: capture.path).lastPathComponent, Data(octets))
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: copy))
        var inside = 0
        for (ordinal, length) in lengths.sorted(by: >).enumerated() {
            try handle.truncate(atOffset: UInt64(length))
            let format = RunOptions.Format.allCases[ordinal % RunOptions.Format.allCases.count]
            let run = WholeRun([copy], ports: Ports.all, format: format)
            capture.check(run, format)
            let isWhole = ends.places.contains(length)
            if !isWhole { inside += 1 }
            let isRight = isWhole ? run.status != .failure || !succeeds || !ends.isClassic : run.status == .failure
            if !isRight {
                Issue.record(
                    "\(capture.name) cut to \(length) octets, inside a record: \(!isWhole), ended \(run.status)")
            }
        }
        return inside
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}

/// A capture of this project, or one of those that lie beside it.
struct CaptureOnDisk: Sendable {
    let name: String
    let path: String

    static func all() -> [Self] {
        let own = SharedCaptures.packageRoot.appendingPathComponent("captures")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: own.path)) ?? []
        let captures = files.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
        var shared: [String] = []
        if SharedCaptures.areAbsent {
            SharedCaptures.skipAbsent(230)
        } else {
            shared = [("mail", 62), ("tls", 168)].flatMap { SharedCaptures.names(in: $0, count: $1) ?? [] }
        }
        return captures.map { Self(name: "captures/\($0)", path: own.appendingPathComponent($0).path) }
            + shared.map { Self(name: $0, path: SharedCaptures.path($0)) }
    }

    /// Whatever the input was: output is valid, and a failure is said in one sentence that names the file.
    func check(_ run: WholeRun, _ format: RunOptions.Format) {
        if format == .jsonl, (try? run.events()) == nil { Issue.record("\(name): a line of the output is no JSON") }
        if format == .jsonl, !run.output.hasSuffix("\n") { Issue.record("\(name): the last line has no end") }
        if format != .jsonl, run.output.isEmpty { Issue.record("\(name): nothing was reported") }
        let isExplained = run.messages.count == (run.status == .failure ? 1 : 0)
        if !isExplained { Issue.record("\(name): ended \(run.status) with messages \(run.messages)") }
    }
}

import Foundation
import Pipeline
import Sessions
import Support
import Testing
import Wire

/// However a tap shows a recorded dialogue, its facts are those of the recording.
///
/// `EARSHOT_SEEDS` says how many seeds are tried, `EARSHOT_SEED` names one to try alone.
@Suite struct DifferentialTests {
    private static let workers = 16
    private static let environment = ProcessInfo.processInfo.environment
    private static let seeds = environment["EARSHOT_SEEDS"].flatMap(Int.init) ?? 10_000
    private static let only = environment["EARSHOT_SEED"].flatMap(UInt64.init)
    /// A recording, and the facts that it shows as it is.
    private struct Case: Sendable {
        let dialogue: RecordedDialogue
        let facts: [SessionFacts]
    }

    private static let recorded = Result {
        try RecordedDialogue.all().map {
            Case(dialogue: $0, facts: Observer.observe($0.segments).sessions.map(\.facts))
        }
    }

    @Test func everyRecordingHoldsASession() throws {
        let cases = try Self.recorded.get()
        #expect(cases.count >= 60)
        for (dialogue, facts) in cases.map({ ($0.dialogue, $0.facts) }) {
            #expect(facts.count == 1, "\(dialogue) holds \(facts.count) sessions")
        }
    }

    @Test func whatATapDoesChangesNoFact() async throws {
        let cases = try Self.recorded.get()
        let tally = if let only = Self.only { Self.tally([only], cases) } else { await Self.tallyOfAll(cases) }
        print(
            """
            differential: \(tally.tried) seeds, \(tally.tried - tally.excluded) compared, \(tally.excluded) excluded
            """)
        #expect(tally.failures.isEmpty, "\(tally.failures.count) fail, such as \(tally.examples)")
        guard Self.only == nil else { return }
        // What is left out stays the exception.
        #expect(tally.excluded * 20 < tally.tried)
    }

    /// What became of some seeds.
    private struct Tally: Sendable {
        var tried = 0
        /// What the tap showed has more than one reading.
        var excluded = 0
        var failures: [String] = []

        var examples: String { failures.prefix(8).joined(separator: "\n") }

        mutating func add(_ other: Self) {
            tried += other.tried
            excluded += other.excluded
            failures += other.failures
        }
    }

    private static func tallyOfAll(_ cases: [Case]) async -> Tally {
        await withTaskGroup(of: Tally.self) { group in
            for worker in 0..<workers {
                group.addTask { tally(stride(from: worker, to: seeds, by: workers).map { UInt64($0) }, cases) }
            }
            return await group.reduce(into: Tally()) { $0.add($1) }
        }
    }

    private static func tally(_ seeds: [UInt64], _ cases: [Case]) -> Tally {
        var tally = Tally()
        for seed in seeds {
            let dialogue = cases[Int(seed % UInt64(cases.count))].dialogue
            let expected = cases[Int(seed % UInt64(cases.count))].facts
            var tap = Tap(seed: seed)
            let seen = tap.see(dialogue.segments)
            tally.tried += 1
            if dialogue.contradictsItself || Tap.leavesBeginningOpen(seen) {
                tally.excluded += 1
                continue
            }
            guard let found = difference(Observer.observe(seen).sessions, from: expected) else { continue }
            let lines = only == nil ? "" : "\n" + seen.map(\.line).joined(separator: "\n")
            tally.failures.append("seed \(seed): \(dialogue): \(found)\(lines)")
        }
        return tally
    }
}

extension Segment {
    /// For people: who, which octets, what is acknowledged.
    fileprivate var line: String {
        let text = String(decoding: payload.prefix(24).map { $0 < 32 || $0 > 126 ? 46 : $0 }, as: UTF8.self)
        let bits = String(flags.rawValue, radix: 16)
        return "\(from) \(sequence)+\(payload.count) ack \(acknowledgment) flags \(bits) \(text)"
    }
}

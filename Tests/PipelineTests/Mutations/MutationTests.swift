import Findings
import Foundation
import Sessions
import Support
import Synchronization
import Testing
import Wire

/// Recordings with one octet changed, checksums recomputed: at every place with `EARSHOT_MUTATIONS=all`, at one of so
/// many otherwise. `EARSHOT_SEED` chooses the places and the changes.
@Suite struct MutationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seed = environment["EARSHOT_SEED"].flatMap(UInt64.init) ?? 1
    private static let isWhole = environment["EARSHOT_MUTATIONS"] == "all"

    /// A place in a recording.
    private struct Place: Sendable {
        let frame: Int
        let octet: Int
    }

    // MARK: Tampering

    private static let tampering = [
        "starttls-", "injection", "state-before-tls", "helo-fallback", "plaintext-after-", "tls-version-rollback",
        "cipher-not-offered", "conflicting-retransmission",
    ]

    /// No octet of a header, a command, a reply or a record, wrong as it may be, ends the program; and no more
    /// connections come of it than the one whose name it changes.
    @Test func aWrongOctetOfTamperingIsRead() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: RecordedFrames.folder.path)
            .filter { name in name.hasSuffix(".pcap") && Self.tampering.contains { name.contains($0) } }.sorted()
        #expect(names.count >= 28)
        let told = Mutex(0)
        var octets = 0
        var tried = 0
        for name in names {
            let recording = try RecordedFrames(name)
            let sessions = Observer.observe(recording.frames, .ethernet).sessions.count
            let places = recording.frames.indices.flatMap { frame in
                recording.frames[frame].octets.indices.map { Place(frame: frame, octet: $0) }
            }
            octets += places.count
            tried += Self.forEach(places, oneOf: 61) { place in
                let frames = recording.mutated(frame: place.frame, octet: place.octet, seed: Self.seed)
                let seen = Observer.observe(frames, .ethernet).sessions
                #expect(seen.count <= sessions + 1, "\(name) frame \(place.frame + 1) octet \(place.octet)")
                // What is read is judged, and in part written.
                _ = Observer.findings(seen)
                guard place.octet % 16 == 0 else { return }
                do {
                    let outcome = try Observer.run(frames)
                    #expect(outcome.output.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
                    told.withLock { $0 += 1 }
                } catch { Issue.record("\(name) frame \(place.frame + 1) octet \(place.octet): \(error)") }
            }
        }
        print(
            "mutations: \(names.count) recordings of tampering, seed \(Self.seed), \(tried) of \(octets) octets changed,",
            "\(told.withLock { $0 }) of the runs written out")
        #expect(tried > 1000)
    }

    // MARK: Clean dialogues

    private static let clean = [
        "clean-starttls-tls12.pcap", "clean-starttls-tls13.pcap", "clean-exim-starttls-tls12.pcap",
        "clean-exim-starttls-tls13.pcap", "starttls-unused.pcap", "message-in-clear-bdat.pcap", "health-check.pcap",
    ]

    /// What noise does to a dialogue is no tampering where it does not touch what decides about TLS.
    @Test func aWrongOctetElsewhereAccusesNobody() throws {
        var octets = 0
        var tried = 0
        let accused = Mutex<[String]>([])
        for name in Self.clean {
            let recording = try RecordedFrames(name)
            #expect(Self.accusations(recording.frames).isEmpty, "\(name) is not clean")
            let protected = ProtectedOctets(recording)
            let places = recording.frames.indices.flatMap { frame in
                recording.payload(of: frame).filter { !protected.contains($0, of: frame) }
                    .map { Place(frame: frame, octet: $0) }
            }
            #expect(places.count > 20, "\(name)")
            octets += places.count
            tried += Self.forEach(places, oneOf: 11) { place in
                let frames = recording.mutated(frame: place.frame, octet: place.octet, seed: Self.seed)
                let rules = Self.accusations(frames)
                guard !rules.isEmpty else { return }
                let right = recording.frames[place.frame].octets[place.octet]
                let wrong = frames[place.frame].octets[place.octet]
                accused.withLock {
                    $0.append("\(name) frame \(place.frame + 1) octet \(place.octet), \(right) to \(wrong): \(rules)")
                }
            }
        }
        let list = accused.withLock { $0.sorted() }
        print(
            "mutations: \(Self.clean.count) clean recordings, seed \(Self.seed), \(tried) of \(octets) octets changed,",
            "\(list.count) accused")
        #expect(list == [])
        #expect(tried > 500)
    }

    /// The rules that are certain of tampering.
    private static func accusations(_ frames: [BuiltFrame]) -> [String] {
        Observer.findings(Observer.observe(frames, .ethernet).sessions)
            .filter { $0.card.group == .downgrade && $0.certainty == .certain }.map(\.card.id)
    }

    /// Answers how many places were tried: all, or one of each `share`.
    private static func forEach(
        _ places: [Place], oneOf share: Int, _ body: @Sendable (Place) -> Void
    ) -> Int {
        var random = SeededGenerator(seed: seed)
        let step = isWhole ? 1 : share
        let chosen = stride(from: Int.random(in: 0..<step, using: &random), to: places.count, by: step)
            .map { places[$0] }
        DispatchQueue.concurrentPerform(iterations: chosen.count) { body(chosen[$0]) }
        return chosen.count
    }
}

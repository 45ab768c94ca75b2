import Findings
import Foundation
import Pipeline
import Reports
import Sessions
import Support
import Testing
import Wire

/// No output and no debug text ever shows what somebody logs in with.
@Suite struct SecretTests {
    static let exchanges = SecretExchange.all.indices

    // MARK: The search itself

    @Test(arguments: [
        "Kq7Zw2Xv", "2Xv9Rb4Nt6M", "4b71375a7732587639526234", "4B71375A7732587639526234", "%4b%71%37",
        "K\\x00q\\x007", "\\x4b\\x71\\x37",
    ])
    func theSearchFindsPartsOfCanaries(_ text: String) {
        #expect(SecretExchange.search.leak(in: "… \(text) …") != nil)
    }

    @Test func theSearchFindsBase64AtEveryAlignment() {
        for prefix in ["", "a", "ab", "\0"] {
            let text = SecretExchange.encoded(prefix + SecretExchange.user + "behind")
            #expect(SecretExchange.search.leak(in: text) != nil)
        }
        #expect(SecretExchange.search.leak(in: "nothing to see, AUTH PLAIN •••, 535 5.7.8") == nil)
    }

    // MARK: Whole runs

    @Test(arguments: exchanges) func noOutputShowsIt(_ index: Int) throws {
        let exchange = SecretExchange.all[index]
        for initial in [true, false] {
            for answer in SecretExchange.Answer.allCases {
                let segments = exchange.segments(initial: initial, answer)
                try expectSilence(segments, "\(exchange), initial \(initial), \(answer)")
            }
        }
    }

    @Test func damagedFilesAreReportedWithoutIt() throws {
        let segments = SecretExchange.all[0].segments(initial: true, .refused)
        let file = CaptureFileFormat.pcap.file(PacketBuilder().frames(segments), .ethernet)
        for cut in stride(from: 30, to: file.count, by: 61) {
            let leak = try Observer.withTemporaryFile(Array(file[..<cut])) { path in
                let outcome = Observer.run(path, format: .text, showAddresses: true, isVerbose: true)
                return SecretExchange.search.leak(in: outcome.output + outcome.messages)
            }
            #expect(leak == nil)
        }
    }

    // MARK: Ways of travelling

    @Test(arguments: exchanges) func cutAtEveryOctet(_ index: Int) {
        forEachCase(index) { segments, name in
            expectSilentFacts(segments.split(every: 1).restamped(), name)
        }
    }

    @Test(arguments: exchanges) func pipelined(_ index: Int) {
        let exchange = SecretExchange.all[index]
        for initial in [true, false] {
            for front in ["", "EHLO client.example.net\r\n", "NOOP\r\nSTARTTLS\r\n"] {
                for code in [
                    "235 ok", "535 refused:", "500 unrecognized:", "220 go on:", "250-", "250 ", "250-ok\r\n250 ",
                ] {
                    let segments = Conversation.segments { talk in
                        talk.s("220 mx.example.org ESMTP")
                        let lines = exchange.lines(initial: initial)
                        talk.send(
                            Array(front.utf8) + Conversation.octets(lines + ["STARTTLS", "EHLO again", "QUIT"]),
                            from: .client)
                        for line in lines { talk.s("\(code) \(line)") }
                        for line in lines { talk.s("\(code) \(line)") }
                    }
                    expectSilentFacts(segments, "\(exchange) behind \(front.debugDescription), \(code)")
                }
            }
        }
    }

    @Test(arguments: exchanges) func aheadOfTheGreeting(_ index: Int) {
        let exchange = SecretExchange.all[index]
        for code in ["220", "554", "421"] {
            let segments = Conversation.segments { talk in
                talk.send(Conversation.octets(exchange.lines(initial: true)), from: .client)
                talk.s("\(code) too early: \(exchange.lines(initial: true)[0])")
            }
            expectSilentFacts(segments, "\(exchange), \(code)")
        }
    }

    @Test(arguments: exchanges) func repeatedOverlappingAndOutOfOrder(_ index: Int) {
        forEachCase(index) { segments, name in
            expectSilentFacts(segments.flatMap { [$0, $0] }.restamped(), name + ", twice")
            for seed in 0..<4 as Range<UInt64> {
                var random = SeededGenerator(seed: seed)
                expectSilentFacts(Shuffle.apply(to: segments, &random), name + ", seed \(seed)")
            }
        }
    }

    @Test(arguments: exchanges) func withAHoleAnywhere(_ index: Int) {
        forEachCase(index) { segments, name in
            for (place, segment) in segments.enumerated() where segment.payload.count > 0 {
                expectSilentFacts(segments.without(place), name + ", without segment \(place)")
                let step = max(1, segment.payload.count / 40)
                for start in stride(from: 1, to: segment.payload.count - 1, by: step) {
                    var holed = segments
                    let rest = segment.part(start + 1..<segment.payload.count)
                    holed.replaceSubrange(place...place, with: [segment.part(0..<start), rest])
                    expectSilentFacts(holed, name + ", segment \(place) without octet \(start)")
                }
            }
        }
    }

    @Test(arguments: exchanges) func joinedMidStreamAnywhere(_ index: Int) {
        forEachCase(index) { segments, name in
            for first in segments.indices.dropFirst() {
                let rest = Array(segments[first...])
                expectSilentFacts(rest, name + ", from segment \(first)")
                guard let leading = rest.first, leading.payload.count > 1 else { continue }
                let step = max(1, leading.payload.count / 60)
                for start in stride(from: 1, to: leading.payload.count, by: step) {
                    let cut = [leading.part(start..<leading.payload.count)] + rest.dropFirst()
                    expectSilentFacts(cut, name + ", from octet \(start) of segment \(first)")
                }
            }
        }
    }

    @Test(arguments: exchanges) func oneSidedAndCutShort(_ index: Int) {
        forEachCase(index) { segments, name in
            for side in Side.allCases { expectSilentFacts(segments.only(side), name + ", \(side) alone") }
            for count in [1, 4, 9, 14, 20, 33] {
                expectSilentFacts(segments.cut(toPayload: count), name + ", cut to \(count)")
            }
        }
    }

    // MARK: Recorded captures

    @Test func noOutputShowsSecretsOfRecordedCaptures() {
        guard !RecordedSecrets.captures.isEmpty else {
            print("SKIPPED: no recorded captures in ../shared/captures/mail")
            return
        }
        var payloads = 0
        for path in RecordedSecrets.captures {
            let secrets = RecordedSecrets(of: path)
            guard !secrets.payloads.isEmpty else { continue }
            payloads += secrets.payloads.count
            for showAddresses in [false, true] {
                let forbidden = secrets.forbidden(showingAddresses: showAddresses)
                for format in RunOptions.Format.allCases {
                    let outcome = Observer.run(path, format: format, showAddresses: showAddresses, isVerbose: true)
                    let text = outcome.output + outcome.messages
                    let leaks = forbidden.filter { text.contains($0) }
                    #expect(leaks.isEmpty, "\(path), \(format)")
                }
            }
        }
        #expect(payloads > 10)
    }

    // MARK: Checks

    private func forEachCase(_ index: Int, _ body: ([Segment], String) -> Void) {
        let exchange = SecretExchange.all[index]
        for initial in [true, false] {
            body(exchange.segments(initial: initial, .refused), "\(exchange), initial \(initial)")
        }
    }

    /// Debug text of sessions and findings.
    private func expectSilentFacts(_ segments: [Segment], _ name: String) {
        let sessions = Observer.observe(segments).sessions
        let findings = Observer.findings(sessions)
        var text = sessions.map { String(describing: $0) }.joined() + findings.map { String(describing: $0) }.joined()
        if name.hasSuffix("alone") { dump((sessions, findings), to: &text) }
        let leak = SecretExchange.search.leak(in: text)
        #expect(leak == nil, "\(name)")
    }

    /// Every output of a whole run.
    private func expectSilence(_ segments: [Segment], _ name: String) throws {
        expectSilentFacts(segments, name)
        let frames = PacketBuilder().frames(segments)
        for format in RunOptions.Format.allCases {
            for showAddresses in [false, true] {
                let outcome = try Observer.run(
                    frames, format: format, showAddresses: showAddresses, isVerbose: true)
                #expect(!outcome.output.isEmpty)
                let leak = SecretExchange.search.leak(in: outcome.output + outcome.messages)
                #expect(leak == nil, "\(format), \(name)")
            }
        }
    }
}

extension [Segment] {
    func without(_ index: Int) -> Self {
        var result = self
        result.remove(at: index)
        return result
    }
}

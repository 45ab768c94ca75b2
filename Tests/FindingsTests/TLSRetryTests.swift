import Findings
import Testing

@testable import Sessions
@testable import Wire

/// A retry with a lower maximum, told from two sessions.
@Suite struct TLSRetryTests {
    private static let second: Int64 = 1_000_000_000

    private func session(
        _ number: UInt64, at seconds: Int64, offering version: TLSVersion, completed: Bool? = true,
        change: (inout TLSFacts) -> Void
    ) -> MailSession {
        sample().greet().handshake(min(version, .tls12), completed: completed) {
            $0.clientHello = Observed(
                ClientHelloFacts(legacyVersion: min(version, .tls12), offeredVersions: [version]), in: FrameNumber(16))
            change(&$0)
        }.with {
            $0.id = SessionID(high: 7, low: number)
            $0.transport.start = Timestamp(nanoseconds: Sample.start.nanoseconds + seconds * Self.second)
            $0.transport.end = Timestamp(nanoseconds: $0.transport.start.nanoseconds + Self.second)
            $0.transport.firstFrame = FrameNumber(UInt64(seconds) * 1000 + 1)
        }
    }

    private func failed(_ number: UInt64 = 1, at seconds: Int64 = 0, _ version: TLSVersion = .tls13) throws
        -> MailSession
    {
        let sent = try Sample.alert(70, from: .server)
        let alert = SentAlert(
            alert: sent.alert, sender: sent.sender, frame: FrameNumber(UInt64(seconds) * 1000 + 21), offset: 300)
        return session(number, at: seconds, offering: version, completed: false) { $0.failure = .alert(alert) }
    }

    private func retried(
        _ number: UInt64 = 9, at seconds: Int64 = 3, _ version: TLSVersion = .tls12, records: Int = 5,
        signals: Bool = false
    ) -> MailSession {
        session(number, at: seconds, offering: version) {
            $0.clientRecords.count = records
            guard signals, let hello = $0.clientHello else { return }
            var facts = hello.value
            facts.offersFallbackSCSV = true
            $0.clientHello = Observed(facts, in: hello.frame)
        }
    }

    private func findings(
        _ sessions: [MailSession], window: Int64 = RetryMemory.defaultWindow, remembering: Bool = false
    ) -> [Finding] {
        var judge = Judge(rules: [TLSFallbackRetry.self])
        var hops = HopTable(retryWindow: window)
        var retries = RetryTable(window: window)
        for session in sessions {
            let judged = judge.judge(session)
            if remembering { retries.remember(session) } else { hops.add(judged) }
        }
        return (hops.sorted + retries.followed).flatMap { judge.conclude($0, at: Sample.start).findings }
    }

    @Test func lessBehindAFailureIsARetry() throws {
        for remembering in [false, true] {
            let finding = try #require(findings([try failed(), retried()], remembering: remembering).first)
            #expect(finding.certainty == .likely)
            #expect(finding.severity == .low)
            #expect(finding.sentence.contains("that offered TLS 1.3 failed"))
            #expect(finding.sentence.contains("within 3 seconds with no more than TLS 1.2;"))
            #expect(finding.evidence.map(\.frame) == [FrameNumber(16), FrameNumber(21)])
        }
    }

    @Test func theSameOrMoreIsNone() throws {
        #expect(try findings([failed(1, .tls12), retried()]).isEmpty)
        #expect(try findings([failed(1, .tls11), retried()]).isEmpty)
        #expect(try findings([failed(), retried(9, .tls13)]).isEmpty)
    }

    @Test func withoutAFailureBeforeItThereIsNone() throws {
        #expect(findings([retried()]).isEmpty)
        #expect(try findings([failed(at: 10), retried(at: 3)]).isEmpty)
        #expect(try findings([failed(), retried(at: 902)]).isEmpty)
        #expect(try findings([failed(), retried(at: 20)], window: 10 * Self.second).isEmpty)
        #expect(try findings([failed(), retried()], window: 0).isEmpty)
    }

    /// The session itself tells of the signal.
    @Test func aRetryThatSaysSoIsNotToldTwice() throws {
        #expect(try findings([failed(), retried(signals: true)]).isEmpty)
    }

    @Test func scannersAreNone() throws {
        #expect(try findings([failed(), retried(records: 3)]).isEmpty)
        let walk = try [failed(1), failed(2, at: 1, .tls12), failed(3, at: 2, .tls11), retried(9, .tls10)]
        #expect(findings(walk).isEmpty)
    }

    /// A handshake that went well, or a server that said no before it, tells nothing of versions.
    @Test func otherFailuresAreNone() throws {
        let cut = session(1, at: 0, offering: .tls13) { $0.clientRecords.count = 1 }
        let refused = try failed().with {
            $0.tls = nil
            $0.startTLS.reply = Sample.reply(454, "no", frame: 9)
            $0.startTLS.afterRefusal = .quit
        }
        #expect(findings([cut, retried()]).isEmpty)
        #expect(findings([refused, retried()]).isEmpty)
    }

    @Test func lateOrOtherwiseNamedIsOnlyPossible() throws {
        #expect(try findings([failed(), retried(at: 120)]).map(\.certainty) == [.possible])
        let other = retried().with { $0.smtp?.clientName = Observed(QuotedText("other.test"), in: FrameNumber(5)) }
        #expect(try findings([failed(), other]).map(\.certainty) == [.possible])
        let unnamed = retried().with { $0.smtp?.clientName = nil }
        #expect(try findings([failed(), unnamed]).map(\.certainty) == [.possible])
    }

    @Test func manyAreCountedAndNoHopIsKeptForThem() throws {
        let many = (0..<40 as Range<UInt64>).map { retried($0 + 9, at: Int64($0) + 2) }
        #expect(try #require(findings([try failed()] + many).first).sentence.contains("40 times"))
        var table = RetryTable()
        for session in many { table.remember(session) }
        #expect(table.count == 0)
    }
}

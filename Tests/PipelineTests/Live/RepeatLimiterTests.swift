import Findings
import Pipeline
import Sessions
import Support
import Testing
import Wire

/// One alert of each kind in a while, by the time of the packets, and then how many there were.
@Suite struct RepeatLimiterTests {
    private static let minute: Int64 = 60_000_000_000

    private func time(_ minutes: Int64) -> Timestamp {
        Timestamp(nanoseconds: Conversation.start + minutes * Self.minute)
    }

    /// By reference, so that expectations may ask it.
    private final class Limiter {
        private var limiter: RepeatLimiter

        init(window: Int64) { limiter = RepeatLimiter(window: window) }

        func admits(_ finding: Finding, on hop: HopKey, at time: Timestamp) -> Bool {
            limiter.admits(finding, on: hop, at: time)
        }

        func takeSummaries(at now: Timestamp?) -> [RepeatLimiter.Summary] { limiter.takeSummaries(at: now) }
    }

    private func finding(_ rule: any Rule.Type = PlaintextAfterFailedTLS.self, _ severity: Severity = .medium)
        -> Finding
    {
        Finding(rule.card, Finding.Draft("Said.", [], severity: severity))
    }

    private func hop(_ number: UInt16) throws -> HopKey {
        var talk = Conversation(port: number)
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.close()
        var options = Observer.options
        options.ports = PortSet([1...65_535])
        return HopKey(try #require(Observer.observe(talk.segments, options: options).sessions.first))
    }

    @Test func countsWhatComesAgainAndTellsItWhenTheWhileIsOver() throws {
        let limiter = Limiter(window: 10 * Self.minute)
        let hop = try hop(25)
        #expect(limiter.admits(finding(), on: hop, at: time(0)))
        for minute in 1...9 as ClosedRange<Int64> { #expect(!limiter.admits(finding(), on: hop, at: time(minute))) }
        #expect(limiter.takeSummaries(at: time(9)).isEmpty)
        let summaries = limiter.takeSummaries(at: time(10))
        #expect(summaries.map(\.count) == [9])
        #expect(summaries.first?.time == time(9))
        #expect(limiter.takeSummaries(at: nil).isEmpty)
        #expect(limiter.admits(finding(), on: hop, at: time(11)))
    }

    /// One packet with a stamp of years ahead must not silence a rule until then; a session that ended a little earlier
    /// than the one that was told counts with it.
    @Test func aLeapOfTheClockSilencesNothing() throws {
        let limiter = Limiter(window: 10 * Self.minute)
        let hop = try hop(25)
        #expect(limiter.admits(finding(), on: hop, at: time(5_000_000)))
        #expect(limiter.admits(finding(), on: hop, at: time(60)))
        #expect(!limiter.admits(finding(), on: hop, at: time(59)))
        #expect(!limiter.admits(finding(), on: hop, at: time(69)))
        #expect(limiter.admits(finding(), on: hop, at: time(70)))
    }

    @Test func otherHopsRulesAndSeveritiesAreToldForThemselves() throws {
        let limiter = Limiter(window: 10 * Self.minute)
        let (one, other) = (try hop(25), try hop(587))
        #expect(limiter.admits(finding(), on: one, at: time(0)))
        #expect(limiter.admits(finding(), on: other, at: time(0)))
        #expect(limiter.admits(finding(TLSFallbackRetry.self), on: one, at: time(0)))
        #expect(limiter.admits(finding(PlaintextAfterFailedTLS.self, .high), on: one, at: time(0)))
        #expect(!limiter.admits(finding(), on: one, at: time(1)))
    }

    /// Nobody has asked in between: the while is over all the same.
    @Test func aWhileEndsByItself() throws {
        let limiter = Limiter(window: 10 * Self.minute)
        let hop = try hop(25)
        #expect(limiter.admits(finding(), on: hop, at: time(0)))
        #expect(limiter.admits(finding(), on: hop, at: time(10)))
        #expect(!limiter.admits(finding(), on: hop, at: time(19)))
        #expect(limiter.takeSummaries(at: nil).map(\.count) == [1])
    }

    /// What was counted in a while that ended unasked is told, too.
    @Test func nothingCountedIsLost() throws {
        let limiter = Limiter(window: 10 * Self.minute)
        let hop = try hop(25)
        var told = 0
        var counted = 0
        for minute in 0..<60 as Range<Int64> {
            if limiter.admits(finding(), on: hop, at: time(minute)) { told += 1 }
            // Asked seldom.
            if minute % 25 == 24 { counted += limiter.takeSummaries(at: time(minute)).reduce(0) { $0 + $1.count } }
        }
        counted += limiter.takeSummaries(at: nil).reduce(0) { $0 + $1.count }
        #expect(told + counted == 60)
    }

    @Test func withoutAWindowAllAreTold() throws {
        let limiter = Limiter(window: 0)
        let hop = try hop(25)
        for _ in 0..<5 { #expect(limiter.admits(finding(), on: hop, at: time(0))) }
        #expect(limiter.takeSummaries(at: nil).isEmpty)
    }
}

import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct ResetInjectionTests {
    /// A host's own packets: its next one, as the others.
    private static let own = PacketTraits(hopLimit: 57, identification: 4711, window: 502, timestamp: 100_000)

    private func session(
        _ reset: PacketTraits, next: PacketTraits? = own, survival: ResetSurvival? = .acknowledged,
        by side: Side = .server,
        change: (inout MailSession) -> Void = { _ in }
    ) -> MailSession {
        sample().greet().with {
            Self.add(reset, next, survival, side, to: &$0)
            change(&$0)
        }
    }

    private static func add(
        _ reset: PacketTraits, _ next: PacketTraits?, _ survival: ResetSurvival?, _ side: Side, frame: UInt64 = 20,
        to session: inout MailSession
    ) {
        session.transport.end(
            by: ResetFacts(side, in: FrameNumber(frame), at: Sample.start, offset: 90, TCPConnection(), reset))
        if let next { session.transport.noteFollower(next, in: FrameNumber(frame + 1)) }
        if let survival { session.transport.outlive(survival, in: FrameNumber(frame + 2)) }
    }

    private func traits(
        _ hopLimit: UInt8? = 57, _ identification: UInt16? = 4700, _ window: UInt16 = 502, _ timestamp: UInt32? = 99_000
    ) -> PacketTraits {
        PacketTraits(hopLimit: hopLimit, identification: identification, window: window, timestamp: timestamp)
    }

    @Test func twoDifferencesTellASecondSender() throws {
        let draft = try #require(ResetInjection.judge(session(traits(62, 40_000))).draft)
        #expect(draft.certainty == nil)
        #expect(ResetInjection.card.certainty == .likely)
        #expect(draft.sentence.contains("the server's name"))
        #expect(draft.sentence.contains("in hop limit and IP identification."))
        #expect(draft.evidence.map(\.frame) == [FrameNumber(20), FrameNumber(21), FrameNumber(22)])
        #expect(
            draft.evidence.first?.text == "RST with hop limit 62, IP identification 40000, window 502, timestamp 99000")
    }

    @Test func allFourAreNamed() {
        let draft = ResetInjection.judge(session(traits(62, 40_000, 8192, 0x9000_0000), by: .client)).draft
        #expect(draft?.sentence.contains("hop limit, IP identification, window and timestamp") == true)
        #expect(draft?.sentence.contains("the client's next packet") == true)
    }

    @Test(arguments: [
        PacketTraits(hopLimit: 62, identification: 4700, window: 502, timestamp: 99_000),
        PacketTraits(hopLimit: 57, identification: 40_000, window: 502, timestamp: 99_000),
        PacketTraits(hopLimit: 57, identification: 4700, window: 8192, timestamp: 99_000),
        PacketTraits(hopLimit: 57, identification: 4700, window: 502, timestamp: 0x9000_0000),
        PacketTraits(hopLimit: 57, identification: 4700, window: 502, timestamp: 99_000),
    ])
    func oneDifferenceOrNoneIsNotEnough(_ reset: PacketTraits) {
        #expect(ResetInjection.judge(session(reset)).passed)
    }

    /// Window 0, identification 0 and no timestamp, as most hosts send resets.
    @Test func whatGenuineResetsLackIsNoDifference() {
        #expect(ResetInjection.judge(session(traits(57, 0, 0, nil))).passed)
        #expect(ResetInjection.judge(session(traits(62, 0, 0, nil))).passed)
    }

    /// The counter wraps, other connections count as well, a window fills, clocks are quick and taps reorder.
    @Test(arguments: [
        (UInt16(65_530), UInt16(10)), (4711, 4711), (4715, 4711), (4711, 8000), (4711, 0),
    ])
    func counterOfOneHost(_ reset: UInt16, _ next: UInt16) {
        let follower = PacketTraits(hopLimit: 57, identification: next, window: 502, timestamp: 100_000)
        #expect(ResetInjection.judge(session(traits(62, reset), next: follower)).passed)
    }

    @Test(arguments: [(UInt32.max, UInt32(5)), (1000, 60_001_000), (1000, 900), (7, 7)])
    func clockOfOneHost(_ reset: UInt32, _ next: UInt32) {
        let follower = PacketTraits(hopLimit: 57, identification: 4711, window: 502, timestamp: next)
        #expect(ResetInjection.judge(session(traits(62, 4700, 502, reset), next: follower)).passed)
    }

    @Test func aTimestampThatTheConnectionDoesNotHaveIsADifference() {
        let follower = PacketTraits(hopLimit: 57, identification: 4711, window: 502, timestamp: nil)
        #expect(ResetInjection.judge(session(traits(62), next: follower)).draft != nil)
        #expect(ResetInjection.judge(session(traits(57), next: follower)).passed)
    }

    /// IPv6 has no identification, fragments no hop limit that could be compared.
    @Test func whatIsAbsentIsNotCompared() {
        let follower = PacketTraits(hopLimit: 57, identification: nil, window: 502, timestamp: 100_000)
        #expect(ResetInjection.judge(session(traits(62, nil, 8192), next: follower)).draft != nil)
        #expect(ResetInjection.judge(session(traits(nil, nil, 8192), next: follower)).passed)
        #expect(ResetInjection.judge(session(traits(62, 9, 502), next: follower)).passed)
    }

    @Test func aWindowThatShrankByHalfIsOfOneHost() {
        #expect(ResetInjection.judge(session(traits(62, 4700, 1004))).passed)
        #expect(ResetInjection.judge(session(traits(62, 4700, 1005))).draft != nil)
    }

    /// A firewall resets both sides of what was idle for long.
    @Test func aResetThatEndedTheConnectionIsBelieved() {
        #expect(ResetInjection.judge(session(traits(62, 40_000), survival: nil)).passed)
        #expect(ResetInjection.judge(sample().greet()).passed)
    }

    @Test func behindQUITOrFINThereIsNothingToCut() {
        let reset = traits(62, 40_000)
        for (frame, isLeaving) in [(19 as UInt64, true), (21, false)] {
            let quit = session(reset) { $0.smtp?.quit = FrameNumber(frame) }
            #expect(ResetInjection.judge(quit).passed == isLeaving)
            let fin = session(reset) {
                $0.transport.fin = FINFacts(side: .client, frame: FrameNumber(frame), offset: nil, acknowledged: nil)
            }
            #expect(ResetInjection.judge(fin).passed == isLeaving)
        }
    }

    @Test func withoutTheNextPacketThereIsNothingToCompare() {
        let lone = session(traits(62, 40_000), next: nil)
        #expect(ResetInjection.judge(lone).unobservable == .gap)
        #expect(ResetInjection.judge(lone.with { $0.transport.capture = .oneSided }).unobservable == .oneSided)
    }

    /// QUIT may stand in what is missing.
    @Test func aGapBeforeItMakesItPossibleOnly() {
        func certainty(_ change: (inout MailSession) -> Void) -> Certainty? {
            ResetInjection.judge(session(traits(62, 40_000), change: change)).draft?.certainty
        }
        let before = Gap(side: .client, offset: -1, length: 6)
        #expect(
            certainty {
                $0.transport.gaps = [before]
                $0.transport.gapCount = 1
            } == .possible)
        #expect(certainty { $0.transport.gapCount = 20 } == .possible)
        #expect(certainty { $0.transport.truncatedSegments = 1 } == .possible)
        let behind = Gap(side: .client, offset: 7000, length: 6)
        #expect(
            certainty {
                $0.transport.gaps = [behind]
                $0.transport.gapCount = 1
            } == nil)
    }

    @Test func whileOctetsAreAwaitedNothingIsToldEarly() {
        let judge = Judge(rules: [ResetInjection.self])
        let waiting = session(traits(62, 40_000)) {
            $0.transport.state = .open
            $0.transport.awaitsOctets = true
        }
        #expect(judge.judgeOpen(waiting).findings.isEmpty)
        var last = judge
        #expect(last.judge(waiting).findings.count == 1)
    }

    @Test func theMostDifferentOfSeveralIsShown() throws {
        let several = session(traits(62, 40_000)) {
            Self.add(self.traits(62, 40_000, 8192), Self.own, .continued, .client, frame: 30, to: &$0)
            Self.add(self.traits(), Self.own, .received, .server, frame: 40, to: &$0)
        }
        let draft = try #require(ResetInjection.judge(several).draft)
        #expect(draft.evidence.first?.frame == FrameNumber(30))
        #expect(draft.sentence.contains("(2 such resets)"))
    }

    /// Rules are asked where a session has what they need.
    @Test func itIsAskedOfSessionsWithAReset() {
        var judge = Judge(rules: [ResetInjection.self])
        #expect(judge.judge(session(traits(62, 40_000))).findings.map(\.certainty) == [.likely])
        #expect(judge.judgeOpen(session(traits(62, 40_000))).findings.count == 1)
        #expect(judge.judge(sample().greet()).findings.isEmpty)
    }
}

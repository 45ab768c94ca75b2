import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct PlaintextAfterFailedTLSTests {
    fileprivate static let second: Int64 = 1_000_000_000

    /// A session that began so many seconds behind the capture's start, and took one.
    fileprivate func session(_ number: UInt64, at seconds: Int64) -> MailSession {
        sample().greet().with {
            $0.id = SessionID(high: 7, low: number)
            $0.transport.start = Timestamp(nanoseconds: Sample.start.nanoseconds + seconds * Self.second)
            $0.transport.end = Timestamp(nanoseconds: $0.transport.start.nanoseconds + Self.second)
            $0.transport.firstFrame = Self.frame(at: seconds)
        }
    }

    /// A thousand frames go by in a second; sessions may begin before the capture does.
    private static func frame(at seconds: Int64, _ number: UInt64 = 1) -> FrameNumber {
        FrameNumber(UInt64(max(0, seconds)) * 1000 + number)
    }

    /// Its alert comes in the 21st frame.
    fileprivate func failed(_ number: UInt64 = 1, at seconds: Int64 = 0) throws -> MailSession {
        let sent = try Sample.alert(40, from: .server)
        let alert = SentAlert(
            alert: sent.alert, sender: sent.sender, frame: Self.frame(at: seconds, 21), offset: sent.offset)
        return session(number, at: seconds).handshake(completed: false) { $0.failure = .alert(alert) }
    }

    fileprivate func clear(_ number: UInt64 = 2, at seconds: Int64 = 5) -> MailSession {
        session(number, at: seconds).sendMessage()
    }

    private func findings(
        _ sessions: [MailSession], window: Int64 = RetryMemory.defaultWindow, remembering: Bool = false
    ) -> [Finding] {
        var judge = Judge(rules: [PlaintextAfterFailedTLS.self])
        var hops = HopTable(retryWindow: window)
        var retries = RetryTable(window: window)
        for session in sessions {
            let judged = judge.judge(session)
            if remembering { retries.remember(session) } else { hops.add(judged) }
        }
        return (hops.sorted + retries.followed).flatMap { judge.conclude($0, at: Sample.start).findings }
    }

    @Test func aDeliveryInClearBehindAFailure() throws {
        for remembering in [false, true] {
            let finding = try #require(
                findings([try failed(), clear()], remembering: remembering).first)
            #expect(finding.severity == .medium)
            #expect(finding.certainty == .likely)
            #expect(finding.sentence.contains("4 seconds later"))
            #expect(finding.sentence.contains("cause undetermined"))
            #expect(finding.evidence.map(\.frame) == [FrameNumber(10), FrameNumber(21)])
        }
    }

    /// Sessions come in the order of their ends.
    @Test func theOrderOfEndsDoesNotMatter() throws {
        #expect(try findings([clear(), failed()]).count == 1)
    }

    @Test func beforeTheFailureOrLongAfterItFollowsNothing() throws {
        #expect(try findings([clear(at: 0), failed(at: 5)]).isEmpty)
        #expect(try findings([failed(at: 5), clear(at: 0)]).isEmpty)
        #expect(try findings([failed(), clear(at: 902)]).isEmpty)
        #expect(try findings([failed(), clear(at: 901)]).count == 1)
        #expect(try findings([failed(), clear(at: 12)], window: 10 * Self.second).isEmpty)
        #expect(try findings([failed(), clear()], window: 0).isEmpty)
    }

    /// Connections side by side: the one that delivers was open before the other failed, and answers nothing.
    @Test func aConnectionThatWasOpenBeforeTheFailureIsNoAnswerToIt() throws {
        let failure = try failed(at: 0)
        let beside = clear(at: 0).with { $0.transport.firstFrame = Self.frame(at: 0, 5) }
        #expect(findings([failure, beside]).isEmpty)
        #expect(findings([beside, failure]).isEmpty)
        let behind = clear(at: 0).with { $0.transport.firstFrame = Self.frame(at: 0, 25) }
        #expect(findings([failure, behind]).count == 1)
    }

    /// Files that were captured at the same time are read in turns: which one comes first among their names tells nothing.
    @Test func framesOfAnotherFileAreComparedByWhenTheyCame() throws {
        let failure = try failed()
        for file: UInt32 in [0, 1] {
            let other = { (order: UInt64) in
                self.clear(at: 0).with { $0.transport.firstFrame = FrameNumber(file: file, 9000, order: order) }
            }
            #expect(findings([failure, other(20)]).isEmpty)
            #expect(findings([failure, other(22)]).count == 1)
        }
    }

    /// Both sides had their keys: that anything failed is a guess.
    @Test func whoLeavesBehindTheHandshakeNeedNotHaveFailed() throws {
        let left = session(1, at: 0).handshake {
            $0.clientRecords.count = 2
            $0.serverRecords.count = 1
        }.with { $0.transport.fin = FINFacts(side: .client, frame: FrameNumber(30), offset: nil, acknowledged: nil) }
        let finding = try #require(findings([left, clear()]).first)
        #expect(finding.certainty == .possible)
        #expect(!finding.sentence.contains("TLS failed"))
        #expect(finding.sentence.contains("ended right behind its TLS handshake"))
    }

    @Test func aLateDeliveryIsOnlyPossible() throws {
        #expect(try #require(findings([try failed(), clear(at: 120)]).first).certainty == .possible)
    }

    @Test func refusedAndCutCountAsFailures() throws {
        let refused = session(1, at: 0).beginTLS().with {
            $0.startTLS.reply = Sample.reply(454, "no", frame: 9)
            $0.startTLS.afterRefusal = .quit
        }
        #expect(findings([refused, clear()]).first?.evidence.last?.frame == FrameNumber(9))
        let cut = session(1, at: 0).handshake {
            $0.clientRecords.count = 2
            $0.serverRecords.count = 1
        }.with { $0.transport.fin = FINFacts(side: .server, frame: FrameNumber(30), offset: nil, acknowledged: nil) }
        #expect(findings([cut, clear()]).first?.evidence.last?.frame == FrameNumber(30))
    }

    @Test func aDeliveryInsideTLSIsNoFailure() {
        let delivered = session(1, at: 0).handshake {
            $0.clientRecords.count = 7
            $0.serverRecords.count = 7
        }
        #expect(findings([delivered, clear()]).isEmpty)
    }

    @Test func aCloseIsNoFailure() throws {
        let notify = try Sample.alert(0)
        let closed = session(1, at: 0).handshake(completed: false) { $0.failure = .alert(notify) }
        #expect(findings([closed, clear()]).isEmpty)
    }

    /// A scanner tries one thing after another and leaves without mail.
    @Test func whoSendsNoMailFallsBackToNothing() throws {
        #expect(try findings([failed(), session(2, at: 5)]).isEmpty)
    }

    @Test func refusedSendersWeighLess() throws {
        let refused = session(2, at: 5).nameEnvelope(recipients: 0).with {
            $0.smtp?.transactions[0].mailReply = Observed(ReplyCode(550), in: FrameNumber(11))
        }
        #expect(try #require(findings([try failed(), refused]).first).severity == .low)
    }

    @Test func anotherNameBehindTheAddressIsOnlyPossible() throws {
        let other = clear().with { $0.smtp?.clientName = Observed(QuotedText("other.test"), in: FrameNumber(5)) }
        let finding = try #require(findings([try failed(), other]).first)
        #expect(finding.certainty == .possible)
        #expect(finding.sentence.contains("under another name"))
    }

    @Test func otherHostsFollowNothing() throws {
        let other = clear().with { $0.client = Endpoint(IPAddress(v4: 0xC000_020B), 34004) }
        #expect(try findings([failed(), other]).isEmpty)
        let server = clear().with { $0.server = Endpoint(IPAddress(v4: 0xC000_021A), 25) }
        #expect(try findings([failed(), server]).isEmpty)
    }

    @Test func withinOneHostNothingFalls() throws {
        func local(_ session: MailSession) -> MailSession {
            session.with { $0.client = Endpoint($0.server.address, 40_000) }
        }
        #expect(try findings([local(failed()), local(clear())]).isEmpty)
    }

    @Test func manyAreCountedInBoundedMemory() throws {
        var sessions: [MailSession] = []
        for number in 0..<40 as Range<UInt64> {
            sessions.append(try failed(2 * number + 1, at: Int64(number) * 3))
            sessions.append(clear(2 * number + 2, at: Int64(number) * 3 + 1))
        }
        let finding = try #require(findings(sessions).first)
        #expect(finding.sentence.contains("40 times"))
    }

    @Test func partsOfAHopAreMerged() throws {
        var judge = Judge(rules: [PlaintextAfterFailedTLS.self])
        var one = HopTable()
        var other = HopTable()
        one.add(judge.judge(try failed()))
        other.add(judge.judge(clear()))
        one.merge(other)
        #expect(one.sorted.flatMap { judge.conclude($0, at: Sample.start).findings }.count == 1)
    }

    @Test func partsOfWhatIsRememberedAreMerged() throws {
        let judge = Judge(rules: [PlaintextAfterFailedTLS.self])
        for failureIsHere in [true, false] {
            var one = RetryTable()
            var other = RetryTable()
            if failureIsHere { one.remember(try failed()) } else { other.remember(try failed()) }
            if failureIsHere { other.remember(clear()) } else { one.remember(clear()) }
            one.merge(other)
            #expect(one.followed.flatMap { judge.conclude($0, at: Sample.start).findings }.count == 1)
        }
        // What nothing followed is left where it is, and what something followed is taken over.
        var whole = RetryTable()
        var idle = RetryTable()
        var busy = RetryTable()
        idle.remember(try failed())
        busy.remember(try failed())
        busy.remember(clear())
        whole.merge(idle)
        #expect(whole.count == 0)
        whole.merge(busy)
        #expect(whole.followed.map(\.followers) == [1])
    }

    /// The same session of another client.
    private func from(_ number: UInt32, _ session: MailSession) -> MailSession {
        session.with { $0.client = Endpoint(IPAddress(v4: 0x0A00_0000 + number), 40_000) }
    }

    @Test func aHopIsChargedForWhatItRemembers() throws {
        var table = RetryTable(budget: 100_000)
        for number in 1...1000 as ClosedRange<UInt32> { table.remember(from(number, try failed())) }
        // Some six hundred octets each.
        let full = table.count
        #expect(full > 100 && full < 300)
        #expect(table.hopsNotItemized == 1000 - full)
        // Those that are known go on.
        let known = table.remember(from(1, clear()))
        #expect(known)
        let unknown = table.remember(from(1000, clear()))
        #expect(!unknown)
        // All leave their room when they are forgotten; one has something to tell.
        let later = Timestamp(nanoseconds: Sample.start.nanoseconds + 3600 * Self.second)
        #expect(table.takeSettled(at: later).map(\.followers) == [1])
        #expect(table.count == 0)
        #expect(table.cost == 0)
        for number in 1...1000 as ClosedRange<UInt32> { table.remember(from(number, try failed())) }
        #expect(table.count == full)
    }

    @Test func hopsThatAreKnownStayWithinTheBudget() throws {
        var table = RetryTable(budget: 100_000)
        let hops = 1...150 as ClosedRange<UInt32>
        for number in hops { table.remember(from(number, try failed())) }
        let count = table.count
        // Whoever owns many addresses comes again with all of them until nothing more is kept of any.
        for round in 1...20 as ClosedRange<UInt64> {
            for number in hops {
                table.remember(from(number, try failed(2 * round, at: Int64(round) * 3)))
                table.remember(from(number, clear(2 * round + 1, at: Int64(round) * 3 + 1)))
            }
        }
        #expect(table.count == count)
        // What comes last may be a pair of attempts.
        #expect(table.cost < 100_000 + 4096)
        // The first ones are told of, the others counted.
        let told = table.followed.flatMap {
            Judge(rules: [PlaintextAfterFailedTLS.self]).conclude($0, at: Sample.start).findings
        }
        #expect(told.count > 10 && told.count < count)
        #expect(told.allSatisfy { $0.sentence.contains("20 times") || $0.sentence.contains("21 times") })
        #expect(table.hopsNotItemized >= count - told.count)
    }

    @Test func hopsThatHaveNothingLeftAreForgotten() throws {
        // Deliveries fill the budget before the failures that they follow come: of some neither is kept then.
        var table = RetryTable(budget: 100_000)
        for round in 0..<40 as Range<UInt64> {
            for number in 1...150 as ClosedRange<UInt32> { table.remember(from(number, clear(100 + round, at: 5))) }
        }
        #expect(table.cost >= 100_000)
        let refused = table.hopsNotItemized
        for number in 1...150 as ClosedRange<UInt32> { table.remember(from(number, try failed())) }
        #expect(table.hopsNotItemized > refused)
        #expect(table.cost < 100_000 + 4096)
        let later = Timestamp(nanoseconds: Sample.start.nanoseconds + 3600 * Self.second)
        _ = table.takeSettled(at: later)
        #expect(table.count == 0)
        #expect(table.cost == 0)
    }

    @Test func hopsBeyondTheLimitAreToldApart() throws {
        var one = RetryTable(limit: 2)
        for number in [1, 2, 3, 4, 4, 5, 1] as [UInt32] { one.remember(from(number, try failed())) }
        #expect(one.count == 2)
        #expect(one.hopsNotItemized == 2)
        var other = RetryTable(limit: 2)
        for number in [6, 7, 3, 8] as [UInt32] { other.remember(from(number, try failed())) }
        one.merge(other)
        // 3 and 4, 3 and 8.
        #expect(one.hopsNotItemized == 3)
    }
}

/// What is known of a hop while it is watched.
extension PlaintextAfterFailedTLSTests {
    private func told(_ hop: Hop?) -> [String] {
        hop.map { Judge(rules: [PlaintextAfterFailedTLS.self]).conclude($0, at: Sample.start).findings.map(\.sentence) }
            ?? []
    }

    @Test func aDeliveryIsForeseenAndNotKept() throws {
        var table = RetryTable()
        #expect(table.foreseen(clear()) == nil)
        // Nothing is to be said of it yet.
        let isNews = table.remember(try failed())
        #expect(!isNews)
        #expect(told(table.hop(of: try failed())).isEmpty)
        let foreseen = told(table.foreseen(clear()))
        #expect(foreseen.count == 1)
        #expect(table.followed.flatMap(told).isEmpty)
        // Not before content was seen: the client may yet begin TLS.
        #expect(table.foreseen(session(2, at: 5)) == nil)
        let isNewsThen = table.remember(clear())
        #expect(isNewsThen)
        #expect(told(table.hop(of: clear())) == foreseen)
    }

    @Test func whatCannotBeFollowedAnyMoreIsTakenOut() throws {
        var table = RetryTable(window: 10 * Self.second)
        _ = table.remember(try failed())
        let later = { (seconds: Int64) in Timestamp(nanoseconds: Sample.start.nanoseconds + seconds * Self.second) }
        #expect(table.takeSettled(at: later(21)).isEmpty)
        #expect(table.count == 1)
        // Nothing followed on it, so nothing is to be said of it.
        #expect(table.takeSettled(at: later(22)).isEmpty)
        #expect(table.count == 0)
        table.remember(try failed())
        table.remember(clear())
        #expect(table.takeSettled(at: later(22)).map(\.followers) == [1])
    }
}

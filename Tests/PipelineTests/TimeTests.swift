import Sessions
import Support
import Testing
import Wire

@testable import Pipeline

/// Stamps of a capture may be absurd, go back, or say nothing: what is alive stays so, and what is over ends.
@Suite struct TimeTests {
    private static let second: Int64 = 1_000_000_000
    private static let minute: Int64 = 60 * second
    private static let year: Int64 = 365 * 24 * 60 * minute

    /// Far from any time that the frames around it may have.
    private static func absurd(_ random: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0...5, using: &random) {
        case 0: 0
        case 1: .max
        case 2: .min
        case 3: Conversation.start + 37 * year
        case 4: Conversation.start - 11 * year
        default: Int64.random(in: .min ... .max, using: &random)
        }
    }

    // MARK: The clock

    /// Runs of frames too short to be believed change nothing of what honest frames say.
    @Test(arguments: 0..<400 as Range<UInt64>) func aFewAbsurdStampsAreNoTime(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var honest = CaptureClock()
        var disturbed = CaptureClock()
        var time = Conversation.start
        for frame in 0..<300 {
            // Mostly forward, sometimes a little back, up to most of an hour.
            time += Int64.random(in: -50_000_000...(frame % 40 == 0 ? 50 * Self.minute : 90_000_000), using: &random)
            _ = honest.observe(Timestamp(nanoseconds: time))
            _ = disturbed.observe(Timestamp(nanoseconds: time))
            #expect(disturbed.now == honest.now, "seed \(seed), frame \(frame)")
            for _ in 0..<Int.random(in: 0..<CaptureClock.needed, using: &random) {
                let stamp = Timestamp(nanoseconds: Self.absurd(&random))
                let distance = stamp.since(Timestamp(nanoseconds: time))
                guard distance > 3 * 60 * Self.minute || distance < -3 * 60 * Self.minute else { continue }
                _ = disturbed.observe(stamp)
            }
        }
    }

    /// What the capture says of its period: a few absurd stamps are no part of it, wherever they are, and are counted; what goes
    /// on long enough is.
    @Test(arguments: [0, 1, 20, 59], [37 * year, -11 * year])
    func aFewAbsurdStampsAreNoPeriod(_ place: Int, _ far: Int64) {
        for count in [1, CaptureClock.needed - 1, CaptureClock.needed] where place < 59 || count == 1 {
            var clock = CaptureClock()
            for frame in 0..<60 {
                let isAbsurd = frame >= place && frame < place + count
                let time = Conversation.start + Int64(frame) * Self.second + (isAbsurd ? far : 0)
                _ = clock.observe(Timestamp(nanoseconds: time))
            }
            // At the end nobody contradicts it; eight in a row are believed.
            let isBelieved = place == 59 || count == CaptureClock.needed
            let period = clock.span.map { $0.latest.since($0.earliest) } ?? -1
            #expect((period > Self.year) == isBelieved, "\(count) at \(place)")
            // Fewer than are believed, at the beginning, are those that leapt where more follow that agree.
            let before = count == CaptureClock.needed && place < count ? place : 0
            #expect(clock.contradicted == UInt64(isBelieved ? before : count), "\(count) at \(place)")
            if !isBelieved { #expect(period == Int64(place == 0 ? 59 - count : 59) * Self.second) }
        }
    }

    /// Hours without a packet are no contradiction, and neither are files of other days in any order.
    @Test(arguments: [false, true]) func quietHoursBelongToThePeriod(_ isInFiles: Bool) {
        let hours: [Int64] = isInFiles ? [72, 24, 48, 0, 20] : [0, 3, 5, 30, 55]
        var clock = CaptureClock()
        for hour in hours {
            if isInFiles { clock.noteFile() }
            for frame in 0..<4 as Range<Int64> {
                let time = Conversation.start + hour * 60 * Self.minute + frame * Self.second
                _ = clock.observe(Timestamp(nanoseconds: time))
            }
        }
        let span = clock.span
        #expect(clock.contradicted == 0)
        #expect(span?.earliest == Timestamp(nanoseconds: Conversation.start))
        let last = (hours.max() ?? 0) * 60 * Self.minute + 3 * Self.second
        #expect(span?.latest == Timestamp(nanoseconds: Conversation.start + last))
    }

    /// A clock that was set, or a file of another day: a pause, and then time goes on as before.
    @Test(arguments: 0..<400 as Range<UInt64>) func aLeapIsAPauseAndTimeGoesOn(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var clock = CaptureClock()
        for stretch in 0..<6 {
            let before = clock.now
            var time = stretch == 0 ? Conversation.start : Self.absurd(&random) / 4
            for _ in 0..<CaptureClock.needed + 1 {
                _ = clock.observe(Timestamp(nanoseconds: time))
                time += Self.second
            }
            let after = try #require(clock.now)
            if let before {
                #expect(after >= before)
                #expect(after.since(before) <= CaptureClock.pause + 20 * Self.second, "seed \(seed)")
            }
            for _ in 0..<100 {
                _ = clock.observe(Timestamp(nanoseconds: time))
                time += Self.minute
            }
            #expect(try #require(clock.now).since(after) >= 99 * Self.minute, "seed \(seed): time stands still")
        }
    }

    /// A quiet capture, whose every frame comes hours after the one before.
    @Test func timePassesInAQuietCapture() throws {
        var clock = CaptureClock()
        for hour in stride(from: 0, through: 200, by: 2) as StrideThrough<Int64> {
            _ = clock.observe(Timestamp(nanoseconds: Conversation.start + hour * 60 * Self.minute))
        }
        #expect(try #require(clock.now).since(Timestamp(nanoseconds: Conversation.start)) > 60 * Self.minute)
    }

    @Test(arguments: 0..<400 as Range<UInt64>) func theClockNeverGoesBack(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var clock = CaptureClock()
        var last: Timestamp?
        for _ in 0..<500 {
            _ = clock.observe(Timestamp(nanoseconds: Self.absurd(&random)))
            let now = try #require(clock.now)
            if let last { #expect(now >= last) }
            last = now
        }
    }

    // MARK: Connections

    private static func dialogue(_ clientPort: UInt16, at time: Int64, step: Int64) -> [Segment] {
        var talk = Conversation(clientPort: clientPort, at: time)
        talk.step = step
        Dialogue.full.speak(&talk)
        return talk.segments
    }

    /// Many dialogues at once, in the order of time.
    private static func dialogues(_ count: UInt16, _ random: inout SeededGenerator) -> [Segment] {
        let all = (0..<count).flatMap { number in
            dialogue(
                20_000 + number, at: Conversation.start + Int64.random(in: 0...minute, using: &random),
                step: Int64.random(in: 1...20 * second, using: &random))
        }
        return all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    private static func facts(_ segments: [Segment]) -> [UInt16: [SessionFacts]] {
        Dictionary(grouping: Observer.observe(segments).sessions) { $0.client.port }.mapValues { $0.map(\.facts) }
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func absurdStampsEndNoSession(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let segments = Self.dialogues(6, &random)
        var stamped = segments
        var index = 0
        while index < stamped.count {
            for _ in 0..<Int.random(in: 0..<CaptureClock.needed, using: &random) where index < stamped.count {
                stamped[index].time = Self.absurd(&random)
                index += 1
            }
            index += Int.random(in: 1...12, using: &random)
        }
        #expect(Self.facts(stamped) == Self.facts(segments), "seed \(seed)")
    }

    /// Certificates are held against the beginning: one frame with an absurd stamp must not move that.
    @Test(arguments: [37 * year, -11 * year]) func anAbsurdStampMovesNoBeginning(_ distance: Int64) throws {
        let segments = Self.dialogue(20_000, at: Conversation.start, step: Self.second)
        for place in segments.indices {
            var stamped = segments
            stamped[place].time += distance
            let sessions = Observer.observe(stamped).sessions
            #expect(sessions.count == 1)
            let transport = try #require(sessions.first?.transport)
            let opening = Timestamp(nanoseconds: segments[distance > 0 && place == 0 ? 1 : 0].time)
            // Before the opening frame's stamp there is nothing to hold the others against but their number.
            let isRight = transport.start == opening || distance < 0 && place < 2
            #expect(isRight, "frame \(place + 1): \(transport.start)")
            let last = try #require(segments.last).time
            let isPlausible =
                !transport.stampsDisagree && transport.end.nanoseconds <= last
                && transport.end.since(transport.start) < Self.year
            #expect(isPlausible == (distance > 0 && place == 0), "frame \(place + 1)")
        }
    }

    /// Of two packets whose stamps contradict each other, those behind them tell which was wrong.
    @Test(arguments: [0, 1]) func anOpeningThatIsContradictedIsDoubtful(_ place: Int) throws {
        var stamped = Self.dialogue(20_000, at: Conversation.start, step: Self.second)
        let isAhead = place == 0
        stamped[place].time += (isAhead ? 3 : -3) * 24 * 60 * Self.minute
        let transport = try #require(Observer.observe(stamped).sessions.first?.transport)
        // All that follow agree with the second packet where the opening one was wrong, and else none does.
        #expect(transport.stampsDisagree == !isAhead)
        if isAhead { #expect(transport.start == Timestamp(nanoseconds: stamped[1].time)) }
    }

    /// No SYN waits for hours, whatever else a session of so many packets may take: one of the stamps is wrong.
    @Test(arguments: [2, 20, 40]) func anOpeningLongBeforeTheOthersIsDoubtful(_ hours: Int64) throws {
        var stamped = Self.dialogue(20_000, at: Conversation.start, step: Self.second)
        stamped[0].time -= hours * 60 * Self.minute
        let transport = try #require(Observer.observe(stamped).sessions.first?.transport)
        #expect(transport.stampsDisagree)
        stamped[0].time += hours * 60 * Self.minute - 3 * Self.second
        #expect(try #require(Observer.observe(stamped).sessions.first?.transport).stampsDisagree == false)
    }

    /// The capturing host's clock is set while dialogues are going on.
    @Test(arguments: 0..<60 as Range<UInt64>) func aClockThatIsSetEndsNoSession(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let segments = Self.dialogues(6, &random)
        var stamped = segments
        for start in [segments.count / 3, segments.count * 2 / 3] {
            let shift = Int64.random(in: -30 * Self.year...30 * Self.year, using: &random)
            for index in start..<stamped.count { stamped[index].time += shift }
        }
        #expect(Self.facts(stamped) == Self.facts(segments), "seed \(seed)")
    }

    @Test(arguments: [0, -1, .min, .max, Conversation.start] as [Int64])
    func stampsThatAreAllTheSameTellNothing(_ stamp: Int64) {
        var random = SeededGenerator(seed: 1)
        let segments = Self.dialogues(6, &random)
        var stamped = segments
        for index in stamped.indices { stamped[index].time = stamp }
        #expect(Self.facts(stamped) == Self.facts(segments))
    }

    @Test func stampsThatGoBackFrameByFrameTellNothing() {
        var random = SeededGenerator(seed: 2)
        let segments = Self.dialogues(6, &random)
        for step in [1000, Self.second, 2 * 60 * Self.minute, Self.year] {
            var stamped = segments
            for index in stamped.indices { stamped[index].time = Conversation.start - Int64(index) * step }
            #expect(Self.facts(stamped) == Self.facts(segments))
        }
    }

    /// Whatever stamps come between: what is silent for half an hour of honest frames is over before the capture is.
    @Test(arguments: 0..<60 as Range<UInt64>) func absurdStampsDoNotStopExpiry(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var silent = Conversation(clientPort: 20_000)
        silent.open()
        silent.s("220 mx.example.org ESMTP")
        var lively = Conversation(clientPort: 20_001, at: silent.time)
        lively.step = Self.minute / 2
        lively.open()
        lively.s("220 mx.example.org ESMTP")
        for _ in 0..<60 {
            lively.c("NOOP")
            lively.s("250 ok")
        }
        var segments = silent.segments + lively.segments
        var index = silent.segments.count
        while index < segments.count {
            for _ in 0..<Int.random(in: 0..<CaptureClock.needed, using: &random) where index < segments.count {
                segments[index].time = Self.absurd(&random)
                index += 1
            }
            index += Int.random(in: 1...4, using: &random)
        }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.map(\.client.port) == [20_000, 20_001], "seed \(seed)")
        #expect(sessions.map(\.transport.state) == [.timedOut, .open], "seed \(seed)")
    }

    /// A piece that is waited for is not given up since a frame of another connection is stamped oddly, or its own.
    @Test(arguments: 0..<300 as Range<UInt64>) func absurdStampsOpenNoHole(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tap = Tap(seed: seed)
        let seen = tap.see(Dialogue.full.segments)
        var stamped = seen
        for index in stamped.indices where Int.random(in: 0...5, using: &random) == 0 {
            stamped[index].time = Self.absurd(&random)
        }
        #expect(
            difference(Observer.observe(stamped).sessions, from: Observer.observe(seen).sessions.map(\.facts)) == nil,
            "seed \(seed)")
    }
}

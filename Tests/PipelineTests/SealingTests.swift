import Sessions
import Support
import Testing

@testable import Pipeline
@testable import Wire

/// A connection that nothing happens to is kept as what tells it from others of its kind.
@Suite struct SealingTests {
    /// Nothing is forgotten, at whichever place of a dialogue that is done.
    @Test func aConnectionIsAsItWas() throws {
        var sealings = 0
        for dialogue in try RecordedDialogue.all() {
            let frames = PacketBuilder().frames(dialogue.segments)
            _ = Observer.observe(
                frames, .ethernet,
                behindEach: { tracker in
                    for slot in 0..<tracker.connections.slotCount where tracker.flows.isTaken(slot) {
                        guard tracker.connections[slot].maySeal(evenInClear: true) else { continue }
                        sealings += 1
                        #expect(isUnchanged(slot, in: &tracker), "\(dialogue), sealing \(sealings)")
                    }
                })
        }
        #expect(sealings > 500)
    }

    private func isUnchanged(_ slot: Int, in tracker: inout ConnectionTracker) -> Bool {
        tracker.connections[slot].tellSkipped()
        var before = tracker.connections[slot]
        let counted = before.countedState
        before.countedState = before.fullCost()
        let growth = tracker.connections.seal(slot)
        #expect(!tracker.connections.isAwake(slot) && tracker.connections.serial(of: slot) == before.serial)
        #expect(tracker.connections.lastSeen(of: slot) == before.lastSeen)
        #expect(tracker.connections.firstFrame(of: slot) == before.transport.firstFrame)
        #expect(growth + tracker.connections.wake(slot) == before.countedState - counted)
        return tracker.connections[slot] == before
    }

    /// By such a clock nobody is ever silent long enough to be looked at.
    @Test func byAClockThatStandsStillWhatIsOverDoesNotWaitWithoutEnd() {
        var frames: [BuiltFrame] = []
        for number in 0..<3000 as Range<UInt16> {
            var talk = Conversation(clientPort: 20_000 + number)
            talk.step = 0
            Dialogue.brief.speak(&talk)
            frames += PacketBuilder().frames(talk.segments)
        }
        var options = Observer.options
        options.maximumClosing = 16
        var longest = 0
        let (sessions, _) = Observer.observe(
            frames, .ethernet, options: options, behindEach: { longest = max(longest, $0.quiet.count) })
        #expect(sessions.count == 3000)
        #expect(longest > 1000 && longest < 2200)
    }

    // MARK: Many of one kind

    private static func opened(
        _ number: UInt32, name: String = "client.example.net", greeting: String = "ready", at time: Int64
    ) -> Conversation {
        var talk = Conversation(
            clientPort: UInt16(20_000 + number), clientISN: 77_777 &* number, serverISN: 99_999 &* number, at: time)
        talk.step = 1_000_000 + Int64(number)
        talk.open()
        talk.s("220 mx.example.org ESMTP \(greeting)")
        talk.c("EHLO \(name)")
        talk.s("250-mx.example.org", "250-PIPELINING", "250-SIZE 10240000", "250-STARTTLS", "250 8BITMIME")
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready to start TLS")
        talk.shakeHands()
        return talk
    }

    private static let record: [UInt8] = [23, 3, 3, 0, 40] + [UInt8](repeating: 0xA5, count: 40)

    /// Talks in the order of time, with something behind them all that shows that time has passed.
    private static func frames(_ talks: [Conversation], pause: Int64 = 3_000_000_000) -> [BuiltFrame] {
        let segments = talks.flatMap(\.segments).sorted { $0.time < $1.time }
        var later = Conversation(clientPort: 10_000, at: (segments.last?.time ?? 0) + pause)
        later.open()
        return PacketBuilder().frames(segments + later.segments)
    }

    @Test func whatIsAlikeIsKeptOnce() {
        let talks = (0..<300 as Range<UInt32>).map { Self.opened($0, at: Conversation.start + Int64($0) * 100_000) }
        let frames = Self.frames(talks)
        var costs: [Int] = []
        let seen = Observer.observe(frames, .ethernet, behindEach: { costs.append($0.stateCost) })
        #expect(seen.sessions.count == 300 && seen.sessions.allSatisfy { $0.tls?.completed == true })
        // Two kinds at most, since the one that shows its server's certificate before others pays for it.
        #expect(costs.max() ?? 0 > 300 * 2000)
        #expect((costs.last ?? .max) < 300 * 400 + 20_000, "\(costs.last ?? 0)")
        for (session, talk) in zip(seen.sessions.sorted { $0.client < $1.client }, talks) {
            #expect(session.client == talk.client && session.transport.start.nanoseconds == talk.segments[0].time)
        }
    }

    @Test func whatDiffersInTextsIsAlike() {
        let talks = (0..<300 as Range<UInt32>).map {
            Self.opened(
                $0, name: "client\($0).example.net", greeting: "number \($0)",
                at: Conversation.start + Int64($0) * 100_000)
        }
        var costs: [Int] = []
        let seen = Observer.observe(Self.frames(talks), .ethernet, behindEach: { costs.append($0.stateCost) })
        #expect((costs.last ?? .max) < 300 * 1000 + 20_000, "\(costs.last ?? 0)")
        for session in seen.sessions {
            let number = Int(session.client.port) - 20_000
            #expect(session.smtp?.clientName?.value.full == "client\(number).example.net")
            #expect(session.smtp?.greeting?.value.text.full == "mx.example.org ESMTP number \(number)")
        }
    }

    @Test func itGoesOnWithItsNextPacket() throws {
        let alone = try Self.resumed(behind: 0)
        let sealed = try Self.resumed(behind: 30_000_000_000)
        #expect(alone.sealings == 0 && sealed.sealings == 3)
        for session in [alone.session, sealed.session] {
            #expect(session.tls?.clientRecords.count == 4 && session.tls?.serverRecords.count == 4)
            #expect(session.transport.state == .closed)
        }
        #expect(alone.session.facts == sealed.session.facts)
    }

    /// A session with three pauses, in which another one shows that time has passed, and how often it was sealed.
    private static func resumed(behind pause: Int64) throws -> (session: MailSession, sealings: Int) {
        var talk = opened(1, at: Conversation.start)
        var other = opened(2, at: Conversation.start - 1_000_000_000)
        for _ in 0..<3 {
            talk.time += pause
            other.time = talk.time - 100_000_000
            other.send(record, from: .client)
            talk.send(record, from: .client)
            talk.send(record, from: .server)
        }
        talk.close()
        let segments = (talk.segments + other.segments).sorted { $0.time < $1.time }
        var (sealings, wasAwake) = (0, true)
        let sessions = Observer.observe(
            PacketBuilder().frames(segments), .ethernet,
            behindEach: { tracker in
                // The other one has the slot before it.
                let slot = 1
                guard tracker.connections.slotCount > slot else { return }
                let isAwake = tracker.connections.isAwake(slot)
                if wasAwake, !isAwake, tracker.flows.isTaken(slot) { sealings += 1 }
                wasAwake = isAwake
            }
        ).sessions
        return (try #require(sessions.first { $0.client.port == 20_001 }), sealings)
    }

    @Test func itExpiresWithoutBeingAwake() {
        let frames = Self.frames([Self.opened(1, at: Conversation.start)], pause: 3_000_000_000)
        var later = Conversation(clientPort: 10_001, at: Conversation.start + 1_900_000_000_000)
        later.open()
        let seen = Observer.observe(frames + PacketBuilder().frames(later.segments), .ethernet)
        #expect(seen.sessions.count == 1 && seen.sessions[0].transport.state == .timedOut)
    }

    // MARK: Parts

    @Test func numbersComeBack() {
        var taken = Particulars(behind: FrameNumber(7), Timestamp(nanoseconds: .max), in: [])
        let numbers: [Int64] = [0, 1, -1, 63, 64, -64, -65, 1 << 40, .max, .min]
        var others = numbers
        for index in others.indices { taken.exchange(&others[index]) }
        var (frame, same) = (FrameNumber(file: 3, 9), FrameNumber(file: 3, 9))
        var (time, offset, next, word) = (Timestamp(nanoseconds: .min), Int64.max, Int64(-5), UInt32.max)
        func pass(_ particulars: inout Particulars) {
            particulars.exchange(&frame)
            particulars.exchange(&same)
            particulars.exchange(&time)
            particulars.exchange(offset: &offset)
            particulars.relate(offset: &next)
            particulars.exchange(&word, expected: 1)
        }
        pass(&taken)
        #expect(others.allSatisfy { $0 == 0 } && frame != FrameNumber(file: 3, 9) && offset == 0)
        var put = Particulars(taken.octets, taken.texts, behind: FrameNumber(7), Timestamp(nanoseconds: .max))
        for index in others.indices { put.exchange(&others[index]) }
        pass(&put)
        #expect(others == numbers && frame == FrameNumber(file: 3, 9) && same == frame)
        #expect(time == Timestamp(nanoseconds: .min) && offset == .max && next == -5 && word == .max)
    }

    @Test func aValueGoesWithItsLastUser() {
        var values = SharedValues<Int>()
        let numbers = (0..<40).map { values.number(of: $0, UInt64($0 % 2)).0 }
        #expect(values.count == 40)
        // More of a key are not compared with each other.
        #expect(values.number(of: 39, 1) == (numbers[39], false))
        #expect(values.number(of: 0, 0).isNew)
        for (value, number) in numbers.enumerated().reversed() {
            let taken = values.take(number)
            #expect(taken.0 == value && taken.isLast == (value != 39))
        }
        #expect(values.count == 2)
        #expect(values.number(of: 7, 1).isNew)
    }
}

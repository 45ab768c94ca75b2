import Sessions
import Support
import Testing

@testable import Pipeline
@testable import Wire

/// What a pause makes overdue is ended bit by bit, and what is left of it counts as ended.
@Suite struct ExpiryTests {
    private static let idle = 2000
    /// Longer than a connection may be silent, and no leap of the clock.
    private static let pause: Int64 = 1_900_000_000_000

    /// Sessions without an end, a microsecond apart.
    private static func silent(_ count: Int = idle) -> [Segment] {
        (0..<UInt16(count)).flatMap { number in
            talk(20_000 + number, at: Conversation.start + Int64(number) * 1_000, isClosed: false)
        }
    }

    private static func talk(_ port: UInt16, at time: Int64, isClosed: Bool) -> [Segment] {
        var talk = Conversation(clientPort: port, at: time)
        talk.step = 1
        talk.open()
        Dialogue.plain.say(&talk)
        if isClosed { talk.close() }
        return talk.segments
    }

    /// Mail that comes behind the pause.
    private static func later(_ count: UInt16 = 1) -> [Segment] {
        (0..<count).flatMap { talk(60_000 + $0, at: Conversation.start + pause + Int64($0) * 1_000, isClosed: true) }
    }

    /// How many connections each of the frames behind the pause ended.
    private static func drops(_ segments: [Segment]) -> (drops: [Int], sessions: [MailSession]) {
        var counts: [Int] = []
        let frames = PacketBuilder().frames(segments)
        let seen = Observer.observe(frames, .ethernet, behindEach: { counts.append($0.flows.count) })
        return (zip(counts, counts.dropFirst()).map { $0 - $1 }.filter { $0 > 0 }, seen.sessions)
    }

    @Test func withEachPacketSomeAreEnded() throws {
        let (drops, sessions) = Self.drops(Self.silent() + Self.later())
        #expect(try #require(drops.first) > 30)
        #expect(try #require(drops.max()) < 400)
        #expect(drops.dropFirst().allSatisfy { $0 < 10 })
        // What is left when the capture ends was ended by silence, too.
        #expect(sessions.count { $0.transport.state == .timedOut } == Self.idle)
        #expect(sessions.count { $0.transport.state == .closed } == 1)
        #expect(sessions.count == Self.idle + 1)
    }

    @Test func enoughPacketsEndThemAll() {
        let frames = PacketBuilder().frames(Self.silent() + Self.later(300))
        var whiles = 0
        var isPending = false
        _ = Observer.observe(
            frames, .ethernet,
            behindEach: { tracker in
                isPending = tracker.expiry.pending != nil
                if isPending { whiles += 1 }
            })
        #expect(!isPending && whiles > 300)
    }

    /// Half of them are overdue with one packet, the others with the next one.
    @Test func whatBecomesOverdueMeanwhileIsEndedBySilence() {
        let silent = (0..<UInt16(Self.idle)).flatMap { number in
            Self.talk(20_000 + number, at: Conversation.start + Int64(number) * 50_000_000, isClosed: false)
        }
        let hosts = [1_850_000_000_000, 3_500_000_000_000 as Int64].map { behind in
            Array(Self.talk(60_000, at: Conversation.start + behind, isClosed: false).prefix(1))
        }
        let (sessions, _) = Observer.observe(silent + hosts.flatMap { $0 })
        #expect(sessions.count { $0.transport.state == .timedOut } == Self.idle)
    }

    @Test func thoseThatClosedAreForgottenBitByBit() throws {
        let closed = (0..<UInt16(Self.idle)).flatMap {
            Self.talk(20_000 + $0, at: Conversation.start + Int64($0) * 1_000, isClosed: true)
        }
        // Of the last one, which waits longest to be forgotten.
        let repeated = Array(closed.suffix(6)).map { segment in
            var late = segment
            late.time += 60_000_000_000
            return late
        }
        var options = Observer.options
        options.maximumClosing = Self.idle
        let (sessions, counters) = Observer.observe(closed + repeated, options: options)
        #expect(sessions.count == Self.idle)
        #expect(sessions.allSatisfy { $0.transport.state == .closed })
        #expect(counters.withoutPayload > 0)
    }

    @Test func noneOfThemTakesAnotherPacket() {
        let silent = Self.silent()
        var last = Conversation(
            clientPort: 20_000 + UInt16(Self.idle - 1), clientISN: 7_000_000, at: Conversation.start + Self.pause)
        last.s("421 4.4.2 mail.example.org Error: timeout exceeded")
        let (sessions, counters) = Observer.observe(silent + last.segments)
        let port = last.client.port
        #expect(sessions.filter { $0.client.port == port }.map(\.transport.state) == [.timedOut, .open])
        #expect(sessions.count == Self.idle + 1)
        #expect(counters.outOfWindow == 0)
    }

    @Test func noneOfThemCountsAsGivenUp() {
        var options = Observer.options
        options.maximumEstablished = Self.idle
        let (sessions, counters) = Observer.observe(Self.silent() + Self.later(40), options: options)
        #expect(counters.evicted == 0)
        #expect(sessions.count { $0.transport.state == .timedOut } == Self.idle)
    }
}

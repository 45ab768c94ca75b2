import Sessions
import Support
import Testing
import Wire

/// A reset ends a connection only if it was its side's, and reached the other.
@Suite struct ResetTests {
    private static let second: Int64 = 1_000_000_000

    private static func opening(_ talk: inout Conversation) {
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 AUTH PLAIN")
    }

    private static func login(_ talk: inout Conversation) {
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        talk.s("235 ok")
    }

    /// Appends a reset that somebody else sent in the name of `side`: the conversation knows nothing of it.
    private static func forge(_ talk: inout Conversation, by side: Side) -> Segment {
        var probe = talk
        probe.reset(by: side)
        return probe.segments[probe.segments.count - 1]
    }

    private static func observe(_ segments: [Segment]) -> [MailSession] {
        Observer.observe(segments.sorted { $0.time < $1.time }).sessions
    }

    @Test(arguments: [Side.client, .server], [0, 1, 3, 5, 25] as [Int64])
    func whatGoesOnBehindAResetIsTheSameSession(_ side: Side, _ pause: Int64) throws {
        var talk = Conversation()
        Self.opening(&talk)
        let forged = Self.forge(&talk, by: side)
        talk.time += Self.second * pause + 1_000_000
        Self.login(&talk)
        talk.c("NOOP")
        talk.time += 40 * Self.second
        talk.s("250 ok")
        talk.c("QUIT")
        talk.s("221 bye")
        let open = Self.observe(talk.segments + [forged])
        #expect(open.map(\.transport.state) == [.open])
        #expect(open.first?.smtp?.authentications.first?.outcome == .accepted)
        #expect(open.first?.smtp?.quit != nil)
        let reset = try #require(open.first?.transport.resets.first)
        #expect(open.first?.transport.resets.count == 1 && open.first?.transport.reset == nil)
        #expect(reset.side == side && reset.frame.number == 7 && reset.survival != nil)
        #expect(reset.follower != nil)
        talk.close()
        #expect(Self.observe(talk.segments + [forged]).map(\.transport.state) == [.closed])
    }

    /// One direction shows its own octets alone.
    @Test(arguments: [Side.client, .server]) func oneDirectionShowsItToo(_ side: Side) {
        var talk = Conversation()
        Self.opening(&talk)
        let forged = Self.forge(&talk, by: side)
        talk.time += 5 * Self.second
        Self.login(&talk)
        let sessions = Self.observe((talk.segments + [forged]).filter { $0.from == side })
        #expect(sessions.map(\.transport.state) == [.open])
        #expect(sessions.first?.transport.resets.first?.survival?.value == .continued)
    }

    @Test func aResetBehindWhichNothingComesEndsIt() throws {
        var talk = Conversation()
        Self.opening(&talk)
        talk.reset(by: .server)
        let session = try #require(Self.observe(talk.segments).first)
        #expect(session.transport.state == .reset)
        #expect(session.transport.reset?.value == .server)
        #expect(session.transport.resets.map(\.survival?.value) == [nil])
    }

    /// Whoever did not hear of it repeats itself, and is answered by more resets.
    @Test(arguments: [Side.client, .server]) func repetitionsDoNotRevokeIt(_ side: Side) throws {
        var talk = Conversation()
        Self.opening(&talk)
        var unheard = talk
        unheard.send(Conversation.octets(["NOOP"]), from: side.other)
        let late = try #require(unheard.segments.last)
        talk.reset(by: side)
        var segments = talk.segments
        for delay in [1, 3, 7, 15] as [Int64] {
            var repeated = late
            repeated.time += delay * Self.second
            var answer = try #require(talk.segments.last)
            answer.time += delay * Self.second + 1_000_000
            segments += [repeated, answer]
        }
        let sessions = Self.observe(segments)
        #expect(sessions.map(\.transport.state) == [.reset])
        #expect(sessions.first?.transport.reset?.value == side)
        #expect(sessions.first?.transport.lastFrame.number == UInt64(segments.count))
    }

    /// A tap shows what was sent before the reset after it.
    @Test(arguments: [Side.client, .server]) func reorderingDoesNotRevokeIt(_ side: Side) {
        var talk = Conversation()
        Self.opening(&talk)
        Self.login(&talk)
        talk.send(Conversation.octets(["NOOP"]), from: side)
        talk.reset(by: side)
        for shift in 1...6 {
            var segments = talk.segments
            let reset = segments.removeLast()
            segments.insert(reset, at: segments.count - shift)
            let sessions = Observer.observe(segments.restamped()).sessions
            #expect(sessions.map(\.transport.state) == [.reset], "\(shift) earlier")
        }
    }

    @Test(arguments: [1, 5, 20, 100] as [Int64]) func aSYNBehindAResetBeginsAnother(_ pause: Int64) {
        var first = Conversation()
        Self.opening(&first)
        first.reset(by: .client)
        var second = Conversation(
            clientISN: 2_000_000_000, serverISN: 3_000_000_000, at: first.time + pause * Self.second)
        Self.opening(&second)
        Self.login(&second)
        second.close()
        let sessions = Self.observe(first.segments + second.segments)
        #expect(sessions.map(\.transport.state) == [.reset, .closed])
        #expect(sessions.map { $0.smtp?.authentications.count } == [0, 1])
        // The same where neither SYN of it was captured.
        let joined = Self.observe(first.segments + second.segments.dropFirst(3))
        if pause > 2 { #expect(joined.map { $0.smtp?.authentications.count ?? 0 } == [0, 1]) }
    }

    @Test(arguments: [Side.client, .server], [0, 1, 5, 20] as [Int64])
    func aResetBehindBothEndsChangesNothing(_ side: Side, _ pause: Int64) {
        var talk = Conversation()
        Self.opening(&talk)
        talk.c("QUIT")
        talk.s("221 bye")
        talk.close()
        talk.time += pause * Self.second
        talk.reset(by: side)
        #expect(Self.observe(talk.segments).map(\.transport.state) == [.closed])
    }

    @Test func aResetFromOutsideTheWindowIsNone() throws {
        var talk = Conversation()
        Self.opening(&talk)
        var forged = Self.forge(&talk, by: .server)
        forged.sequence &+= 0x6000_0000
        talk.time += 5 * Self.second
        Self.login(&talk)
        let session = try #require(Self.observe(talk.segments + [forged]).first)
        #expect(session.transport.resets.isEmpty && session.transport.state == .open)
    }

    @Test func eachOfManyIsRevokedAndFewAreKept() throws {
        var talk = Conversation()
        Self.opening(&talk)
        var forged: [Segment] = []
        for _ in 0..<20 {
            forged.append(Self.forge(&talk, by: .server))
            talk.time += 3 * Self.second
            talk.c("NOOP")
            talk.s("250 ok")
        }
        talk.reset(by: .client)
        let sessions = Self.observe(talk.segments + forged)
        #expect(sessions.map(\.transport.state) == [.reset])
        let transport = try #require(sessions.first?.transport)
        #expect(transport.resets.count == TransportFacts.maximumResets)
        #expect(transport.resets.last?.side == .client && transport.resets.last?.survival == nil)
        #expect(transport.resets.dropLast().allSatisfy { $0.survival != nil })
    }

    /// What tells its sender from another host.
    @Test func fieldsOfTheResetAndOfWhatFollowsAreKept() throws {
        var talk = Conversation()
        Self.opening(&talk)
        var forged = Self.forge(&talk, by: .client)
        forged.options = [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0]
        talk.time += 5 * Self.second
        Self.login(&talk)
        let reset = try #require(Self.observe(talk.segments + [forged]).first?.transport.resets.first)
        #expect(reset.traits == PacketTraits(hopLimit: 64, identification: 1, window: 0xFFFF, timestamp: 9))
        #expect(reset.follower?.value == PacketTraits(hopLimit: 64, identification: 1, window: 0xFFFF, timestamp: nil))
        #expect(reset.follower?.frame.number == 8)
    }

    /// Options from the wire may be anything.
    @Test(arguments: [
        [8], [8, 10, 0], [8, 0, 0, 0], [2, 0, 8, 10], [8, 9, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1], [0, 8, 10, 1],
    ])
    func brokenOptionsHaveNoTimestamp(_ options: [UInt8]) throws {
        var talk = Conversation()
        Self.opening(&talk)
        talk.reset(by: .client)
        var segments = talk.segments
        segments[segments.count - 1].options = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
        let reset = try #require(Observer.observe(segments).sessions.first?.transport.resets.first)
        #expect(reset.traits.timestamp == nil)
    }

    @Test func connectionsThatWereResetAreBounded() {
        var options = Observer.options
        options.maximumClosing = 5
        var segments: [Segment] = []
        for port in 0..<50 as Range<UInt16> {
            var talk = Conversation(clientPort: 30000 + port, at: Conversation.start + Int64(port) * 20_000_000)
            Self.opening(&talk)
            talk.reset(by: .server)
            segments += talk.segments
        }
        var probe = Conversation(clientPort: 20000, at: Conversation.start + 2 * Self.second)
        Self.opening(&probe)
        let (sessions, counters) = Observer.observe(segments + probe.segments, options: options)
        #expect(sessions.filter { $0.transport.state == .reset }.count == 50)
        #expect(counters.evicted == 0)
        #expect(sessions.prefix(45).map(\.client.port) == (0..<45).map { 30000 + $0 })
    }
}

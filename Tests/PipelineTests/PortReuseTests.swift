import Sessions
import Support
import Testing
import Wire

/// Another connection between the same ends, whose SYN or the answer to it the capture lacks.
@Suite struct PortReuseTests {
    private struct Loss: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lost: [TCPFlags]
        let quality: CaptureQuality
    }

    private static let losses = [
        Loss(testDescription: "nothing", lost: [], quality: .complete),
        Loss(testDescription: "the SYN", lost: [.syn], quality: .complete),
        Loss(testDescription: "its answer", lost: [.synAck], quality: .complete),
        Loss(testDescription: "both", lost: [.syn, .synAck], quality: .midStream),
    ]

    /// Numbers of the second connection, ahead of the first one's and behind them.
    private static let numbers: [(client: UInt32, server: UInt32)] = [
        (0x7A00_0000, 0xC300_0000), (0x9A00_0000, 0x9300_0000), (0x9A00_0000, 0x1300_0000),
    ]

    private func later(
        _ dialogue: Dialogue, _ number: (client: UInt32, server: UInt32), by nanoseconds: Int64
    ) -> [Segment] {
        var talk = Conversation(clientISN: number.client, serverISN: number.server)
        talk.time += nanoseconds
        dialogue.speak(&talk)
        return talk.segments
    }

    @Test(arguments: losses, numbers) private func bothAreTold(
        _ loss: Loss, _ number: (client: UInt32, server: UInt32)
    ) throws {
        for isClosed in [true, false] {
            var first = Dialogue.encrypted.segments
            if !isClosed { first.removeLast(3) }
            let second = later(.plain, number, by: isClosed ? 1_000_000_000 : 100_000_000_000)
                .filter { !loss.lost.contains($0.flags) }
            let sessions = Observer.observe(first + second).sessions
            try #require(sessions.count == 2)
            #expect(sessions[0].tls?.completed == true)
            #expect(sessions[0].transport.conflicts.isEmpty && sessions[0].transport.gaps.isEmpty)
            #expect(sessions[0].transport.lastFrame == FrameNumber(UInt64(first.count)))
            #expect(sessions[1].smtp?.messagesAccepted == 1 && sessions[1].smtp?.greeting != nil)
            #expect(sessions[1].transport.capture == loss.quality)
            #expect(sessions[1].transport.gaps.isEmpty)
        }
    }

    /// Of one direction alone, its own numbers decide.
    @Test(arguments: [Side.client, .server]) func oneSided(_ side: Side) throws {
        let first = Dialogue.encrypted.segments.dropLast(3)
        let second = later(.plain, Self.numbers[0], by: 100_000_000_000).dropFirst(2)
        let sessions = Observer.observe((first + second).filter { $0.from == side }).sessions
        #expect(sessions.count == 2)
        #expect(sessions.last?.tls == nil)
    }

    /// One segment anybody can send; it cuts no session in two, and is none of it.
    @Test(arguments: [TCPFlags.ack, .synAck]) func oneStrangerIsNoConnection(_ flags: TCPFlags) throws {
        for side in [Side.client, .server] {
            var segments = Dialogue.plain.segments
            let index = try #require(segments.index(of: "MAIL FROM", from: .client))
            var stranger = segments[index]
            stranger.from = side
            stranger.sequence = 0x7A00_0000
            stranger.acknowledgment = 0xC300_0000
            stranger.flags = flags
            stranger.payload = flags == .ack ? Array("QUIT\r\n".utf8) : []
            segments.insert(stranger, at: index)
            let (sessions, counters) = Observer.observe(segments)
            #expect(sessions.count == 1)
            #expect(counters.outOfWindow == 1)
            #expect(sessions.first?.smtp?.messagesAccepted == 1)
            #expect(sessions.first?.transport.gaps.isEmpty == true)
        }
    }

    /// A device between two taps gives one connection other numbers: both are seen at a time, and one is followed.
    @Test(arguments: [Dialogue.plain, .encrypted]) func twoLegsAtATime(_ dialogue: Dialogue) throws {
        let first = dialogue.segments
        let second = later(dialogue, Self.numbers[1], by: 100)
        let legs = (first + second).sorted { $0.time < $1.time }
        let sessions = Observer.observe(legs).sessions
        let plain = try #require(Observer.observe(first).sessions.first)
        #expect(sessions.count == 1)
        #expect(sessions.first?.smtp?.messagesAccepted == plain.smtp?.messagesAccepted)
        #expect(sessions.first?.tls?.completed == plain.tls?.completed)
        #expect(sessions.first?.transport.gaps.isEmpty == true)
        #expect(sessions.first?.transport.state == .closed)
    }

    /// What is late of the connection before is none of the one that goes on.
    @Test func theLastSegmentsOfAnother() throws {
        let first = Dialogue.encrypted.segments
        var second = later(.plain, Self.numbers[2], by: 500_000_000)
        for segment in first.suffix(2).reversed() {
            var late = segment
            late.time = second[8].time
            second.insert(late, at: 8)
        }
        let sessions = Observer.observe(first.dropLast(2) + second).sessions
        #expect(sessions.count == 2)
        #expect(sessions.last?.smtp?.messagesAccepted == 1 && sessions.last?.transport.gaps.isEmpty == true)
    }

    /// A late segment of the connection before may come before the answer to the SYN.
    @Test(arguments: [TCPFlags.ack, [.fin, .ack]]) func aLateSegmentBehindTheSYN(_ flags: TCPFlags) throws {
        var segments = Dialogue.plain.segments
        var late = segments[1]
        late.sequence = 0xC900_0000
        late.acknowledgment = 0x1000_0500
        late.flags = flags
        segments.insert(late, at: 1)
        let (sessions, counters) = Observer.observe(segments)
        #expect(sessions.count == 1 && counters.outOfWindow == 1)
        #expect(sessions.first?.smtp?.messagesAccepted == 1 && sessions.first?.smtp?.greeting != nil)
        #expect(sessions.first?.transport.halfClosed == nil)
    }

    /// A server that keeps nothing of a SYN answers it twice, and differently; the client takes the later answer.
    @Test(arguments: [0x0001_0000, 0x2000_0000, 0xE000_0000] as [UInt32]) func twoAnswersToASYN(_ distance: UInt32)
        throws
    {
        var segments = Dialogue.plain.segments
        var first = segments[1]
        first.sequence &-= distance
        segments.insert(contentsOf: [first, segments[0]], at: 1)
        let session = try #require(Observer.observe(segments.restamped()).sessions.first)
        #expect(session.smtp?.greeting != nil && session.smtp?.messagesAccepted == 1)
        #expect(session.transport.gaps.isEmpty && session.transport.state == .closed)
    }

    /// The capture lacks more than a window, and goes on.
    @Test func aLargeLoss() throws {
        for lost in [20 << 20, 600 << 20] {
            let session = try #require(
                Observer.observe(
                    Conversation.segments { talk in
                        talk.s("220 mx.example.org ESMTP")
                        talk.c("EHLO client.example.net")
                        talk.s("250 mx.example.org")
                        talk.c("MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "DATA")
                        talk.s("250 ok", "250 ok", "354 go on")
                        talk.c("Subject: long")
                        talk.lose(lost, from: .client)
                        talk.c("the end", ".")
                        talk.s("250 queued")
                        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
                        talk.s("235 ok")
                        talk.c("QUIT")
                        talk.s("221 bye")
                    }
                ).sessions.first)
            #expect(session.transport.gapCount == 1)
            #expect(session.smtp?.messagesAccepted == 1 && session.smtp?.authentications.first?.outcome == .accepted)
            #expect(session.transport.state == .closed)
        }
    }

    /// One segment that acknowledges what was never sent does not make the rest of the session unseen.
    @Test func anAcknowledgementFarAhead() throws {
        for octets in ["", "NOOP\r\n"] {
            var segments = Dialogue.plain.segments
            let index = try #require(segments.index(of: "RCPT TO", from: .client))
            var forged = segments[index]
            forged.payload = Array(octets.utf8)
            forged.acknowledgment &+= 500 << 20
            segments.insert(forged, at: index)
            let session = try #require(Observer.observe(segments.restamped()).sessions.first)
            #expect(session.transport.gaps.isEmpty)
            #expect(session.smtp?.messagesAccepted == 1)
            #expect(session.transport.state == .closed)
        }
    }
}

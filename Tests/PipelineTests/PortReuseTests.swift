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
}

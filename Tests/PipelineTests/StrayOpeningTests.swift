import Findings
import Sessions
import Support
import Testing
import Wire

/// SYNs and answers that belong to no connection, before one that is whole: they change nothing of it.
@Suite struct StrayOpeningTests {
    private func dialogue() -> [Segment] {
        var talk = Conversation()
        talk.time += 30_000_000_000
        talk.open()
        Dialogue.unused.say(&talk)
        talk.c("QUIT")
        talk.s("221 bye")
        talk.close()
        return talk.segments
    }

    private func stray(_ side: Side, _ flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32 = 0) -> Segment {
        let talk = Conversation()
        return Segment(
            from: side, client: talk.client, server: talk.server, sequence: sequence, acknowledgment: acknowledgment,
            flags: flags, time: talk.time)
    }

    private func expectUnchanged(_ segments: [Segment], _ comment: Comment? = nil) throws {
        let plain = Observer.observe(dialogue()).sessions
        let sessions = Observer.observe(segments.restamped()).sessions
        let (session, expected) = (try #require(sessions.first, comment), try #require(plain.first))
        #expect(sessions.count == 1, comment)
        #expect(session.client == expected.client && session.server == expected.server, comment)
        #expect(session.smtp?.ehlo?.words == ["STARTTLS"], comment)
        #expect(session.transport.capture == .complete && session.transport.gaps.isEmpty, comment)
        #expect(session.transport.state == .closed, comment)
        #expect(
            Observer.findings(sessions).map(\.card.id) == Observer.findings(plain).map(\.card.id), comment)
    }

    /// The client gave its number up before the server answered it, and resets the answer.
    @Test func aLateAnswerToANumberThatWasGivenUp() throws {
        var segments = dialogue()
        let first = stray(.client, .syn, sequence: 77_000_000)
        let late = stray(.server, .synAck, sequence: 99_000_000, acknowledgment: 77_000_001)
        let reset = stray(.client, .rst, sequence: 77_000_001)
        segments.insert(contentsOf: [late, reset], at: 1)
        try expectUnchanged([first] + segments)
    }

    /// An answer with a wrong number, as anybody can send it who knows of the SYN alone.
    @Test func anAnswerToAnotherSYN() throws {
        var segments = dialogue()
        segments.insert(
            stray(.server, .synAck, sequence: segments[1].sequence &+ 79, acknowledgment: 5), at: 1)
        try expectUnchanged(segments)
    }

    /// From the port of the server, or as an answer that nobody had asked for.
    @Test(arguments: [(Side.server, TCPFlags.syn), (.client, .synAck)], [false, true])
    func aSYNThatOpensNothing(_ kind: (side: Side, flags: TCPFlags), isDamaged: Bool) throws {
        var segment = stray(kind.side, kind.flags, sequence: 77_000_000, acknowledgment: 88_000_000)
        segment.isDamaged = isDamaged
        try expectUnchanged([segment] + dialogue(), "\(kind)")
    }
}

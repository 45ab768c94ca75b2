import Sessions
import Support
import Testing
import Wire

/// However a dialogue is cut, reordered, repeated and overlapped on its way, its facts are those of the plain order.
@Suite struct ReorderingTests {
    static let dialogues: [Dialogue] = [.plain, .full, .encrypted, .mismatched, .hasty]

    @Test(arguments: 0..<300) func theFactsDoNotDependOnThePackets(_ seed: Int) throws {
        // The other two are cut off before TLS is set up: by whom, the order of the FINs says.
        let dialogue = Self.dialogues[seed % 3]
        let expected = try #require(Observer.observe(dialogue.segments).sessions.first?.facts)
        var random = SeededGenerator(seed: UInt64(seed))
        let segments = Shuffle.apply(to: dialogue.segments, &random)
        let (sessions, counters) = Observer.observe(segments)
        #expect(difference(sessions, from: [expected]) == nil, "seed \(seed)")
        #expect(sessions.flatMap(\.transport.gaps) == [], "seed \(seed)")
        #expect(counters.gaps == 0, "seed \(seed)")
    }

    @Test(arguments: [1, 2, 3, 7, 536]) func everySegmentSizeGivesTheSameFacts(_ size: Int) throws {
        for dialogue in Self.dialogues {
            let expected = try #require(Observer.observe(dialogue.segments).sessions.first?.facts)
            let cut = dialogue.segments.split(every: size).restamped()
            #expect(difference(Observer.observe(cut).sessions, from: [expected]) == nil)
        }
    }

    @Test(arguments: dialogues.indices) func anySingleCutGivesTheSameFacts(_ dialogue: Int) throws {
        let segments = Self.dialogues[dialogue].segments
        let expected = try #require(Observer.observe(segments).sessions.first?.facts)
        for (index, segment) in segments.enumerated() {
            for place in segment.payload.indices.dropFirst() {
                let cut = segments.split(at: place, ofSegment: index)
                #expect(
                    difference(Observer.observe(cut).sessions, from: [expected]) == nil,
                    "segment \(index), octet \(place)")
            }
        }
    }

    @Test(arguments: [0, 1, UInt32.max - 300, UInt32.max - 20, UInt32.max - 1, UInt32.max])
    func theFactsDoNotDependOnTheNumbers(_ isn: UInt32) throws {
        for seed in 0..<4 as Range<UInt64> {
            var conversation = Conversation(port: 587, clientISN: isn, serverISN: isn &- 150)
            Dialogue.full.speak(&conversation)
            let expected = try #require(Observer.observe(Dialogue.full.segments).sessions.first?.facts)
            var random = SeededGenerator(seed: seed)
            let segments = Shuffle.apply(to: conversation.segments, &random)
            #expect(
                difference(Observer.observe(segments).sessions, from: [expected]) == nil,
                "first number \(isn), seed \(seed)")
        }
    }

    /// A copy of several replies carries an acknowledgement that is older than theirs: it lets none of them go ahead of
    /// its command, which is still to come.
    @Test(arguments: [true, false]) func noReplyOvertakesItsCommandByACopy(_ reachesBack: Bool) throws {
        let plain = Dialogue.full.segments
        let expected = try #require(Observer.observe(plain).sessions.first?.facts)
        let greeting = try #require(plain.index(of: "220-mx", from: .server))
        let hello = try #require(plain.index(of: "EHLO", from: .client))
        let last = try #require(plain.index(of: "535 5.7.8", from: .server))
        var copy = plain[greeting]
        copy.payload = plain[greeting...last].filter { $0.from == .server }.flatMap(\.payload)
        copy = copy.part((reachesBack ? 5 : plain[greeting].payload.count)..<copy.payload.count)
        var segments = plain
        segments.insert(contentsOf: [copy, plain[hello]], at: last + 1)
        segments.remove(at: hello)
        let sessions = Observer.observe(segments.restamped()).sessions
        #expect(difference(sessions, from: [expected]) == nil)
        #expect(!Observer.findings(sessions).contains { $0.card.id == "starttls-not-offered" })
    }

    /// A command and its reply are captured late, each in a retransmission that acknowledges the other. That the server
    /// had the command before it answered shows in an acknowledgement that carried no octets.
    @Test(arguments: [true, false]) func anAcknowledgementByItselfTellsWhichCameBefore(_ replyIsLast: Bool) throws {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.org")
        talk.send([], from: .server)
        talk.s("250-mx.example.org", "250 STARTTLS")
        talk.c("MAIL FROM:<a@example.org>")
        talk.s("250 2.1.0 Ok")
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
        talk.close()
        let expected = try #require(Observer.observe(talk.segments).sessions.first?.facts)
        let hello = try #require(talk.segments.index(of: "EHLO", from: .client))
        let reply = try #require(talk.segments.index(of: "250-mx", from: .server))
        var copies = [talk.segments[hello], talk.segments[reply]]
        copies[0].acknowledgment = talk.segments[reply + 1].acknowledgment
        if !replyIsLast { copies.reverse() }
        var segments = talk.segments
        segments.remove(at: reply)
        segments.remove(at: hello)
        segments.insert(contentsOf: copies, at: segments.count - 3)
        let sessions = Observer.observe(segments.restamped()).sessions
        #expect(difference(sessions, from: [expected]) == nil)
    }

    /// A tap is late with one direction: what the other says before any packet of it was seen waits for it.
    @Test(arguments: [Side.client, .server], [true, false])
    func aDirectionIsShownBeforeTheOther(_ late: Side, _ synIsLate: Bool) throws {
        let plain = Dialogue.full.segments
        let expected = try #require(Observer.observe(plain).sessions.first?.facts)
        let count = try #require(plain.index(of: "EHLO", from: .client)) + 2
        let start = synIsLate ? 0 : 2
        let opening = plain[start..<count]
        let segments =
            plain[..<start] + opening.filter { $0.from != late } + opening.filter { $0.from == late } + plain[count...]
        #expect(difference(Observer.observe(Array(segments).restamped()).sessions, from: [expected]) == nil)
    }

    /// A command and its reply are captured before the answer to the SYN: the stream begins with that all the same, and what
    /// the server had said before is read. Not so behind the leading command: nothing is missing before that, so its reply is
    /// read at once.
    @Test(arguments: dialogues.indices, [true, false])
    func theAnswerToTheSYNMayComeBehindOctets(_ dialogue: Int, _ replyIsFirst: Bool) throws {
        let plain = Self.dialogues[dialogue].segments
        let expected = try #require(Observer.observe(plain).sessions.first?.facts)
        let octets = plain.indices.filter { !plain[$0].payload.isEmpty }
        for command in octets.filter({ plain[$0].from == .client }).dropFirst() {
            guard let reply = octets.first(where: { $0 > command && plain[$0].from == .server }) else { continue }
            var segments = plain
            segments.remove(at: reply)
            segments.remove(at: command)
            let both = [plain[command], plain[reply]]
            segments.insert(contentsOf: replyIsFirst ? both.reversed() : both, at: 1)
            let outcome = Observer.observe(segments.restamped())
            #expect(difference(outcome.sessions, from: [expected]) == nil, "segment \(command)")
            #expect(outcome.counters.gaps == 0, "segment \(command)")
        }
    }

    /// Of a direction that never shows nothing is missing: nobody knows what it said.
    @Test func waitingForADirectionThatNeverShowsLeavesNoGap() throws {
        let replies = Dialogue.full.segments.filter { $0.from == .server }
        let session = try #require(Observer.observe(replies).sessions.first)
        #expect(session.transport.capture == .oneSided)
        #expect(session.transport.gapCount == 0)
        #expect(session.application == .smtp)
    }

    /// A retransmission of two replies at once was captured before what it repeats: the copy of one lets that one go
    /// ahead, and not the other.
    @Test func theCopyOfAPartSpeaksForThatPart() throws {
        let plain = Dialogue.plain.segments
        let expected = try #require(Observer.observe(plain).sessions.first?.facts)
        let mail = try #require(plain.index(of: "MAIL FROM", from: .client))
        let rcpt = try #require(plain.index(of: "RCPT TO", from: .client))
        var both = plain[rcpt + 1]
        both.sequence = plain[mail + 1].sequence
        both.payload = plain[mail + 1].payload + plain[rcpt + 1].payload
        let moved = [both, plain[mail + 1], plain[mail], plain[rcpt]]
        let segments = (plain[..<mail] + moved + plain[(rcpt + 1)...]).restamped()
        #expect(difference(Observer.observe(segments).sessions, from: [expected]) == nil)
    }
}

/// What a network does to segments, without losing any.
enum Shuffle {
    static func apply(to segments: [Segment], _ random: inout SeededGenerator) -> [Segment] {
        let opening = segments.prefix(3)
        var pieces: [Segment] = []
        for segment in segments.dropFirst(3) { pieces += cut(segment, &random) }
        for _ in 0..<Int.random(in: 0...6, using: &random) { repeatOne(&pieces, &random) }
        for _ in 0..<Int.random(in: 0...12, using: &random) { moveOne(&pieces, &random) }
        return (opening + pieces).restamped()
    }

    private static func cut(_ segment: Segment, _ random: inout SeededGenerator) -> [Segment] {
        guard segment.payload.count > 1 else { return [segment] }
        var places: Set<Int> = [0, segment.payload.count]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            places.insert(Int.random(in: 1..<segment.payload.count, using: &random))
        }
        let sorted = places.sorted()
        return zip(sorted, sorted.dropFirst()).map { start, end in
            // Some pieces begin before the one before them has ended.
            let early = Int.random(in: 0..<3, using: &random) == 0 ? Int.random(in: 0...start, using: &random) : start
            return segment.part(early..<end)
        }
    }

    private static func repeatOne(_ pieces: inout [Segment], _ random: inout SeededGenerator) {
        let index = Int.random(in: pieces.indices, using: &random)
        pieces.insert(pieces[index], at: Int.random(in: index...pieces.count, using: &random))
    }

    /// Moves a segment a few places, never past what came before it by more than a tap would.
    private static func moveOne(_ pieces: inout [Segment], _ random: inout SeededGenerator) {
        let index = Int.random(in: pieces.indices, using: &random)
        let segment = pieces.remove(at: index)
        let target = min(pieces.count, max(0, index + Int.random(in: -5...5, using: &random)))
        pieces.insert(segment, at: target)
    }
}

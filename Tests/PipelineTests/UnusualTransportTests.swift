import Sessions
import Support
import Testing
import Wire

/// TCP as hosts, taps and forgers do it.
@Suite struct UnusualTransportTests {
    private func opening(_ talk: inout Conversation) {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 AUTH PLAIN")
    }

    private func login(_ talk: inout Conversation) {
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        talk.s("235 ok")
    }

    @Test func octetsOfAResetBelongToNoStream() throws {
        let segments = Conversation.segments { talk in
            opening(&talk)
            talk.send(Conversation.octets(["AUTH PLAIN AGFsaWNlAHNlY3JldA=="]), from: .client, flags: [.rst, .ack])
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.smtp?.authentications.isEmpty == true)
        #expect(session.transport.reset?.value == .client)
    }

    @Test func aResetFromNowhereEndsNothing() throws {
        var segments = Conversation.segments { talk in
            opening(&talk)
            talk.time += 10_000_000_000
            login(&talk)
        }
        var forged = segments[4]
        forged.flags = [.rst]
        forged.sequence &+= 0x6000_0000
        forged.payload = []
        segments.insert(forged, at: 6)
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        #expect(sessions.first?.smtp?.authentications.first?.outcome == .accepted)
        #expect(sessions.first?.transport.state == .closed)
    }

    @Test(arguments: [20_000, 5_000_000, 500_000_000] as [UInt32])
    func anAcknowledgmentOfOctetsNeverSentHidesNothing(_ distance: UInt32) throws {
        var segments = Conversation.segments { talk in
            opening(&talk)
            talk.time += 5_000_000_000
            talk.c("NOOP")
            talk.time += 5_000_000_000
            talk.s("250 ok")
            login(&talk)
        }
        var forged = segments[5]
        forged.acknowledgment &+= distance
        forged.sequence &+= UInt32(forged.payload.count)
        forged.payload = []
        segments.insert(forged, at: 6)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.smtp?.authentications.first?.outcome == .accepted)
    }

    @Test(arguments: [Side.client, .server]) func aPortUsedAgainIsAnotherSessionInOneDirection(_ side: Side) {
        var segments: [Segment] = []
        for isn in [1_000_000, 3_000_000_000, 77] as [UInt32] {
            let start = Conversation.start + Int64(segments.count) * 1_000_000
            var talk = Conversation(clientISN: isn, serverISN: isn &+ 9000, at: start)
            talk.open()
            opening(&talk)
            login(&talk)
            talk.close()
            segments += talk.segments.only(side)
        }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 3)
        if side == .client { #expect(sessions.allSatisfy { $0.smtp?.authentications.count == 1 }) }
    }

    @Test func aLossIsKnownBeforeTheReplyThatShowsIt() throws {
        // The client's RSET is lost, so the 250 is not the reply to the EHLO behind it.
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250-SIZE", "250 STARTTLS")
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250 ok")
            talk.c("DATA")
            talk.lose(6, from: .client)
            talk.s("503 no recipients", "250 flushed")
            talk.time += 3_000_000_000
            talk.c("QUIT")
            talk.s("221 bye")
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.gaps.map(\.length) == [6])
        #expect(session.notObservable.contains(Unobserved("dialogue", .gap)))
        #expect(session.smtp?.quit != nil)
    }

    /// The client is gone without a word, and the server repeats its farewell for minutes.
    @Test func aFarewellThatIsRepeatedBeginsNoSession() throws {
        var talk = Conversation()
        talk.open()
        opening(&talk)
        talk.c("QUIT")
        talk.s("221 bye")
        talk.close()
        let index = try #require(talk.segments.index(of: "221 bye", from: .server))
        var segments = talk.segments
        for delay in [3, 7, 15, 31, 63] as [Int64] {
            for place in [index, index + 2] {
                var late = talk.segments[place]
                late.time += delay * 1_000_000_000
                segments.append(late)
            }
        }
        #expect(Observer.observe(segments).sessions.count == 1)
    }

    /// The same ports, without a SYN that was captured: other octets are another session.
    @Test func otherOctetsBehindAnEndAreRead() throws {
        var first = Conversation()
        first.open()
        opening(&first)
        first.close()
        var second = Conversation(clientISN: 70_000_000, serverISN: 90_000_000, at: first.time + 60_000_000_000)
        login(&second)
        let sessions = Observer.observe(first.segments + second.segments).sessions
        #expect(sessions.map { $0.smtp?.authentications.count ?? 0 } == [0, 1])
    }

    @Test func aSynWithOctetsIsRead() throws {
        var talk = Conversation()
        talk.send(Conversation.octets(["EHLO early.example"]), from: .client, flags: .syn, acknowledging: false)
        talk.send([], from: .server, flags: [.syn, .ack])
        talk.s("220 mx.example.org ESMTP", "250 mx.example.org")
        talk.close()
        let session = try #require(Observer.observe(talk.segments).sessions.first)
        #expect(session.smtp?.clientName?.value.full == "early.example")
        #expect(session.smtp?.ehlo != nil)
        #expect(session.transport.capture == .complete)
    }

    @Test func bothSidesMayOpenAtOnce() throws {
        var talk = Conversation()
        talk.send([], from: .client, flags: .syn, acknowledging: false)
        var crossing = talk.segments[0]
        crossing.from = .server
        crossing.sequence = 5_000_000
        var reply = crossing
        reply.flags = [.syn, .ack]
        reply.acknowledgment = 1_000_001
        talk.lose(1, from: .server)
        opening(&talk)
        login(&talk)
        talk.close()
        let segments = [talk.segments[0], crossing, reply] + talk.segments.dropFirst()
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        #expect(sessions.first?.smtp?.authentications.first?.outcome == .accepted)
    }

    @Test func aConnectionToItselfTrapsNothing() {
        var segments = Conversation.segments { talk in
            opening(&talk)
            login(&talk)
        }
        for index in segments.indices { segments[index].client = segments[index].server }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.allSatisfy { $0.isLocal })
    }

    /// The snapshot length cuts a segment; its retransmission comes whole.
    @Test func aCutSegmentIsAGapOnceOnly() throws {
        var segments = Conversation.segments { talk in
            opening(&talk)
            login(&talk)
        }
        let index = try #require(segments.index(of: "AUTH PLAIN", from: .client))
        let whole = segments[index]
        segments[index].captured = 5
        segments.insert(whole, at: index + 1)
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.gaps.count == 1)
        #expect(session.transport.state == .closed)
    }

    @Test(.timeLimit(.minutes(1))) func tinyPiecesInTheWrongOrderCostLittle() throws {
        let segments = Conversation.segments { talk in
            opening(&talk)
            talk.lose(1, from: .client)
            for _ in 0..<60_000 { talk.send([0x61], from: .client) }
        }
        #expect(Observer.observe(segments).sessions.count == 1)
    }
}

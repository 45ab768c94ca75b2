import Findings
import Sessions
import Support
import Testing
import Wire

/// What becomes of connections that were not captured as they were spoken.
@Suite struct ReassemblyTests {
    static let plain = Dialogue.plain.segments

    private func only(_ segments: [Segment]) throws -> MailSession {
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        return try #require(sessions.first)
    }

    // MARK: Copies that differ

    @Test func theFirstCopyOfAnOctetCounts() throws {
        let index = try #require(Self.plain.index(of: "MAIL FROM"))
        var forged = Self.plain[index]
        forged.payload = Array("MAIL FROM:<mallory@example.net> SIZE=1".utf8)
        // Behind the true one it is a retransmission, whatever it says.
        var late = Self.plain
        late.insert(forged, at: index + 1)
        #expect(difference([try only(late)], from: [try only(Self.plain).facts]) == nil)
        // Ahead of it, it is what was seen first.
        var early = Self.plain
        early.insert(forged, at: index)
        #expect(try only(early).smtp?.firstMail?.octets.full.contains("mallory") == true)
    }

    @Test func keepAliveOctetsAreNoOctetsOfTheStream() throws {
        var segments: [Segment] = []
        for segment in Self.plain {
            if !segment.payload.isEmpty {
                var probe = segment
                probe.sequence &-= 1
                probe.payload = [0]
                segments.append(probe)
            }
            segments.append(segment)
        }
        #expect(difference([try only(segments)], from: [try only(Self.plain).facts]) == nil)
    }

    // MARK: Holes

    @Test func aLostSegmentIsAGapAndTheRestIsRead() throws {
        let index = try #require(Self.plain.index(of: "MAIL FROM"))
        let session = try only(Self.plain.without(index))
        let length = Int64(Self.plain[index].payload.count)
        #expect(session.transport.gaps == [Gap(side: .client, offset: 25, length: length)])
        #expect(session.smtp?.mailCommands == 0)
        #expect(session.smtp?.rcptCommands == 1)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.notObservable.contains(Unobserved("dialogue", .gap)))
    }

    @Test func everySingleLostSegmentIsCounted() throws {
        for (index, segment) in Self.plain.enumerated() where !segment.payload.isEmpty {
            let session = try only(Self.plain.without(index))
            #expect(session.transport.gaps.map(\.length) == [Int64(segment.payload.count)], "segment \(index)")
            #expect(session.transport.gaps.map(\.side) == [segment.from])
        }
    }

    @Test func packetsWithoutPayloadMayBeLost() throws {
        let expected = try only(Self.plain).facts
        for (index, segment) in Self.plain.enumerated() where index > 1 && segment.payload.isEmpty {
            #expect(difference([try only(Self.plain.without(index))], from: [expected]) == nil, "segment \(index)")
        }
    }

    @Test func aHoleDoesNotHideAFindingBehindIt() throws {
        let index = try #require(Self.plain.index(of: "EHLO client"))
        let ids = Observer.findings([try only(Self.plain.without(index))]).map(\.card.id)
        #expect(ids.contains("message-in-clear"))
    }

    @Test func theSnapshotLengthLeavesGaps() throws {
        let session = try only(Self.plain.cut(toPayload: 12))
        #expect(session.transport.truncatedSegments == Self.plain.filter { $0.payload.count > 12 }.count)
        #expect(session.notObservable.contains(Unobserved("dialogue", .truncatedPackets)))
        let cut = Self.plain.only(.client).map { max(0, $0.payload.count - 12) }.reduce(0, +)
        #expect(session.transport.gaps.filter { $0.side == .client }.map(\.length).reduce(0, +) == Int64(cut))
        #expect(session.transport.toServer.payload + UInt64(cut) == Self.plain.octets(of: .client))
    }

    // MARK: Parts of a connection

    @Test func oneDirectionAloneIsSaidToBeOneSided() throws {
        let client = try only(Self.plain.only(.client))
        #expect(client.transport.capture == .oneSided)
        #expect(client.smtp?.mailCommands == 1)
        #expect(client.smtp?.contentInferred == true)
        #expect(client.notObservable.contains(Unobserved("other_direction", .oneSided)))
        let server = try only(Self.plain.only(.server))
        #expect(server.transport.capture == .oneSided)
        #expect(server.smtp?.greeting?.value.text.full == "mx.example.org ESMTP ready")
        #expect(server.client == Self.plain[0].client)
    }

    @Test func joinedAnywhereItIsTheSameConnection() throws {
        for first in 3..<Self.plain.count - 5 {
            let session = try only(Array(Self.plain[first...]))
            #expect(session.transport.capture == .midStream, "from \(first)")
            #expect(session.client == Self.plain[0].client)
            #expect(session.transport.gaps.isEmpty, "from \(first)")
            #expect(session.notObservable.contains(Unobserved("start", .midStream)))
        }
    }

    @Test func whatFollowsAJoinIsRead() throws {
        let index = try #require(Self.plain.index(of: "RCPT TO"))
        let session = try only(Array(Self.plain[index...]))
        #expect(session.smtp?.rcptCommands == 1)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.application == .smtp)
    }

    // MARK: Beginnings and ends

    @Test func repeatedAndReorderedHandshakesAreOneConnection() throws {
        let expected = try only(Self.plain).facts
        for order in [[0, 0, 1, 1, 2], [1, 0, 2], [0, 2, 1], [0, 1, 0, 1, 2, 2], [1, 2], [0, 1]] {
            let segments = (order.map { Self.plain[$0] } + Self.plain.dropFirst(3)).restamped()
            #expect(difference([try only(segments)], from: [expected]) == nil, "\(order)")
        }
    }

    @Test func aReusedPairOfPortsIsAnotherConnection() throws {
        let second = Conversation.segments(clientISN: 77, serverISN: 99) { talk in
            talk.s("220 other.example.org")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        let sessions = Observer.observe((Self.plain + second).restamped()).sessions
        #expect(sessions.map { $0.smtp?.messagesAccepted } == [1, 0])
        #expect(Set(sessions.map(\.id)).count == 2)
        // The same where the old one was never seen to end.
        let open = Observer.observe((Self.plain.dropLast(3) + second).restamped()).sessions
        #expect(open.map { $0.smtp?.messagesAccepted } == [1, 0])
    }

    @Test func aForgedSYNDoesNotEndAConnection() throws {
        var segments = Self.plain
        var forged = segments[0]
        forged.sequence = 4_000_000_000
        segments.insert(forged, at: 8)
        #expect(difference([try only(segments)], from: [try only(Self.plain).facts]) == nil)
    }

    @Test func endsAreToldApart() throws {
        #expect(try only(Self.plain).transport.state == .closed)
        #expect(try only(Array(Self.plain.dropLast(3))).transport.state == .open)
        var conversation = Conversation()
        conversation.open()
        Dialogue.plain.say(&conversation)
        conversation.reset(by: .server)
        let reset = try only(conversation.segments)
        #expect(reset.transport.state == .reset)
        #expect(reset.transport.reset?.value == .server)
    }

    @Test func lateSegmentsAfterTheEndBelongToIt() throws {
        let late = Self.plain[Self.plain.count - 4]
        #expect(
            difference([try only((Self.plain + [late, late]).restamped())], from: [try only(Self.plain).facts]) == nil)
    }

    // MARK: Time

    @Test func silenceEndsAConnection() {
        var segments = Self.plain
        for index in segments.indices.dropFirst(8) { segments[index].time += 1_700_000_000_000 }
        #expect(Observer.observe(segments).sessions.map(\.transport.state) == [.closed])
        for index in segments.indices.dropFirst(8) { segments[index].time += 200_000_000_000 }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.map(\.transport.state) == [.timedOut, .closed])
        #expect(sessions.map(\.transport.capture) == [.complete, .midStream])
    }

    @Test(arguments: [-86_400, -4_000, 4_000, 86_400, 400_000_000]) func aFrameFromAnotherTimeEndsNothing(
        _ seconds: Int64
    )
        throws
    {
        for index in Self.plain.indices {
            var segments = Self.plain
            segments[index].time += seconds * 1_000_000_000
            let session = try only(segments)
            #expect(difference([session], from: [try only(Self.plain).facts]) == nil, "frame \(index + 1)")
        }
    }

    @Test func aLeapOfTheWholeCaptureEndsNothing() throws {
        for first in Self.plain.indices {
            var segments = Self.plain
            for index in first..<segments.count { segments[index].time += 86_400_000_000_000 }
            let session = try only(segments)
            #expect(session.smtp?.messagesAccepted == 1, "from frame \(first + 1)")
        }
    }

    // MARK: Budgets

    @Test func whatIsHeldIsBounded() throws {
        // Octets behind a hole that is never filled, and never acknowledged.
        var conversation = Conversation()
        conversation.open()
        conversation.s("220 mx")
        conversation.lose(1, from: .client)
        for _ in 0..<700 { conversation.send([UInt8](repeating: 0x41, count: 1400), from: .client) }
        let session = try only(
            conversation.segments.map { segment in
                var segment = segment
                if segment.from == .server { segment.acknowledgment = 1_000_001 }
                return segment
            })
        #expect(session.transport.gaps == [Gap(side: .client, offset: 0, length: 1)])
        #expect(session.transport.toServer.payload == 700 * 1400)
    }

    @Test func tooManyConnectionsPushOutTheSilentOnes() {
        var segments: [Segment] = []
        for port in 0..<40 as Range<UInt16> {
            var conversation = Conversation(clientPort: 30000 + port, at: Conversation.start + Int64(port) * 1_000_000)
            conversation.step = 1000
            conversation.open()
            conversation.s("220 mx")
            segments += conversation.segments
        }
        var options = Observer.options
        options.maximumEstablished = 10
        let (sessions, counters) = Observer.observe(segments, options: options)
        #expect(counters.evicted == 30)
        #expect(sessions.filter { $0.transport.state == .evicted }.count == 30)
        #expect(sessions.prefix(30).map(\.client.port) == (0..<30).map { 30000 + $0 })
    }

    @Test func aFloodOfSYNsPushesOutNoDialogue() throws {
        let flood = (0..<500 as Range<UInt16>).map { port in
            var conversation = Conversation(clientPort: 40000 + port)
            conversation.open()
            return conversation.segments[0]
        }
        var options = Observer.options
        options.maximumHalfOpen = 20
        let half = Self.plain.count / 2
        let segments = (Self.plain.prefix(half) + flood + Self.plain.dropFirst(half)).restamped()
        let (sessions, counters) = Observer.observe(segments, options: options)
        #expect(difference(sessions, from: [try only(Self.plain).facts]) == nil)
        #expect(counters.evicted == 480)
    }
}

extension [Segment] {
    func octets(of side: Side) -> UInt64 { only(side).reduce(0) { $0 + UInt64($1.payload.count) } }
}

import Sessions
import Support
import Testing
import Wire

/// What TCP allows beyond plain segments: none of it changes what was said.
@Suite struct TCPExtensionTests {
    private static let urgent = TCPFlags(rawValue: 0x20)

    private static let expected = Observer.observe(Dialogue.full.segments).sessions.map(\.facts)

    private static func expectTheSame(_ segments: [Segment], _ comment: String = "") {
        #expect(difference(Observer.observe(segments).sessions, from: expected) == nil, "\(comment)")
    }

    // MARK: MPTCP (RFC 8684 §3)

    /// MP_CAPABLE in the three forms of its handshake, then DSS with every segment that carries octets: all that differs is
    /// that octets may have gone by other subflows.
    @Test func multipathCapableIsReadAsPlainTCP() {
        var segments = Dialogue.full.segments
        let key = [UInt8](repeating: 0xA5, count: 8)
        segments[0].options = [30, 4, 0x01, 0x81]
        segments[1].options = [30, 12, 0x01, 0x81] + key
        segments[2].options = [30, 20, 0x01, 0x81] + key + key
        var sequence: UInt32 = 1
        for index in segments.indices.dropFirst(3) {
            let count = UInt16(segments[index].payload.count)
            // DSS with DATA_ACK and mapping, four octets each, no checksum; FIN of the data sequence on the last.
            var option: [UInt8] = [30, 18, 0x20, 0x05, 0, 0, 0, 1]
            option.append(integer: sequence)
            option.append(integer: sequence)
            option.append(integer: count)
            segments[index].options = option + [1, 1]
            sequence &+= UInt32(count)
        }
        var sessions = Observer.observe(segments).sessions
        for index in sessions.indices {
            #expect(sessions[index].transport.multipath == Observed(.capable, in: FrameNumber(2)))
            let subflows = sessions[index].notObservable.filter { $0.why == .otherSubflows }
            #expect(subflows == [Unobserved("other_subflows", .otherSubflows)])
            sessions[index].notObservable.removeAll { $0.why == .otherSubflows }
        }
        #expect(difference(sessions, from: Self.expected) == nil)
    }

    /// The octets of one dialogue are spread over two subflows. Neither can be read for itself, and the second opens
    /// with MP_JOIN: what is said of them must not be wrong.
    @Test func aJoinedSubflowIsNoSessionOfItsOwnMaking() throws {
        var first = Conversation(clientPort: 40_000)
        first.open()
        first.s("220 mx.example.org ESMTP")
        first.c("EHLO client.example.net")
        first.s("250-mx.example.org", "250 STARTTLS")
        var second = Conversation(clientPort: 40_001, at: first.time)
        second.open()
        second.send(Array(Handshakes.clientHello.dropFirst(9)), from: .client)
        second.send([0x35, 0x30, 0x20, 0x6F, 0x6B, 0x0D, 0x0A], from: .server)
        second.close()
        var joined = second.segments
        joined[0].options = [30, 12, 0x10, 1, 0, 0, 0, 9, 0, 0, 0, 7]
        joined[1].options = [30, 16, 0x10, 1] + [UInt8](repeating: 3, count: 8) + [0, 0, 0, 5]
        joined[2].options = [30, 24, 0x10, 0] + [UInt8](repeating: 4, count: 20)
        let sessions = Observer.observe(first.segments + joined).sessions
        let whole = try #require(sessions.first { $0.client.port == 40_000 })
        #expect(whole.smtp?.clientName?.value.full == "client.example.net")
        let part = try #require(sessions.first { $0.client.port == 40_001 })
        #expect(part.smtp?.authentications.isEmpty ?? true)
        #expect(part.tls?.version == nil)
        #expect(Observer.findings([part]).isEmpty, "\(Observer.findings([part]).map(\.card.id))")
    }

    /// A middlebox that does not know the option: any octets, any length field.
    @Test(arguments: 0..<200 as Range<UInt64>) func anyOptionsChangeNothing(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var segments = Dialogue.full.segments
        for index in segments.indices {
            let count = 4 * Int.random(in: 0...10, using: &random)
            segments[index].options = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        Self.expectTheSame(segments, "seed \(seed)")
    }

    // MARK: Urgent data (RFC 9293 §3.8.5, RFC 6093)

    /// Hosts leave urgent octets in the stream, as mail servers read it.
    @Test func urgentOctetsAreOctetsOfTheStream() {
        let segments = Dialogue.full.segments
        for index in segments.indices where !segments[index].payload.isEmpty {
            var marked = segments
            marked[index].flags.insert(Self.urgent)
            Self.expectTheSame(marked, "segment \(index)")
        }
        var all = segments
        for index in all.indices { all[index].flags.insert(Self.urgent) }
        Self.expectTheSame(all)
        Self.expectTheSame(all.split(every: 3).restamped())
    }

    // MARK: TCP Fast Open (RFC 7413)

    /// The client's octets come with its SYN, the server's answer with its SYN-ACK.
    @Test(arguments: [false, true]) func octetsComeWithBothSYNs(_ isRepeated: Bool) throws {
        var talk = Conversation(port: 465)
        talk.send(Handshakes.clientHello, from: .client, flags: .syn, acknowledging: false)
        talk.send(Handshakes.serverHello, from: .server, flags: .synAck)
        talk.send(Handshakes.clientKeys, from: .client)
        talk.send(Handshakes.serverKeys, from: .server)
        talk.close()
        var segments = talk.segments
        segments[0].options = [34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1]
        if isRepeated {
            // The server did not take the octets: it acknowledges the SYN alone, and they are sent again.
            var again = segments[0]
            again.flags = .ack
            again.sequence &+= 1
            again.acknowledgment = segments[1].sequence &+ 1
            again.options = []
            var bare = segments[1]
            bare.acknowledgment = segments[0].sequence &+ 1
            bare.payload = []
            var hello = segments[1]
            hello.flags = .ack
            hello.sequence &+= 1
            segments.replaceSubrange(1...1, with: [bare, again, hello])
        }
        let session = try #require(Observer.observe(segments.restamped()).sessions.first)
        #expect(session.application == .tls && session.tls?.completed != false)
        #expect(session.tls?.hello != nil && session.tls?.version != nil)
        #expect(session.transport.capture == .complete && session.transport.gaps.isEmpty)
        #expect(session.transport.conflictCount == 0)
    }

    /// A SYN that is sent again with octets, and a SYN flood of such ones, stay bounded and are no dialogue.
    @Test func aSYNWithOctetsThatNobodyAnswersIsOneSided() throws {
        var talk = Conversation()
        talk.send(Conversation.octets(["EHLO early.example"]), from: .client, flags: .syn, acknowledging: false)
        var again = talk.segments[0]
        again.time += 1_000_000_000
        let sessions = Observer.observe(talk.segments + [again]).sessions
        #expect(sessions.count == 1)
        #expect(sessions.first?.transport.capture != .complete)
        #expect(sessions.first.map { Observer.findings([$0]).isEmpty } == true)
    }

    // MARK: Long streams

    /// Every place where the numbers wrap.
    @Test func dialoguesCrossTheWrap() {
        for start in stride(from: UInt32.max - 1400, through: UInt32.max, by: 37) {
            for (client, server) in [(start, 7), (7, start), (start, start)] as [(UInt32, UInt32)] {
                var talk = Conversation(port: 587, clientISN: client, serverISN: server)
                Dialogue.full.speak(&talk)
                Self.expectTheSame(talk.segments, "from \(client), \(server)")
                Self.expectTheSame(
                    talk.segments.split(every: 5).reversedInPairs.restamped(), "from \(client), \(server)")
            }
        }
    }

    /// A message of over 4 GiB, of which the capture holds the beginning and the end: its octets were acknowledged.
    @Test(arguments: [5, 9] as [Int64]) func aStreamOfMoreThan4GiBIsOneStream(_ gigabytes: Int64) throws {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 CHUNKING")
        talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>")
        talk.s("250 ok", "250 ok")
        let total = gigabytes << 30
        // As far ahead as a segment is believed that nobody has acknowledged yet.
        let piece = 16 << 20
        talk.c("BDAT \(total) LAST")
        for _ in 0..<total / Int64(piece) {
            talk.lose(piece - 8, from: .client)
            talk.send([UInt8](repeating: 0x61, count: 8), from: .client)
            talk.send([], from: .server)
            // What was acknowledged and is missing is waited for.
            talk.time += 2_000_000_000
        }
        talk.s("250 queued")
        talk.c("QUIT")
        talk.s("221 bye")
        talk.close()
        let sessions = Observer.observe(talk.segments).sessions
        #expect(sessions.count == 1)
        let session = try #require(sessions.first)
        #expect(session.transport.gaps.allSatisfy { $0.length == Int64(piece) - 8 })
        #expect(session.transport.gapCount == Int(total) / piece)
        #expect(session.smtp?.messagesAccepted == 1)
        #expect(session.smtp?.quit != nil)
        #expect(session.transport.state == .closed)
    }

    // MARK: Probes

    /// Keep-alives: one octet of anything before the next one, or none (RFC 9293 §3.8.4).
    @Test(arguments: [[], [0], [0x58]] as [[UInt8]]) func keepAlivesChangeNothing(_ octets: [UInt8]) {
        var segments: [Segment] = []
        let dialogue = Dialogue.full.segments
        for (index, segment) in dialogue.enumerated() {
            segments.append(segment)
            guard index > 2, segment.flags == .ack, index < dialogue.count - 3 else { continue }
            var probe = segment
            probe.sequence &+= UInt32(segment.payload.count) &- 1
            probe.payload = octets
            var answer = probe
            answer.from = segment.from.other
            answer.sequence = segment.acknowledgment
            answer.acknowledgment = segment.sequence &+ UInt32(segment.payload.count)
            answer.payload = []
            segments += [probe, answer]
        }
        Self.expectTheSame(segments.restamped())
        #expect(Observer.observe(segments.restamped()).sessions.first?.transport.conflictCount == 0)
    }

    /// Probes of a closed window carry the next octet, which the receiver refuses again and again (RFC 9293 §3.8.6.1).
    @Test func probesOfAClosedWindowChangeNothing() {
        var segments: [Segment] = []
        for (index, segment) in Dialogue.full.segments.enumerated() {
            if index > 2, segment.payload.count > 1 {
                for _ in 0..<4 {
                    var probe = segment
                    probe.payload = Array(segment.payload.prefix(1))
                    var answer = segment
                    answer.from = segment.from.other
                    (answer.sequence, answer.acknowledgment) = (segment.acknowledgment, segment.sequence)
                    answer.payload = []
                    segments += [probe, answer]
                }
            }
            segments.append(segment)
        }
        Self.expectTheSame(segments.restamped(every: 5_000_000))
        #expect(Observer.observe(segments.restamped(every: 5_000_000)).sessions.first?.transport.conflictCount == 0)
    }

    // MARK: Forged acknowledgements

    /// One acknowledges what was never sent; then the memory for held octets is spent, so that every hole is given up.
    @Test(arguments: [1, 2000, 1_000_000, 900_000_000] as [UInt32], [Side.client, .server])
    func aForgedAcknowledgmentAndASpentBudgetHideNothing(_ distance: UInt32, _ side: Side) throws {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 AUTH PLAIN")
        let before = talk.segments.count
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        talk.s("235 ok")
        talk.c("QUIT")
        talk.s("221 bye")
        talk.close()
        var segments = talk.segments
        var forged = try #require(segments[..<before].last { $0.from == side })
        forged.sequence &+= UInt32(forged.payload.count)
        forged.payload = []
        forged.acknowledgment =
            segments[before].from == side ? segments[before].acknowledgment : segments[before].sequence
        forged.acknowledgment &+= distance
        segments.insert(forged, at: before)
        // Another connection holds more than the budget, behind a hole of its own.
        var greedy = Conversation(clientPort: 50_000)
        greedy.open()
        greedy.s("220 mx.example.org ESMTP")
        greedy.lose(1, from: .client)
        for _ in 0..<40 { greedy.send([UInt8](repeating: 0x61, count: 1000), from: .client) }
        segments.insert(contentsOf: greedy.segments, at: before + 1)
        var options = Observer.options
        options.heldBudget = 1
        let sessions = Observer.observe(segments.restamped(), options: options).sessions
        let session = try #require(sessions.first { $0.client.port == 34_004 })
        #expect(session.smtp?.authentications.map(\.outcome) == [.accepted])
        #expect(session.smtp?.quit != nil)
    }
}

extension [Segment] {
    /// Neighbours change places, those of the opening excepted.
    fileprivate var reversedInPairs: Self {
        var result = self
        for index in stride(from: 3, to: count - 1, by: 2) { result.swapAt(index, index + 1) }
        return result
    }
}

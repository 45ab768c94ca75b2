import Findings
import Sessions
import Support
import Testing
import Wire

/// Octets with right numbers that another sent, and that did not arrive: the true ones follow in their place.
@Suite struct ForgedOctetsTests: Forging {
    @Test func aLoginInThePlaceOfSTARTTLS() throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.index(of: "STARTTLS", from: .client))
        segments.insert(forged("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n", for: segments[index]), at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflicts.map(\.isSettled) == [false])
        #expect(session.transport.conflicts.allSatisfy { $0.used == nil && $0.other == nil })
        let login = judged.findings.first { $0.card.id == "credentials-in-clear" }
        #expect(login?.certainty == .possible)
        #expect(login?.alternatives.contains("Other octets were sent for the same place") == true)
        #expect(judged.exposure.verdict == .unknown)
        #expect(judged.findings.contains { $0.card.id == "conflicting-retransmission" })
    }

    /// What the server acknowledged before the other copy came, it has read.
    @Test func anotherCopyOfWhatWasAcknowledgedDoubtsNothing() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "MAIL FROM", from: .client))
        var late = forged("NOOP NOOP NOOP NOOP NOOP\r\n", for: segments[index])
        late.time = segments[index + 1].time + 1000
        segments.insert(late, at: index + 2)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflicts.map(\.isSettled) == [true])
        #expect(judged.findings.first { $0.card.id == "message-in-clear" }?.certainty == .certain)
        #expect(judged.exposure.verdict == .open)
    }

    /// MAIL alone is in doubt, and the message is not.
    @Test func whatIsNotContradictedStaysCertain() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "MAIL FROM", from: .client))
        segments.insert(forged("MAIL FROM:<alice@example.com> SIZE=120\r\n", for: segments[index]), at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflictCount == 1)
        #expect(judged.findings.first { $0.card.id == "message-in-clear" }?.certainty == .certain)
        #expect(judged.exposure.verdict == .open)
    }

    /// A ServerHello that chooses a broken cipher, and seems to end the handshake.
    @Test func aChoiceOfTheServer() throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.firstIndex { $0.payload == Handshakes.serverHello })
        segments.insert(forged(TLSOctets.weakResumption, for: segments[index]), at: index)
        let (judged, session) = try judge(segments)
        #expect(session.tls?.cipherSuite?.value.name == "TLS_ECDHE_RSA_WITH_RC4_128_SHA")
        #expect(session.transport.conflicts.first?.place == .handshake)
        #expect(judged.findings.first { $0.card.id == "weak-cipher" }?.certainty == .possible)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// STARTTLS and a whole handshake, each side acknowledging the other's, before a message in clear. That ends with FINs
    /// before what was forged.
    @Test func aHandshakeBeforeAMessageInClear() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "MAIL FROM", from: .client))
        var talk = Conversation(clientISN: segments[index].sequence, serverISN: segments[index].acknowledgment)
        talk.time = segments[index].time - 10_000
        talk.step = 1000
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready")
        talk.shakeHands()
        for _ in 0..<8 {
            talk.send([23, 3, 3, 0, 20] + [UInt8](repeating: 7, count: 20), from: .client)
            talk.send([23, 3, 3, 0, 24] + [UInt8](repeating: 9, count: 24), from: .server)
        }
        segments.insert(contentsOf: talk.segments, at: index)
        let (judged, session) = try judge(segments)
        #expect(session.tls != nil && session.transport.hasOctetsBehindEnd)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// Behind its own reset a host says nothing.
    @Test func aLoginBehindTheClientsReset() throws {
        var talk = submission
        talk.reset(by: .client)
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        let (judged, session) = try judge(talk.segments)
        #expect(session.transport.state == .reset)
        #expect(judged.findings.first { $0.card.id == "credentials-in-clear" }?.certainty == .possible)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// Before it, it said what it said.
    @Test func aLoginBeforeTheClientsReset() throws {
        var talk = submission
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        talk.reset(by: .client)
        let (judged, _) = try judge(talk.segments)
        #expect(judged.findings.first { $0.card.id == "credentials-in-clear" }?.certainty == .certain)
        #expect(judged.exposure.verdict == .open)
    }

    /// Far ahead of what the client says until it closes, and never read where the server has the FIN.
    @Test(arguments: [true, false]) func octetsAheadOfTheFIN(isAcknowledged: Bool) throws {
        var segments = Dialogue.unused.segments
        if !isAcknowledged { segments.removeLast(2) }
        let index = try #require(segments.index(of: "MAIL FROM", from: .client))
        var ahead = forged("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n", for: segments[index])
        ahead.sequence &+= 200_000
        segments.insert(ahead, at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.hasOctetsBehindEnd == !isAcknowledged)
        #expect(session.transport.gaps.isEmpty == isAcknowledged)
        let login = judged.findings.first { $0.card.id == "credentials-in-clear" }
        #expect(login?.certainty == (isAcknowledged ? nil : .possible))
    }

    /// Whom the server has given a sender and a recipient, content is expected of.
    @Test func contentThatIsExpected() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "EHLO", from: .client))
        segments.insert(forged("EHLO cliens.example.net\r\n", for: segments[index]), at: index)
        segments.remove(at: try #require(segments.index(of: "354", from: .server)))
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflictCount > 0)
        #expect(judged.findings.first { $0.card.id == "message-in-clear" }?.certainty ?? .possible > .possible)
        #expect(judged.exposure.verdict == .open)
    }

    /// What leads to content that no reply shows to be any.
    @Test(
        arguments: ["EHLO", "STARTTLS"],
        ["DATA\r\n", "DATA\r\n.\r\n", "MAIL FROM:<a@b.c>\r\nRCPT TO:<b@b.c>\r\nDATA\r\n", "HELO x\r\n"])
    func commandsInThePlaceOf(_ word: String, _ text: String) throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.index(of: word, from: .client))
        segments.insert(forged(text, for: segments[index]), at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflictCount > 0)
        #expect(judged.findings.allSatisfy { $0.card.group != .plaintext || $0.certainty == .possible })
        #expect([.unknown, .sealed].contains(judged.exposure.verdict))
    }

    /// An alert and a FIN in the place of the server's choice.
    @Test(arguments: [true, false]) func anAlertWithAFIN(goesOn: Bool) throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.firstIndex { $0.payload == Handshakes.serverHello })
        var alert = forged([21, 3, 3, 0, 2, 2, 40], for: segments[index])
        alert.flags.insert(.fin)
        if !goesOn { segments.removeSubrange((index + 1)...) }
        segments.insert(alert, at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflictCount == 1)
        #expect(judged.findings.first { $0.card.id == "tls-handshake-failed" }?.certainty == .possible)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// Rubbish in the place of the reply to STARTTLS: what is read of the handshake behind it is none.
    @Test func rubbishInThePlaceOfTheReplyToSTARTTLS() throws {
        var segments = Dialogue.encrypted.segments
        let place = try #require(segments.index(of: "STARTTLS", from: .client)) + 1
        segments.insert(forged([UInt8](repeating: 0xC3, count: 60), for: segments[place]), at: place)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflictCount > 0)
        #expect(judged.findings.allSatisfy { $0.card.id != "tls-handshake-failed" || $0.certainty == .possible })
    }

    /// An alert in the place of what one side says when the other one uses its keys already.
    @Test(
        arguments: [Side.client, .server],
        [[21, 3, 3, 0, 2, 2, 40], Array("250 ok, but no TLS\r\n".utf8)] as [[UInt8]])
    func anAlertBehindTheOtherSidesFlight(_ side: Side, _ octets: [UInt8]) throws {
        var talk = Conversation()
        talk.openUpToHello()
        if side == .client {
            talk.send(TLSOctets.serverHello13 + TLSOctets.changeCipherSpec + TLSOctets.protected(900), from: .server)
            talk.send(TLSOctets.protected(300), from: .server)
            talk.send(TLSOctets.changeCipherSpec + TLSOctets.protected(69), from: .client)
        } else {
            talk.send(TLSOctets.serverHello12, from: .server)
            talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
            talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
        }
        let place = talk.segments.count - 1
        for number in 1...4 { talk.send(TLSOctets.protected(60 * number), from: number % 2 == 0 ? .server : .client) }
        talk.close()
        var segments = talk.segments
        let genuine = try judge(segments)
        #expect(genuine.0.exposure.verdict == .sealed)
        segments.insert(forged(octets, for: segments[place]), at: place)
        let (judged, session) = try judge(segments)
        #expect(session.transport.conflictCount > 0)
        #expect(judged.findings.allSatisfy { $0.card.id != "tls-handshake-failed" || $0.certainty == .possible })
        #expect(judged.exposure.verdict == .unknown)
    }

    /// One SYN that anybody can send.
    @Test func aLoginInASYNThatNobodyAnswers() throws {
        var talk = Conversation(port: 587)
        talk.send(
            Conversation.octets(["EHLO client.example.net", "AUTH PLAIN AGFsaWNlAHNlY3JldA=="]), from: .client,
            flags: .syn,
            acknowledging: false)
        let (judged, _) = try judge(talk.segments)
        #expect(judged.findings.allSatisfy { $0.certainty == .possible })
        #expect(judged.exposure.verdict == .unknown)
    }

    /// A late FIN of the connection before, with numbers that are near by chance: what is read is closed by its own.
    @Test func aFINOfAnotherConnection() throws {
        for distance in [40, 100_000, 1 << 25] as [UInt32] {
            var segments = Dialogue.encrypted.segments
            var late = try #require(segments.last { $0.from == .client })
            late.flags = [.fin, .ack]
            late.sequence &-= distance
            segments.insert(late, at: segments.count - 3)
            let (judged, session) = try judge(segments)
            #expect(!session.transport.hasOctetsBehindEnd)
            #expect(judged.exposure.verdict != .unknown)
        }
    }

    /// A FIN that its stream outlives is nobody's end.
    @Test func aFINBeforeOctetsThatGoOn() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "RCPT TO", from: .client))
        var fin = segments[index]
        fin.payload = []
        fin.flags = [.fin, .ack]
        fin.sequence &-= 30
        segments.insert(fin, at: index)
        let (judged, session) = try judge(segments)
        #expect(!session.transport.hasOctetsBehindEnd)
        #expect(judged.findings.first { $0.card.id == "message-in-clear" }?.certainty == .certain)
        #expect(judged.exposure.verdict == .open)
    }

    /// What leads to a login or a message is compared, whichever word it is.
    @Test(arguments: [
        "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n",
        "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>\r\nBDAT 20 LAST\r\nSubject: y\r\n\r\nhallo\r\n",
    ]) func aMessageInThePlaceOfSTARTTLS(_ text: String) throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.index(of: "STARTTLS", from: .client))
        segments.insert(forged(text, for: segments[index]), at: index)
        let (judged, _) = try judge(segments)
        let accusing = judged.findings.filter { $0.card.group == .plaintext }
        #expect(!accusing.isEmpty && accusing.allSatisfy { $0.certainty == .possible })
        #expect(judged.exposure.verdict == .unknown)
    }

    /// A line that says nothing in the place of a login that is then followed by TLS.
    @Test func aLineOverALogin() throws {
        var segments = Dialogue(port: 587) { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250-STARTTLS", "250 AUTH PLAIN")
            talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
            talk.s("235 ok")
            talk.c("STARTTLS")
            talk.s("220 ready")
            talk.shakeHands()
            talk.send([23, 3, 3, 0, 20] + [UInt8](repeating: 7, count: 20), from: .client)
        }.segments
        let index = try #require(segments.index(of: "AUTH PLAIN AG", from: .client))
        let count = segments[index].payload.count
        segments.insert(
            forged("NOOP " + String(repeating: "x", count: count - 7) + "\r\n", for: segments[index]), at: index)
        let (judged, session) = try judge(segments)
        #expect(session.tls?.completed == true && session.smtp?.authentications.isEmpty == true)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// Octets that are no line yet, or no mail at all, in the place of a whole dialogue.
    @Test(arguments: [[UInt8](repeating: 0x7A, count: 1400), [23, 3, 3, 3, 232] + [UInt8](repeating: 1, count: 1000)])
    func rubbishInThePlaceOfADialogue(_ octets: [UInt8]) throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "EHLO", from: .client))
        segments.insert(forged(octets, for: segments[index]), at: index)
        let (judged, session) = try judge(segments)
        #expect(!session.transport.conflicts.isEmpty)
        #expect(session.transport.conflicts.allSatisfy { $0.used == nil && $0.other == nil })
        #expect(judged.exposure.verdict == .unknown)
    }

    // MARK: Forged ends and openings

    private func withoutOddities(_ segments: [Segment], _ dialogue: Dialogue) throws {
        let (judged, session) = try judge(segments)
        let plain = try judge(dialogue.segments).0
        #expect(judged.exposure.verdict == plain.exposure.verdict)
        #expect(judged.findings.map(\.card.id) == plain.findings.map(\.card.id))
        #expect(judged.findings.map(\.certainty) == plain.findings.map(\.certainty))
        #expect(session.transport.gaps.isEmpty)
    }

    /// A FIN inside or behind what its side says next, which is acknowledged as if it were the FIN.
    @Test(arguments: [Dialogue.plain, .encrypted], [0, 1, 13, 24, 25, 26, 5000] as [UInt32])
    func aFINAheadOfWhatFollows(_ dialogue: Dialogue, _ distance: UInt32) throws {
        var segments = dialogue.segments
        let index = try #require(segments.index(of: "EHLO", from: .client))
        var fin = forged([], for: segments[index])
        fin.flags = [.fin, .ack]
        fin.sequence &+= distance
        segments.insert(fin, at: index)
        try withoutOddities(segments, dialogue)
    }

    @Test func aFINOfTheServerInsideItsReply() throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.index(of: "220 2.0.0", from: .server))
        var fin = forged([], for: segments[index])
        fin.flags = [.fin, .ack]
        fin.sequence &+= UInt32(segments[index].payload.count - 1)
        segments.insert(fin, at: index)
        try withoutOddities(segments, .encrypted)
    }

    /// Another answer to a SYN that was acknowledged says nothing, with octets or without.
    @Test(arguments: [[], Handshakes.serverHello], [200_000, 1 << 29] as [UInt32])
    func anotherAnswerBehindTheFirst(_ octets: [UInt8], _ distance: UInt32) throws {
        for dialogue in [Dialogue.plain, .encrypted] {
            var segments = dialogue.segments
            var answer = forged(octets, for: segments[1])
            answer.sequence &-= distance
            segments.insert(answer, at: 3)
            try withoutOddities(segments.restamped(), dialogue)
        }
    }

    /// Another SYN of the client before it has said anything: the server's answer decides.
    @Test(arguments: [-5000, 100, 1 << 28] as [Int32], [false, true])
    func anotherSYNBeforeTheFirstOctets(_ distance: Int32, isLogin: Bool) throws {
        for dialogue in [Dialogue.plain, .encrypted] {
            var segments = dialogue.segments
            var syn = forged(isLogin ? "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n" : "", for: segments[0])
            syn.sequence &+= UInt32(bitPattern: distance)
            segments.insert(syn, at: 3)
            try withoutOddities(segments.restamped(), dialogue)
        }
    }

    /// Acknowledgements that go further ahead by a window each.
    @Test func acknowledgementsThatRunAhead() throws {
        for dialogue in [Dialogue.plain, .encrypted] {
            var segments = dialogue.segments
            let index = try #require(segments.index(of: "EHLO", from: .client))
            for number in 1...3 as ClosedRange<UInt32> {
                var forged = forged([], for: segments[index + Int(number) - 1])
                forged.acknowledgment = segments[index].acknowledgment &+ number << 24 &- number
                segments.insert(forged, at: index + Int(number) - 1)
            }
            let session = try judge(segments.restamped()).session
            #expect(session.smtp?.ehlo != nil)
            #expect(session.smtp?.messagesAccepted == (session.tls == nil ? 1 : 0))
        }
    }
}

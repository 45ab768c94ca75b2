import Sessions
import Support
import Testing
import Wire

/// How a handshake fails is read from the streams and what they acknowledge, not from the order of a tap.
@Suite struct HandshakeEndTests {
    private static let alert = TLSOctets.record(21, [2, 40])

    private static func failure(_ segments: [Segment]) -> String {
        switch Observer.observe(segments.restamped()).sessions.first?.tls?.failure {
        case .alert(let sent): "alert by \(sent.sender.rawValue)"
        case .cut(let side, let isReset, _): "\(isReset ? "RST" : "FIN") by \(side.rawValue)"
        case .likelyEncryptedAlert, nil: "none"
        }
    }

    @Test func anAlertThatAnswersAFINWasCausedByIt() {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send([], from: .client, flags: [.fin, .ack])
        talk.send(Self.alert, from: .server)
        var segments = talk.segments
        #expect(Self.failure(segments) == "FIN by client")
        segments.swapAt(segments.count - 1, segments.count - 2)
        #expect(Self.failure(segments) == "FIN by client")
    }

    @Test func anAlertThatCrossesAFINStandsForItself() {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(Self.alert, from: .server)
        talk.send([], from: .client, flags: [.fin, .ack])
        var segments = talk.segments
        segments[segments.count - 1].acknowledgment = segments[segments.count - 2].sequence
        #expect(Self.failure(segments) == "alert by server")
        segments.swapAt(segments.count - 1, segments.count - 2)
        #expect(Self.failure(segments) == "alert by server")
    }

    /// What was sent before the server had answered is early data, however short it is (RFC 8446 §2.3).
    @Test func shortEarlyDataIsNoAlert() {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(TLSOctets.protected(30), from: .client)
        talk.send(TLSOctets.serverHello13 + TLSOctets.protected(400), from: .server)
        talk.send([], from: .client, flags: [.fin, .ack])
        #expect(Self.failure(talk.segments) == "FIN by client")
    }

    /// A piece of a reply in clear before it keeps the ServerHello from being read, and not the client from its keys.
    @Test(arguments: ["250 par", "?? "])
    func whereTheClientUsesKeysAnAnswerWasMissed(_ piece: String) {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(Array(piece.utf8) + TLSOctets.serverHello12, from: .server)
        talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
        talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
        talk.send(TLSOctets.protected(60), from: .client)
        talk.close()
        let session = Observer.observe(talk.segments).sessions.first
        #expect(session?.tls?.failure == nil)
        #expect(session?.tls?.completed == nil)
    }

    /// Neither is followed by a certificate, and neither is resumed for that (RFC 4279 §2).
    @Test(arguments: [[0x00, 0x8C], [0x9A, 0x9B], [0xC0, 0x2F]] as [[UInt8]])
    func aHandshakeWithoutCertificateIsOnlyResumedWhereOneBelongsToIt(_ suite: [UInt8]) {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(
            TLSOctets.serverHello12(suite) + TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
        talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
        let session = Observer.observe(talk.segments).sessions.first
        #expect(session?.tls?.resumed == (suite == [0xC0, 0x2F] ? true : nil))
    }

    /// What a message said that cannot be read is not known: neither that the handshake was cut, nor that it was resumed.
    @Test(arguments: [
        // Octets behind the extensions of a ServerHello, a certificate of no length, an alert of level 3.
        TLSOctets.record(
            22, TLSOctets.message(2, [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0xC0, 0x2F, 0, 0, 0, 9])),
        TLSOctets.serverHello12([0, 0x9C]) + TLSOctets.record(22, TLSOctets.message(11, [0, 0, 3, 0, 0, 0])),
        TLSOctets.serverHello12 + TLSOctets.record(21, [3, 40]),
    ])
    func aMessageThatCannotBeReadDecidesNothing(_ flight: [UInt8]) throws {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(flight + TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .server)
        talk.send(TLSOctets.changeCipherSpec + TLSOctets.finished12, from: .client)
        talk.send(TLSOctets.protected(300), from: .server)
        talk.send([], from: .client, flags: [.fin, .ack])
        talk.send([], from: .server, flags: [.fin, .ack])
        let tls = try #require(Observer.observe(talk.segments).sessions.first?.tls)
        #expect(tls.failure == nil && tls.completed != false && tls.resumed == nil)
        #expect(tls.hasUnreadMessage)
    }

    /// The messages behind one that cannot be read are: a client that leaves over it has cut the handshake.
    @Test func aClientMayLeaveOverAMessageThatCannotBeRead() {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(
            TLSOctets.serverHello12 + TLSOctets.record(22, TLSOctets.message(12, [9]) + TLSOctets.message(14, [])),
            from: .server)
        talk.send([], from: .client, flags: [.fin, .ack])
        #expect(Self.failure(talk.segments) == "FIN by client")
    }

    /// An SSL 2.0 hello answers only SSL 2.0.
    @Test(arguments: [[0x80, 0x30, 4], [0xFF, 0xFF, 4], [0x80, 0x0B, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
    func octetsThatLookLikeSSL2AreNone(_ start: [UInt8]) throws {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(start + [UInt8](repeating: 0x61, count: 40), from: .server)
        talk.send([], from: .client, flags: [.fin, .ack])
        let session = try #require(Observer.observe(talk.segments).sessions.first)
        #expect(session.tls?.sslv2ServerHello == nil && session.tls?.version == nil)
        #expect(session.errors.count == 1)
    }

    @Test func theFINThatWasAnsweredCutsTheHandshake() {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send([], from: .server, flags: [.fin, .ack])
        talk.send([], from: .client, flags: [.fin, .ack])
        var segments = talk.segments
        segments.swapAt(segments.count - 1, segments.count - 2)
        #expect(Self.failure(segments) == "FIN by server")
    }

    @Test(arguments: [1, 2, 3, 5, 6, 50]) func anAlertStandsWhereItsRecordBegins(_ size: Int) throws {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(TLSOctets.serverHello12 + Self.alert, from: .server)
        let clear = talk.segments.dropLast().filter { $0.from == .server }.reduce(0) { $0 + $1.payload.count }
        let session = try #require(Observer.observe(talk.segments.split(every: size).restamped()).sessions.first)
        #expect(session.tls?.alerts.map(\.offset) == [Int64(clear + TLSOctets.serverHello12.count)])
    }

    @Test(arguments: [1, 2, 4, 7, 20, 40]) func textBehindAnAlertIsReadInPieces(_ size: Int) throws {
        var talk = Conversation()
        talk.openUpToHello()
        talk.send(Self.alert, from: .server)
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 ok")
        let session = try #require(Observer.observe(talk.segments.split(every: size).restamped()).sessions.first)
        #expect(session.smtp?.transactions.map { $0.mail.octets.full } == ["MAIL FROM:<alice@example.net>"])
        #expect(session.smtp?.transactions.first?.mailReply?.value == .ok)
    }

    @Test func aSYNBehindTheGreetingBeginsNoOtherSession() {
        var talk = Conversation()
        talk.openUpToHello()
        var segments = talk.segments.split(every: 10)
        // SYN-ACK, and the greeting from its middle on, before the SYN.
        segments.insert(segments.remove(at: 0), at: 1)
        segments.insert(segments.remove(at: 4), at: 1)
        let sessions = Observer.observe(segments.restamped()).sessions
        #expect(sessions.count == 1)
        #expect(sessions.first?.smtp?.greeting?.value.text.full == "mx.example.org ESMTP")
    }

    /// A greeting that acknowledges nothing repeats no secret, whatever a tap showed of the client before it.
    @Test func aGreetingThatWasOvertakenIsQuoted() throws {
        var talk = Conversation()
        talk.openUpToHello()
        var segments = talk.segments.split(every: 12)
        let hello = try #require(segments.index(of: "EHLO client", from: .client))
        segments.insert(segments.remove(at: hello), at: 1)
        let session = try #require(Observer.observe(segments.restamped()).sessions.first)
        #expect(session.smtp?.greeting?.value.text.full == "mx.example.org ESMTP")
    }
}

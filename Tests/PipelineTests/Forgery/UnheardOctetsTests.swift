import Findings
import Sessions
import Support
import Testing
import Wire

/// Octets behind holes: what the receiver acknowledged the capture lacks, and all else anybody may have sent.
@Suite struct UnheardOctetsTests: Forging {
    /// Far ahead of all that the client says in what was captured, without a FIN.
    @Test func octetsAheadOfAHole() throws {
        var segments = Dialogue.unused.segments
        segments.removeLast(4)
        let index = try #require(segments.index(of: "MAIL FROM", from: .client))
        var ahead = forged("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n", for: segments[index])
        ahead.sequence &+= 200_000
        segments.insert(ahead, at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.gaps.count == 1 && !session.transport.hasOctetsBehindEnd)
        let login = judged.findings.first { $0.card.id == "credentials-in-clear" }
        #expect(login?.certainty == .possible)
        #expect(login?.alternatives.contains("its receiver acknowledged neither") == true)
    }

    /// A choice far ahead of all that the server says.
    @Test func aChoiceAheadOfAHole() throws {
        var segments = Dialogue.encrypted.segments
        let index = 1 + (try #require(segments.index(of: "STARTTLS", from: .client)))
        var ahead = forged(TLSOctets.weakResumption, for: segments[index])
        ahead.sequence &+= 200_000
        segments.removeSubrange(index...)
        segments.append(ahead)
        let (judged, session) = try judge(segments)
        #expect(session.tls?.cipherSuite?.value.name == "TLS_ECDHE_RSA_WITH_RC4_128_SHA")
        #expect(judged.findings.first { $0.card.id == "weak-cipher" }?.certainty == .possible)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// A login behind two holes of which the receiver has acknowledged one, or both with its reset.
    @Test(arguments: [true, false]) func aLoginBehindTwoHoles(isReset: Bool) throws {
        var talk = submission
        talk.c("NOOP with some octets of no meaning")
        talk.c("NOOP with some octets of no meaning")
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        var segments = talk.segments
        for index in segments.indices.dropLast().suffix(2) { segments[index].captured = 10 }
        let login = try #require(segments.last)
        var acknowledgment = login
        acknowledgment.from = .server
        acknowledgment.payload = []
        acknowledgment.flags = isReset ? [.rst, .ack] : .ack
        acknowledgment.sequence = login.acknowledgment
        acknowledgment.acknowledgment = isReset ? login.sequence &+ UInt32(login.payload.count) : login.sequence &- 32
        acknowledgment.time += 1_000_000
        let (judged, session) = try judge(segments + [acknowledgment])
        #expect(session.transport.gapCount == 2)
        #expect(session.transport.isContested == !isReset)
        #expect(judged.exposure.verdict == (isReset ? .open : .unknown))
    }

    /// Nothing but the answer to its SYN is captured of the server.
    @Test func ofAServerThatIsHardlySeenNothingIsKnown() throws {
        var segments = Dialogue.plain.segments.filter { $0.from == .client || $0.flags.contains(.syn) }
        let index = try #require(segments.index(of: "RCPT TO", from: .client))
        segments.remove(at: index)
        let (judged, session) = try judge(segments)
        #expect(session.transport.gaps.contains { $0.side == .client } && !session.transport.isContested)
        #expect(judged.exposure.verdict == .open)
    }

    /// A recipient alone, ahead of all that the client says.
    @Test func aRecipientAheadOfAHole() throws {
        var talk = submission
        talk.c("RSET")
        var ahead = forged("RCPT TO:<bob@example.org>\r\n", for: talk.segments[talk.segments.count - 1])
        ahead.sequence &+= 200_000
        let (judged, _) = try judge(talk.segments + [ahead])
        #expect(judged.findings.first { $0.card.id == "envelope-in-clear" }?.certainty == .possible)
        #expect(judged.exposure.verdict == .unknown)
    }

    /// What the receiver acknowledged, it has; and of one that is not seen nothing is known.
    @Test(arguments: [true, false]) func whatTheCaptureLacks(isPeerSeen: Bool) throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "EHLO", from: .client))
        segments.remove(at: index)
        if !isPeerSeen { segments.removeAll { $0.from == .server } }
        let (judged, session) = try judge(segments)
        #expect(session.transport.gapCount == 1 && !session.transport.isContested)
        // Without replies nothing shows what a line is.
        let message = judged.findings.first { $0.card.id == "message-in-clear" }
        #expect(message?.certainty == (isPeerSeen ? .certain : .possible))
    }
}

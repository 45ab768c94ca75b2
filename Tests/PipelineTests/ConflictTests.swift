import Findings
import Pipeline
import Sessions
import Support
import Testing
import Wire

/// Two segments that claim the same place with different octets, and what only looks like it.
@Suite struct ConflictTests {
    private static let builder = PacketBuilder()

    /// A dialogue in which a segment with other octets follows the one that contains `text`, `apart` nanoseconds behind.
    private func contradicting(
        _ dialogue: Dialogue, _ text: String, from side: Side = .server, after: Int = 0, apart: Int64 = 300_000,
        _ change: (inout [UInt8]) -> Void
    ) throws -> [Segment] {
        var segments = dialogue.segments
        let index = try #require(segments.index(of: text, from: side))
        var other = segments[index]
        change(&other.payload)
        other.time = segments[index + after].time + apart
        segments.insert(other, at: index + after + 1)
        return segments
    }

    private func finding(_ segments: [Segment]) -> Finding? {
        Observer.findings(Observer.observe(segments).sessions).first { $0.card.id == "conflicting-retransmission" }
    }

    // MARK: What is told

    @Test func twoRepliesToEHLOAreCertainAndShown() throws {
        let segments = try contradicting(.plain, "250-PIPELINING") { $0.replace("PIPELINING", by: "STARTTLS\r\n") }
        let (sessions, counters) = Observer.observe(segments)
        let conflict = try #require(sessions.first?.transport.conflicts.first)
        #expect(counters.conflicts == 1)
        #expect(conflict.place == .negotiation)
        #expect(conflict.usedFrame == FrameNumber(6))
        #expect(conflict.frame == FrameNumber(7))
        #expect(conflict.used?.full.hasPrefix("PIPELINING") == true)
        #expect(conflict.other?.full.hasPrefix("STARTTLS") == true)
        let told = try #require(finding(segments))
        #expect(told.severity == .high)
        #expect(told.certainty == .certain)
        #expect(told.evidence.first?.frame == FrameNumber(7))
    }

    /// The true offer came second: that the server offers no TLS is no more than possible.
    @Test func anOfferInTheOtherCopyWeakensItsAbsence() throws {
        let segments = try contradicting(.plain, "250-PIPELINING") { $0.replace("PIPELINING", by: "STARTTLS\r\n") }
        let findings = Observer.findings(Observer.observe(segments).sessions)
        #expect(findings.first { $0.card.id == "starttls-not-offered" }?.certainty == .possible)
        let plain = Observer.findings(Observer.observe(Dialogue.plain.segments).sessions)
        #expect(plain.first { $0.card.id == "starttls-not-offered" }?.certainty == .certain)
    }

    @Test func heldOctetsAreComparedAsWell() throws {
        var segments = try contradicting(.plain, "250-PIPELINING") { $0.replace("PIPELINING", by: "STARTTLS\r\n") }
        let hello = try #require(segments.index(of: "EHLO", from: .client))
        segments.insert(segments.remove(at: hello), at: hello + 2)
        let session = try #require(Observer.observe(segments.restamped()).sessions.first)
        #expect(session.transport.conflicts.map(\.place) == [.negotiation])
        #expect(session.transport.conflicts.first?.used == nil)
        #expect(finding(segments.restamped())?.severity == .high)
    }

    @Test func aServerHelloThatWasChangedIsInTheHandshake() throws {
        var segments = Dialogue.encrypted.segments
        let index = try #require(segments.firstIndex { $0.from == .server && $0.payload == Handshakes.serverHello })
        var other = segments[index]
        other.payload[20] ^= 0xFF
        other.time += 300_000
        segments.insert(other, at: index + 1)
        let conflict = try #require(Observer.observe(segments).sessions.first?.transport.conflicts.first)
        #expect(conflict.place == .handshake)
        #expect(conflict.used == nil && conflict.other == nil)
        #expect(finding(segments)?.severity == .high)
    }

    @Test func behindMailItIsLowAndNotShown() throws {
        let segments = try contradicting(.plain, "250 2.1.0 Ok") { $0.replace("Ok", by: "No") }
        let conflict = try #require(Observer.observe(segments).sessions.first?.transport.conflicts.first)
        #expect(conflict.place == .elsewhere)
        #expect(conflict.used == nil && conflict.other == nil)
        let told = try #require(finding(segments))
        #expect(told.severity == .low)
        #expect(told.evidence.allSatisfy { $0.octets == QuotedText("(not shown)") })
    }

    // MARK: What is not told

    @Test func repetitionsAndProbesContradictNothing() throws {
        for dialogue in [Dialogue.plain, .full, .encrypted] {
            var segments: [Segment] = []
            for segment in dialogue.segments {
                if !segment.payload.isEmpty {
                    var probe = segment
                    probe.sequence &-= 1
                    probe.payload = [0]
                    segments.append(probe)
                }
                var late = segment
                late.time += 200_000
                segments += [segment, late]
            }
            for size in [1000, 7] {
                let (sessions, counters) = Observer.observe(segments.split(every: size))
                #expect(counters.conflicts == 0)
                #expect(sessions.flatMap(\.transport.conflicts).isEmpty)
            }
        }
    }

    /// A copy that was damaged on its way is dropped by its receiver, whichever of the two it is.
    @Test(arguments: [0, 1]) func aDamagedCopyContradictsNothing(_ damaged: Int) throws {
        let segments = try contradicting(.plain, "250-PIPELINING") { _ in }
        let index = try #require(segments.index(of: "250-PIPELINING", from: .server))
        var frames = Self.builder.frames(segments)
        let last = frames[index + damaged].octets.count - 3
        frames[index + damaged].octets[last] ^= 0x20
        let (sessions, counters) = Observer.observe(frames, Self.builder.linkType)
        #expect(sessions.count == 1)
        #expect(counters.conflicts == 0)
    }

    /// Somebody wrote over the offer of STARTTLS.
    private static let masked = Dialogue { talk in
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.org")
        talk.s("250-mx.example.org", "250-XXXXXXXA", "250 8BITMIME")
        talk.c("MAIL FROM:<a@example.org>")
        talk.s("250 ok")
        talk.c("QUIT")
        talk.s("221 bye")
    }

    /// Too little is seen by then to leave a damaged reply out; but what was read in it accuses nobody.
    @Test(arguments: [false, true]) func whatIsReadInADamagedSegmentIsPossibleAtMost(_ isDamaged: Bool) throws {
        let segments = Self.masked.segments
        let index = try #require(segments.index(of: "XXXXXXXA", from: .server))
        var frames = Self.builder.frames(segments)
        if isDamaged { frames[index].octets[14 + 20 + 16] ^= 0x55 }
        let sessions = Observer.observe(frames, Self.builder.linkType).sessions
        let transport = try #require(sessions.first?.transport)
        let frame = FrameNumber(UInt64(index + 1))
        #expect(transport.isDamaged == isDamaged && transport.isDamaged(frame, of: .server) == isDamaged)
        #expect(!transport.isDamaged(frame, of: .client))
        // What is said behind the client's answer is none of it.
        #expect(!transport.isDamaged(FrameNumber(UInt64(frames.count)), of: .server))
        let masked = Observer.findings(sessions).first { $0.card.id == "starttls-masked" }
        #expect(masked?.certainty == (isDamaged ? .possible : .certain))
        #expect(masked?.alternatives.contains("wrong checksum") == isDamaged)
        let exposure = ExposureJudge.judge(try #require(sessions.first), CaptureObservations())
        #expect((exposure.interceptor == .happened) == !isDamaged)
        // Checksums that are all wrong are those that a card fills in: they say nothing.
        for place in frames.indices where segments[place].from == .server {
            frames[place].octets[14 + 20 + 16] ^= place == index && isDamaged ? 0 : 0x55
        }
        let offloaded = Observer.observe(frames, Self.builder.linkType).sessions
        #expect(offloaded.first?.transport.isDamaged == false)
        #expect(Observer.findings(offloaded).first { $0.card.id == "starttls-masked" }?.certainty == .certain)
    }

    /// A line has the frame of the segment that ends it; it is as doubtful as the one that it begins in.
    @Test func aLineThatBeginsInADamagedSegmentIsDoubtful() throws {
        let segments = Self.masked.segments.split(every: 28)
        let index = try #require(segments.index(of: "250-XXXX", from: .server))
        #expect(segments.index(of: "XXXXXXXA", from: .server) == nil)
        var frames = Self.builder.frames(segments)
        frames[index].octets[14 + 20 + 16] ^= 0x55
        let masked = Observer.findings(Observer.observe(frames, Self.builder.linkType).sessions)
            .first { $0.card.id == "starttls-masked" }
        #expect(masked?.certainty == .possible)
    }

    /// Where nothing says that the earlier copy was whole, it is likely at most.
    @Test func withoutChecksumsItIsLikely() throws {
        let segments = try contradicting(.plain, "250-PIPELINING") { $0.replace("PIPELINING", by: "STARTTLS\r\n") }
        var frames = Self.builder.frames(segments)
        for index in frames.indices {
            // TCP's checksum, as a host leaves it that lets its card fill it in.
            frames[index].octets[14 + 20 + 16] = 0
            frames[index].octets[14 + 20 + 17] = 0
        }
        let findings = Observer.findings(Observer.observe(frames, Self.builder.linkType).sessions)
        #expect(findings.first { $0.card.id == "conflicting-retransmission" }?.certainty == .likely)
    }

    /// Secrets are neither kept nor compared, so that no copy of them can show them.
    @Test(arguments: ["AUTH PLAIN", "YWxpY2U=", "c2VjcmV0"]) func secretsAreNotKept(_ text: String) throws {
        let segments = try contradicting(.full, text, from: .client) { $0[$0.count - 4] ^= 1 }
        let (sessions, counters) = Observer.observe(segments)
        #expect(counters.conflicts == 0)
        #expect(sessions.flatMap(\.transport.conflicts).isEmpty)
    }

    // MARK: Bounds

    @Test func conflictsAreCountedBeyondThoseKept() throws {
        var segments = try contradicting(.plain, "250-PIPELINING") { $0.replace("PIPELINING", by: "STARTTLS\r\n") }
        let index = try #require(segments.index(of: "STARTTLS", from: .server))
        let other = segments[index]
        for number in 1..<20 as Range<Int64> {
            var again = other
            again.time += number * 1000
            again.payload[again.payload.count - 3] = UInt8(ascii: "A") + UInt8(number)
            segments.insert(again, at: index + Int(number))
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.transport.conflictCount == 20)
        #expect(session.transport.conflicts.count == TransportFacts.maximumConflicts)
    }

    @Test func withoutMemoryNothingIsComparedAndThatIsSaid() throws {
        var options = Observer.options
        options.rememberedBudget = 0
        let segments = try contradicting(.plain, "250-PIPELINING") { $0.replace("PIPELINING", by: "STARTTLS\r\n") }
        let (sessions, counters) = Observer.observe(segments, options: options)
        let session = try #require(sessions.first)
        #expect(session.transport.conflictCount == 0)
        #expect(counters.notCompared == 1)
        #expect(session.transport.isUncompared)
        guard case .notObserved(.budget) = ConflictingRetransmission.judge(session, CaptureObservations()) else {
            Issue.record("a pass would claim that it was compared")
            return
        }
    }

    // MARK: Damage that is sent again

    /// A segment damaged on its way, before the one that its sender sends again.
    private func damaging(_ segments: [Segment], at index: Int, _ change: (inout [UInt8]) -> Void) -> [Segment] {
        var result = segments
        var damaged = segments[index]
        change(&damaged.payload)
        damaged.isDamaged = true
        damaged.identification = 77
        damaged.time -= 1000
        result.insert(damaged, at: index)
        return result
    }

    /// The end of the line was damaged, so that the next one is read as a part of it: what follows is none of the dialogue.
    @Test func whatFollowsARefutedLineAccusesNobody() throws {
        var talk = Conversation()
        talk.open()
        talk.hearOffer()
        talk.c("STARTTLS", "MAIL FROM:<a@example.net>")
        talk.s("220 go ahead")
        talk.shakeHands()
        talk.close()
        let index = try #require(talk.segments.index(of: "EHLO", from: .client))
        let segments = damaging(talk.segments, at: index) { octets in
            octets.replaceSubrange((octets.count - 2)..., with: [0x71, 0x72])
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        var judge = Judge()
        let judged = judge.judge(session)
        #expect(session.transport.isDamaged)
        #expect(judged.exposure.verdict != .open)
        #expect(judged.findings.allSatisfy { $0.card.group != .plaintext || $0.certainty == .possible })
    }

    /// How a handshake ends is not known where a part of it was read in a segment that its receiver dropped.
    @Test(arguments: [Side.client, .server]) func aDamagedHandshakeIsNotCut(_ closer: Side) throws {
        var talk = Conversation()
        talk.open()
        talk.hearOffer()
        talk.c("STARTTLS")
        talk.s("220 go ahead")
        talk.shakeHands()
        talk.close(by: closer)
        let index = try #require(talk.segments.firstIndex { $0.payload == Handshakes.clientKeys })
        let segments = damaging(talk.segments, at: index) { $0[1] ^= 0x40 }
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.first?.transport.isDamaged == true)
        let failed = Observer.findings(sessions).first { $0.card.id == "tls-handshake-failed" }
        #expect(failed.map { $0.certainty == .possible } ?? true)
        #expect(sessions.first?.tls?.completed != true)
    }
}

extension [UInt8] {
    /// The octets of `text` replaced in place by as many others.
    fileprivate mutating func replace(_ text: String, by other: String) {
        guard let range = firstRange(of: Array(text.utf8)), text.utf8.count == other.utf8.count else { return }
        replaceSubrange(range, with: other.utf8)
    }
}

import Findings
import Foundation
import Pipeline
import Sessions
import Support
import Testing
import Wire

/// No file of evidence ever shows what somebody logs in with, whom a message is for, or what it says.
@Suite struct EvidenceSecretTests {
    private static let exchanges = SecretExchange.all.indices
    private static let name = "Vb5Tq8Nw2Lx7Rk4J"
    private static let text = "Hc9Wf3Zp6Mt1Gx8D"
    private static let search = SecretSearch([
        SecretExchange.user, SecretExchange.password, name, text,
    ])

    /// Everything that must not be shown besides logins: names, in commands and in what servers repeat, and content.
    private static func message(_ talk: inout Conversation) {
        talk.c("XCLIENT LOGIN=\(name) NAME=client.example.net")
        talk.s("220 mx.example.org \(name)")
        talk.c("VRFY \(name)")
        talk.s("252 2.0.0 \(name)")
        talk.c("EXPN \(name)@example.org")
        talk.s("250-First \(name) <\(name)@example.org>", "250 \(name)")
        talk.c("XFORWARD NAME=\(name)")
        talk.s("250 2.0.0 \(name)")
        talk.c("NOOP \(name)")
        talk.s("250 \(name)")
        talk.c("MAIL FROM:<\(name)@example.net> SIZE=100 ENVID=\(name) AUTH=\(name)@example.net RET=HDRS")
        talk.s("250 2.1.0 <\(name)@example.net>... sender ok")
        talk.c("RCPT TO:<\(name)@example.org> ORCPT=rfc822;\(name)@example.org NOTIFY=NEVER \(name)")
        talk.s("550-5.1.1 <\(name)@example.org>: \(name)", "550 5.1.1 unknown")
        talk.c("RCPT TO:\(name)@example.org")
        talk.s("250 2.1.5 \(name)@example.org ok")
        talk.c("DATA")
        talk.s("354 go on, \(name)")
        talk.c(
            "Subject: \(text)", "", "..\(text)", "MAIL FROM:<\(name)@example.org>", "EHLO \(text)", "250-\(text)", ".")
        talk.s("250 2.0.0 queued as \(text)")
        talk.c("MAIL FROM:<\"\(name) \(name)\"@example.net>")
        talk.s("250 ok")
        talk.c("RCPT TO:<\(name)>")
        talk.s("250 ok")
        let chunk = Array("Subject: \(text)\r\n\r\n\(text)\r\nQUIT\r\nEHLO \(text)\r\n".utf8)
        talk.send(Array("BDAT \(chunk.count) LAST\r\n".utf8) + chunk, from: .client)
        talk.s("250 2.0.0 \(text)")
        talk.c("\(name) what is this", "HELP \(name)")
        talk.s("500 5.5.1 \(name)", "214 \(name)")
    }

    private static func segments(_ index: Int, initial: Bool, _ answer: SecretExchange.Answer) -> [Segment] {
        Conversation.segments(port: 587) { talk in
            SecretExchange.all[index].speak(&talk, initial: initial, answer)
            message(&talk)
        }
    }

    private func expectSilence(_ batch: EvidenceBatch, least: Int, _ comment: String) throws {
        let run = try EvidenceRun(batch.frames)
        #expect(run.messages == "")
        let leak = try run.leak(Self.search)
        #expect(leak == nil, "\(comment)")
        // Else it would show nothing since nothing was written.
        let sessions = Set(try run.packets().map { $0.octets[26] == 10 ? $0.octets[26..<30] : $0.octets[30..<34] })
        #expect(sessions.count >= least, "\(comment)")
    }

    // MARK: The search itself

    /// As it is on the wire everything is found, in whatever pieces.
    @Test func packetsAsTheyAreShowIt() throws {
        for size in [1, 3, 1000] {
            var batch = EvidenceBatch()
            batch.add(Self.segments(0, initial: true, .refused).split(every: size).restamped())
            let run = try EvidenceRun(batch.frames) { $0.isRaw = true }
            #expect(run.messages.contains("WARNING"))
            let leak = try run.leak(Self.search)
            #expect(leak != nil)
        }
    }

    // MARK: Ways of travelling

    @Test(arguments: exchanges) func wholeAndInPieces(_ index: Int) throws {
        var batch = EvidenceBatch()
        for answer in SecretExchange.Answer.allCases {
            for initial in [true, false] {
                let segments = Self.segments(index, initial: initial, answer)
                if answer == .refused { batch.add(segments.split(every: 1).restamped()) }
                for size in [200, 17, 3] { batch.add(segments.split(every: size).restamped()) }
                batch.add(segments.flatMap { [$0, $0] }.restamped())
                batch.add(segments.reversed().restamped())
                for side in Side.allCases { batch.add(segments.only(side)) }
                for count in [1, 9, 20] { batch.add(segments.cut(toPayload: count)) }
            }
        }
        try expectSilence(batch, least: 60, "exchange \(index)")
    }

    @Test(arguments: exchanges) func splitAtEveryOctet(_ index: Int) throws {
        var batch = EvidenceBatch()
        let segments = Self.segments(index, initial: true, .refused)
        for (place, segment) in segments.enumerated() where segment.payload.count > 1 {
            let step = max(1, segment.payload.count / 6)
            for cut in stride(from: 1, to: segment.payload.count, by: step) {
                batch.add(segments.split(at: cut, ofSegment: place).restamped())
            }
        }
        try expectSilence(batch, least: 100, "exchange \(index)")
    }

    @Test(arguments: exchanges) func outOfOrderAndOverlapping(_ index: Int) throws {
        var batch = EvidenceBatch()
        for seed in 0..<24 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            batch.add(
                Shuffle.apply(to: Self.segments(index, initial: seed % 2 == 0, .refused), &random))
        }
        try expectSilence(batch, least: 20, "exchange \(index)")
    }

    @Test(arguments: exchanges) func withHolesAndFromTheMiddle(_ index: Int) throws {
        var batch = EvidenceBatch()
        let segments = Self.segments(index, initial: index % 2 == 0, .refused)
        for (place, segment) in segments.enumerated() where segment.payload.count > 0 {
            batch.add(segments.without(place))
            batch.add(Array(segments[place...]))
            let step = max(1, segment.payload.count / 2)
            for start in stride(from: 1, to: segment.payload.count - 1, by: step) {
                var holed = segments
                let rest = segment.part(start + 1..<segment.payload.count)
                holed.replaceSubrange(place...place, with: [segment.part(0..<start), rest])
                batch.add(holed)
                batch.add([segment.part(start..<segment.payload.count)] + segments[(place + 1)...])
            }
        }
        try expectSilence(batch, least: 50, "exchange \(index)")
    }

    /// Other octets in the place of each segment, before it, behind it and much later. What a server says itself, in the
    /// copy that is read, before it was told anything, is no secret of the client's.
    @Test(arguments: [0, 1, 2, 13, 16]) func copiesThatDiffer(_ index: Int) throws {
        var batch = EvidenceBatch()
        let segments = Self.segments(index, initial: false, .refused)
        let secrets = segments.filter { Self.search.leak(in: String(decoding: $0.payload, as: UTF8.self)) != nil }
        for (place, segment) in segments.enumerated() where segment.payload.count > 1 {
            for secret in secrets.prefix(1) + secrets.suffix(1) {
                var other = segment
                other.payload = secret.payload
                var shifted = secret
                shifted.from = segment.from
                shifted.sequence = segment.sequence &+ UInt32(min(2, segment.payload.count))
                shifted.acknowledgment = segment.acknowledgment
                let isTold = segment.from == .client || place > 5
                for copy in [other, shifted] {
                    for at in isTold ? [place, place + 1, segments.count - 3] : [place + 1, segments.count - 3] {
                        var copies = segments
                        copies.insert(copy, at: at)
                        batch.add(copies.restamped())
                    }
                }
            }
        }
        try expectSilence(batch, least: 100, "exchange \(index)")
    }

    /// Octets where none belong: in a reset, in SYNs, behind the packet, far outside the window, with wrong checksums.
    @Test func octetsInOddPlaces() throws {
        let login = SecretExchange.encoded("\0\(SecretExchange.user)\0\(SecretExchange.password)")
        let secret = Array("AUTH PLAIN \(login)\r\n".utf8)
        let segments = Self.segments(0, initial: true, .accepted)
        var batch = EvidenceBatch()
        for place in [0, 1, 2, 3, 5, 7, segments.count - 2] {
            for flags in [[.rst], [.rst, .ack], .syn, [.syn, .ack], [.fin, .ack]] as [TCPFlags] {
                for distance in [0, 1, 1000, 1 << 20, 1 << 31] as [UInt32] {
                    var odd = segments[place]
                    odd.flags = flags
                    odd.payload = secret
                    odd.sequence = odd.sequence &+ distance
                    var copies = segments
                    copies.insert(odd, at: place + 1)
                    batch.add(copies.restamped())
                }
            }
        }
        try expectSilence(batch, least: 30, "odd places")
        var frames = PacketBuilder().frames(segments)
        for index in frames.indices {
            // Behind the IP packet, where Ethernet pads, and some cards leave what they sent before.
            frames[index].octets += secret
            frames[index].originalLength += secret.count
        }
        let padded = try EvidenceRun(frames).leak(Self.search)
        #expect(padded == nil)
    }

    /// While they go on, a part each time that something is told: in any pieces, and out of order.
    @Test(arguments: exchanges, EvidenceRun.Watching.allCases)
    func inPartsWhileSessionsGoOn(_ index: Int, _ end: EvidenceRun.Watching) throws {
        var batch = EvidenceBatch()
        for answer in SecretExchange.Answer.allCases {
            let segments = Self.segments(index, initial: answer == .refused, answer)
            for size in [1000, 17, 5] { batch.add(segments.split(every: size).restamped()) }
            batch.add(segments.flatMap { [$0, $0] }.restamped())
            for place in stride(from: 4, to: segments.count, by: 3) { batch.add(segments.without(place)) }
            for seed in 0..<3 as Range<UInt64> {
                var random = SeededGenerator(seed: seed)
                batch.add(Shuffle.apply(to: segments, &random))
            }
        }
        let run = try EvidenceRun(batch.frames, watching: end)
        let leak = try run.leak(Self.search)
        #expect(leak == nil)
        #expect(try run.packets().count > 200)
    }

    // MARK: Forms of wrapping

    @Test(arguments: EncapsulationCase.all.indices) func insideOfTunnels(_ index: Int) throws {
        let builder = EncapsulationCase.all[index].builder
        let run = try EvidenceRun(
            builder.frames(Self.segments(1, initial: true, .accepted)), builder.linkType)
        let leak = try run.leak(Self.search)
        #expect(leak == nil, "\(EncapsulationCase.all[index].name)")
        #expect(try run.packets().count > 20, "\(EncapsulationCase.all[index].name)")
    }

    @Test func inFragments() throws {
        for wrappings in [
            [Wrap.fragments(of: 16)], [Wrap.fragments(of: 40), Wrap.vxlan(5)], [Wrap.vxlan(5), Wrap.fragments(of: 16)],
            [Wrap.fragments(of: 32), Wrap.ip(overV6: true)],
        ] {
            var builder = PacketBuilder()
            builder.wrappings = wrappings
            let run = try EvidenceRun(builder.frames(Self.segments(1, initial: true, .accepted)))
            #expect(try run.leak(Self.search) == nil)
            let packets = try run.packets()
            #expect(packets.count > 20)
        }
    }

    // MARK: TLS

    /// Octets that look like TLS and are none.
    @Test func whatOnlyBeginsLikeTLS() throws {
        let secret = "AUTH PLAIN \(SecretExchange.encoded("\0\(SecretExchange.user)\0\(SecretExchange.password)"))\r\n"
        var batch = EvidenceBatch()
        for type in [20, 21, 22, 23, 24] as [UInt8] {
            for inner in [
                [], [1, 0, 0, 100], [2, 0, 0, 100], [11, 0, 0, 100], [16, 0, 0, 100],
                [4, 0, 0, 100], [14, 0, 0, 100], [15, 0, 0, 100], [0x80, 0x2E, 1, 3, 0],
            ]
                as [[UInt8]]
            {
                for begins in [true, false] {
                    var inner = inner
                    if begins == (type % 2 == 0), inner.count == 4 { inner[3] = UInt8(secret.utf8.count) }
                    let octets: [UInt8] =
                        [type, 3, 1, 0, UInt8(secret.utf8.count + inner.count)] + inner + Array(secret.utf8)
                    batch.add(
                        Conversation.segments(port: begins ? 465 : 587) { talk in
                            if !begins {
                                talk.s("220 mx.example.org ESMTP")
                                talk.c("EHLO client.example.net")
                                talk.s("250-mx.example.org", "250 STARTTLS")
                                talk.c("STARTTLS")
                                talk.s("220 go on")
                            }
                            talk.send(octets, from: .client)
                            talk.send(octets, from: .server)
                            talk.c(secret)
                            talk.s("535 \(secret)")
                        })
                }
            }
        }
        try expectSilence(batch, least: 5, "looks like TLS")
    }
}

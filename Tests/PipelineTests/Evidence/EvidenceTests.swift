import Capture
import Findings
import Foundation
import Sessions
import Support
import Testing
import Wire

@testable import Pipeline

/// What files of evidence hold, and how they are kept.
@Suite struct EvidenceTests {
    private static func dialogue(_ count: Int = 1, _ dialogue: Dialogue = .full) -> [BuiltFrame] {
        var batch = EvidenceBatch()
        for _ in 0..<count { batch.add(dialogue.segments) }
        return batch.frames
    }

    // MARK: What is shown

    @Test func harmlessWordsStay() throws {
        let run = try EvidenceRun(Self.dialogue())
        let texts = try Streams(run.packets()).texts.joined()
        for words in [
            "220-mx.example.org ESMTP\r\n", "EHLO client.example.net\r\n", "250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n",
            "STARTTLS\r\n", "454 4.7.0 TLS not available\r\n", "AUTH PLAIN ####################\r\n",
            "535 5.7.8 #####################\r\n", "334 VXNlcm5hbWU6\r\n", "########\r\n", "235 2.7.0 ########\r\n",
            "MAIL FROM:<a####@example.net>\r\nRCPT TO:<b##@example.org>\r\n", "550 5.1.1 ############\r\n",
        ] {
            #expect(texts.contains(words), "\(words)")
        }
    }

    /// Length, time and headers are those of the packet; what is overwritten has the same number of octets.
    @Test func everyPacketKeepsItsLength() throws {
        let frames = Self.dialogue()
        let packets = try EvidenceRun(frames).packets()
        #expect(packets.count == frames.count)
        for (packet, frame) in zip(packets, frames) {
            #expect(packet.octets.count == frame.octets.count)
            #expect(packet.originalLength == frame.originalLength)
            #expect(packet.nanoseconds == frame.nanoseconds)
            #expect(packet.octets.prefix(50) == frame.octets.prefix(50))
        }
    }

    /// Who sends a packet puts behind its payload what it likes: little of that is kept, and none of it shown.
    @Test(arguments: [false, true]) func aLongTrailerIsCut(_ isRaw: Bool) throws {
        let trailer = Array(repeating: UInt8(ascii: "T"), count: 5000)
        let frames = Self.dialogue().map { frame in
            BuiltFrame(
                octets: frame.octets + trailer, originalLength: frame.originalLength + trailer.count,
                nanoseconds: frame.nanoseconds)
        }
        let packets = try EvidenceRun(frames) { $0.isRaw = isRaw }.packets()
        #expect(packets.count == frames.count)
        for (packet, frame) in zip(packets, frames) {
            #expect(packet.octets.count == frame.octets.count - trailer.count + EvidencePacket.maximumTrailing)
            #expect(packet.originalLength == frame.originalLength)
            #expect(packet.octets.suffix(EvidencePacket.maximumTrailing).allSatisfy { $0 == (isRaw ? trailer[0] : 0) })
        }
    }

    /// A checksum covers octets that the snapshot length cut off, and would tell of them.
    @Test func checksumsOfWhatIsNotThereAreLeftOut() throws {
        // The greeting and EHLO are whole, so that there is something to be found.
        let frames = Self.dialogue(1, .plain).enumerated().map { index, frame in
            BuiltFrame(
                octets: index < 10 ? frame.octets : Array(frame.octets.prefix(54)),
                originalLength: frame.originalLength, nanoseconds: frame.nanoseconds)
        }
        let cut = try EvidenceRun(frames).packets().filter { $0.octets.count == 54 && $0.originalLength > 54 }
        #expect(cut.count > 3)
        #expect(cut.allSatisfy { $0.octets[50] == 0 && $0.octets[51] == 0 })
    }

    @Test func rightChecksumsAreRightAndWrongOnesWrong() throws {
        var frames = Self.dialogue()
        for index in stride(from: 4, to: frames.count, by: 5) { frames[index].octets[50] ^= 0x55 }
        frames[6].octets[50] = 0
        frames[6].octets[51] = 0
        let packets = try EvidenceRun(frames).packets()
        #expect(packets.count == frames.count)
        for (index, (packet, frame)) in zip(packets, frames).enumerated() {
            #expect(try integrity(packet.octets) == integrity(frame.octets), "packet \(index)")
        }
    }

    private func integrity(_ octets: [UInt8]) throws -> Integrity? {
        var decoder = PacketDecoder(ports: PortSet([1...65535]))
        let packet = try decoder.decode(octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        guard case .segment(let segment) = packet else { return nil }
        return segment.integrity
    }

    /// Two replies to EHLO are what a rule accuses somebody with: both are shown, and both of them without names.
    @Test func anotherCopyOfAReplyIsShown() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "250-PIPELINING", from: .server))
        var other = segments[index]
        let text = String(decoding: other.payload, as: UTF8.self)
        other.payload = Array(text.replacingOccurrences(of: "PIPELINING", with: "STARTTLS\r\n").utf8)
        other.time += 300_000
        segments.insert(other, at: index + 1)
        let run = try EvidenceRun(PacketBuilder().frames(segments))
        let file = String(decoding: run.files[0].octets, as: UTF8.self)
        #expect(file.contains("250-PIPELINING\r\n") && file.contains("250-STARTTLS\r\n"))
        #expect(file.contains("conflicting-retransmission (high, certain)"))
    }

    @Test func aSessionWithoutFindingsLeavesNothing() throws {
        let quiet = Dialogue { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        let run = try EvidenceRun(Self.dialogue(1, quiet))
        #expect(try run.packets().isEmpty)
        let chosen = try EvidenceRun(Self.dialogue()) { $0.leastSeverity = .critical }
        #expect(try chosen.packets().isEmpty == !chosen.output.contains("\"critical\""))
        let none = try EvidenceRun(Self.dialogue(1, .plain)) { $0.leastSeverity = .critical }
        #expect(try none.packets().isEmpty)
    }

    // MARK: Sessions that go on

    /// What was told is in the file by then, and what comes later follows: each packet once, as it would be at the end.
    @Test func whatIsToldIsKeptAtOnce() throws {
        let frames = Self.dialogue()
        let killed = try EvidenceRun(Array(frames.dropLast(3)), watching: .killed)
        let texts = try Streams(killed.packets()).texts.joined()
        #expect(texts.contains("AUTH PLAIN ####################\r\n") && texts.contains("535 5.7.8 ####"))
        #expect(!killed.output.contains("\"event_type\":\"flow\""))
        #expect(String(decoding: killed.files[0].octets, as: UTF8.self).contains("credentials-in-clear ("))
        let ended = try EvidenceRun(frames, watching: .asked)
        let whole = try EvidenceRun(frames)
        #expect(try ended.packets().map(\.octets) == whole.packets().map(\.octets))
        #expect(ended.output.contains("\"evidence\":{\"sessions\":1,\"packets\":\(frames.count),"))
    }

    /// What is found at the end in packets that were written before stands beside those that follow.
    @Test func whatIsFoundLaterIsSaidLater() throws {
        let late = Dialogue { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 STARTTLS")
            talk.c("MAIL FROM:<a@example.net>")
            talk.s("250 ok")
            talk.c("DATA")
            talk.s("354 go on")
            talk.c("text", ".")
            talk.s("250 ok")
        }
        let run = try EvidenceRun(Self.dialogue(1, late), watching: .asked)
        let file = String(decoding: run.files[0].octets, as: UTF8.self)
        #expect(file.contains("starttls-unused (medium, certain), in frame 7 of "))
        #expect(try run.packets().count == late.segments.count)
    }

    /// However long a session goes on, no more of it is kept than of any other.
    @Test func aSessionThatGoesOnHasTheSameBounds() throws {
        let long = Dialogue(port: 587) { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250 mx.example.org")
            for index in 0..<900 {
                talk.c(index == 5 ? "AUTH PLAIN AGFsaWNlAHNlY3JldA==" : "NOOP")
                talk.s("250 ok")
            }
        }
        let frames = Self.dialogue(1, long)
        let run = try EvidenceRun(frames, watching: .asked)
        let kept = try run.packets().count
        #expect(kept >= SessionEvidence.maximumPackets && kept <= SessionEvidence.maximumPackets + 8)
        #expect(run.output.contains("\"packets_left_out\":\(frames.count - kept),"))
    }

    /// What several sessions prove keeps the one that completes it, also where nothing else is found in it.
    @Test(arguments: [nil, .asked] as [EvidenceRun.Watching?])
    func aFindingOfAHopKeepsTheSessionThatCompletesIt(_ watching: EvidenceRun.Watching?) throws {
        let capture = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("captures/plaintext-after-failed-tls.pcap")
        let run = try EvidenceRun(
            [capture.path], in: try TemporaryFolder(), watching: watching,
            trust: { $0.rules = [PlaintextAfterFailedTLS.self] })
        let file = String(decoding: run.files[0].octets, as: UTF8.self)
        #expect(file.contains("plaintext-after-failed-tls (medium, likely)"))
        #expect(file.contains("MAIL FROM:<a####@example.org>"))
        #expect(run.output.contains("\"evidence\":{\"sessions\":1,"))
    }

    // MARK: The files

    @Test func onlyTheOwnerMayReadThem() throws {
        let run = try EvidenceRun(Self.dialogue())
        for path in run.paths {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func whatIsThereIsLeftAlone() throws {
        let run = try EvidenceRun(Self.dialogue(), taken: ["evidence.pcapng", "evidence-000001.pcapng"])
        #expect(run.files.map(\.name) == ["evidence-000001.pcapng", "evidence-000002.pcapng", "evidence.pcapng"])
        #expect(run.files[0].octets == Array("mine".utf8) && run.files[2].octets == Array("mine".utf8))
        #expect(run.files[1].octets.count > 1000)
    }

    @Test func theOldestGoesWhenTheRingIsFull() throws {
        let run = try EvidenceRun(Self.dialogue(1200), count: 2) { $0.fileSize = 1 << 20 }
        #expect(run.files.count == 2)
        #expect(!run.files.contains { $0.name == "evidence.pcapng" })
        #expect(run.files.allSatisfy { $0.octets.count <= 1 << 20 })
        #expect(run.output.contains("\"sessions\":1200"))
        #expect(!run.output.contains("\"files_removed\":0"))
    }

    @Test func threadsDoNotChangeThem() throws {
        let frames = Self.dialogue(300)
        let one = try EvidenceRun(frames)
        let two = try EvidenceRun(frames, threads: 2)
        #expect(one.files[0].octets.count > 100_000)
        let mapped = two.files.map {
            String(decoding: $0.octets, as: UTF8.self).replacingOccurrences(
                of: two.folder.url.path, with: one.folder.url.path)
        }
        #expect(mapped == one.files.map { String(decoding: $0.octets, as: UTF8.self) })
    }

    /// Many sessions at once, and little memory: some are given up and counted, and nothing is shown of them later.
    @Test func littleMemoryGivesUpTheOldest() throws {
        var sessions: [[Segment]] = []
        for index in 0..<800 {
            var batch = EvidenceBatch()
            for _ in 0...index % 3 { batch.add(SecretExchange.all[index % 4].segments(initial: true, .refused)) }
            sessions.append(
                batch.segments.map {
                    var segment = $0
                    segment.client = Endpoint(IPAddress(v4: 0x0A10_0000 + UInt32(index)), segment.client.port)
                    return segment
                }.prefix(14).map { $0 })
        }
        var segments: [Segment] = []
        for place in 0..<14 { for session in sessions where place < session.count { segments.append(session[place]) } }
        let run = try EvidenceRun(
            PacketBuilder().frames(segments.restamped()), memory: MemoryBudget(total: 16 << 20))
        #expect(try run.leak(SecretExchange.search) == nil)
        #expect(!run.output.contains("\"sessions_given_up\":0"))
        #expect(try !run.packets().isEmpty)
    }

    /// However many sessions went before: what a session took is given back in full when it is over.
    @Test func aLongRunKeepsAllOfThem() throws {
        var batch = EvidenceBatch()
        for _ in 0..<2500 { batch.add(Dialogue.full.segments) }
        let run = try EvidenceRun(batch.frames, memory: MemoryBudget(total: 16 << 20))
        #expect(run.output.contains("\"sessions_given_up\":0"))
        #expect(run.output.contains("\"evidence\":{\"sessions\":2500"))
    }

    @Test func aFolderThatIsNotThereIsSaid() throws {
        let folder = try TemporaryFolder()
        let files = try EvidenceFiles(folder.url.path + "/none/evidence.pcapng", count: 1)
        #expect(throws: CaptureError.self) { try files.prepare() }
    }
}

import Support
import Testing

@testable import Wire

/// Fragmented packets are put together, in whatever order and number their parts come, and in bounded memory.
@Suite struct FragmentTests {
    /// Large enough to be cut: a reply of many lines and a message.
    private static func dialogue(isV6: Bool) -> [Segment] {
        var talk = Conversation(isV6: isV6)
        Dialogue.plain.speak(&talk)
        return talk.segments
    }

    private static let inside: [(String, [Wrapping])] = [
        ("fragments", [Wrap.fragments(of: 16)]),
        ("fragments in a VLAN", [Wrap.vlan(5), Wrap.fragments(of: 24)]),
        ("fragments in VXLAN", [Wrap.vxlan(5), Wrap.fragments(of: 16)]),
        ("a fragmented VXLAN", [Wrap.fragments(of: 40), Wrap.vxlan(5)]),
        ("a fragmented GRE", [Wrap.fragments(of: 32), Wrap.gre()]),
        ("a fragmented IP in IP", [Wrap.fragments(of: 32), Wrap.ip()]),
        ("a fragmented IP in IPv6", [Wrap.fragments(of: 32), Wrap.ip(overV6: true)]),
        (
            "fragments in a fragmented tunnel",
            [Wrap.fragments(of: 16), Wrap.gtp(EncapsulationCase.keys), Wrap.fragments(of: 24)]
        ),
    ]

    /// A VLAN and a virtual network of one number, in which fragments of two packets have one identification.
    @Test func networksOfOneNumberDoNotMix() throws {
        let segments = Self.dialogue(isV6: false)
        let plain = try #require(Observer.observe(segments).sessions.first)
        var tagged = PacketBuilder()
        tagged.wrappings = [Wrap.vlan(25), Wrap.fragments(of: 24)]
        var virtual = PacketBuilder()
        virtual.wrappings = [Wrap.vxlan(25), Wrap.fragments(of: 24)]
        let frames = (tagged.frames(segments) + virtual.frames(segments)).sorted { $0.nanoseconds < $1.nanoseconds }
        let outcome = Observer.observe(frames, .ethernet)
        #expect(difference(outcome.sessions, from: [plain.facts, plain.facts]) == nil)
        #expect(outcome.counters.notReassembled == 0)
    }

    @Test(arguments: inside.indices, [false, true]) func carriesTheSameSession(_ index: Int, isV6: Bool) throws {
        let (name, wrappings) = Self.inside[index]
        let segments = Self.dialogue(isV6: isV6)
        var builder = PacketBuilder()
        builder.wrappings = wrappings
        let plain = try #require(Observer.observe(segments).sessions.first)
        let outcome = Observer.observe(segments, builder)
        #expect(difference(outcome.sessions, from: [plain.facts]) == nil, "\(name)")
        #expect(outcome.counters.reassembled > 0 && outcome.counters.notReassembled == 0, "\(name)")
    }

    // MARK: One packet

    /// A mail packet with 40 octets of payload, so 60 of TCP: in pieces of 16 there are four.
    private static func packet(isV6: Bool = false) -> (segment: Segment, fragments: Fragments) {
        var talk = Conversation(isV6: isV6)
        talk.send(Array("MAIL FROM:<alice@example.net> SIZE=1000\r\n".utf8.prefix(40)), from: .client)
        let segment = talk.segments[0]
        guard let fragments = Fragments(of: PacketBuilder().packet(segment), every: 16, 77) else {
            preconditionFailure("too small")
        }
        return (segment, fragments)
    }

    private struct Result: Equatable {
        var payloads: [[UInt8]] = []
        var ambiguous = 0
        var waiting = 0
        var other = 0
        var errors = 0
    }

    /// What a decoder makes of packets, a millisecond apart unless said otherwise.
    private static func decode(
        _ contents: [Content], every step: Int64 = 1_000_000, times: [Int64] = [],
        budget: FragmentTable.Budget = .init()
    ) -> (Result, DecoderCounters) {
        var decoder = PacketDecoder(ports: PortSet([25...25]), fragments: budget)
        var result = Result()
        for (index, content) in contents.enumerated() {
            let frame = PacketBuilder().frame(content, at: 0)
            let offset = times.isEmpty ? Int64(index) * step : times[index]
            let time = Timestamp(nanoseconds: Conversation.start + offset)
            do throws(WireError) {
                switch try decoder.decode(frame.octets.span, linkType: .ethernet, at: time) {
                case .segment: result.errors += 1
                case .reassembled:
                    let segment = try decoder.reassembledSegment()
                    result.payloads.append([UInt8](copying: segment.payload))
                    if segment.isAmbiguous { result.ambiguous += 1 }
                case .fragment: result.waiting += 1
                case .other: result.other += 1
                }
            } catch {
                result.errors += 1
            }
        }
        return (result, decoder.counters)
    }

    @Test(arguments: [false, true]) func everyOrderIsPutTogether(isV6: Bool) {
        let (segment, fragments) = Self.packet(isV6: isV6)
        let orders = Self.permutations(Array(fragments.all.indices))
        #expect(orders.count == 24)
        for order in orders {
            let (result, counters) = Self.decode(order.map { fragments.all[$0] })
            #expect(result == Result(payloads: [segment.payload], waiting: 3), "\(order)")
            #expect(counters.reassembled == 1 && counters.notReassembled == 0)
        }
    }

    @Test(arguments: [false, true]) func duplicatesAreNoOverlap(isV6: Bool) {
        let (segment, fragments) = Self.packet(isV6: isV6)
        for index in 0..<3 {
            var contents = fragments.all
            contents.insert(contents[index], at: index)
            let (result, counters) = Self.decode(contents)
            #expect(result == Result(payloads: [segment.payload], waiting: 4))
            #expect(counters.ambiguous == 0 && counters.copies == 1)
        }
    }

    /// Of both ports of a switch, each fragment twice, at once or a few later: no packet is awaited behind its copies.
    @Test(arguments: [false, true], [1, 2, 4]) func copiesOfFragmentsAwaitNothing(isV6: Bool, behind: Int) {
        let (segment, fragments) = Self.packet(isV6: isV6)
        let contents = stride(from: 0, to: 4, by: behind).flatMap { start in
            let part = Array(fragments.all[start..<start + behind])
            return part + part
        }
        let (result, counters) = Self.decode(contents)
        // Where all of them come once more, so does the packet, and its segment is the copy.
        let isWhole = behind == 4
        #expect(result.payloads == Array(repeating: segment.payload, count: isWhole ? 2 : 1))
        #expect(counters.notReassembled == 0 && counters.copies == (isWhole ? 0 : 4))
    }

    /// What is left of a packet that never came is no part of the next with its number, copy or not.
    @Test(arguments: [false, true]) func leftoversAreNoPart(isV6: Bool) {
        let (segment, fragments) = Self.packet(isV6: isV6)
        let (result, counters) = Self.decode(
            [fragments.all[0]] + fragments.all, times: [0] + [Int64](repeating: 70_000_000_000, count: 4))
        #expect(result.payloads == [segment.payload])
        #expect(counters.reassembled == 1 && counters.notReassembled == 1)
    }

    /// Each fragment twice, from a host that numbers all its packets alike.
    @Test func copiesAreNoPartOfTheNextPacket() {
        let (segment, fragments) = Self.packet()
        // All but the ports.
        let others = fragments.cuts.map { cut in
            fragments.fragment(cut, octets: cut.map { fragments.payload[$0] ^ ($0 < 4 || $0 == 12 ? 0 : 1) })
        }
        let (result, counters) = Self.decode((fragments.all + others).flatMap { [$0, $0] })
        #expect(result.payloads.first == segment.payload)
        #expect(counters.reassembled == 2 && counters.notReassembled == 0 && counters.copies == 8)
    }

    /// Another packet with the same identification is none.
    @Test func anotherPacketIsNoCopy() {
        let (_, fragments) = Self.packet()
        let others = fragments.cuts.map { fragments.fragment($0, octets: fragments.payload[$0].map { $0 ^ 1 }) }
        let (result, counters) = Self.decode(fragments.all + [others[3]] + others[..<3])
        #expect(counters.copies == 0 && counters.notReassembled == 0)
        #expect(result.payloads.count + result.other + result.errors >= 1)
    }

    /// Extension headers behind the fragment header are in fragments themselves (RFC 8200 §4.5).
    @Test(arguments: [[(51, 24)], [(60, 8)], [(60, 8), (51, 24)]])
    func extensionsInFragmentsAreNoPayload(_ extensions: [(UInt8, Int)]) throws {
        let segments = Self.dialogue(isV6: true)
        let plain = try #require(Observer.observe(segments).sessions.first)
        var builder = PacketBuilder()
        builder.extensionsV6 = extensions.map { number, length in
            let units = number == 51 ? length / 4 - 2 : length / 8 - 1
            return (number, [0, UInt8(units)] + [UInt8](repeating: 0, count: length - 2))
        }
        builder.wrappings = [Wrap.fragments(of: 16)]
        let outcome = Observer.observe(segments, builder)
        #expect(difference(outcome.sessions, from: [plain.facts]) == nil)
        #expect(outcome.counters.reassembled > 0 && outcome.counters.truncatedSegments == 0)
    }

    /// Eight headers are read, and no ninth.
    @Test(arguments: [7, 8, 9]) func chainsOfExtensionHeaders(count: Int) throws {
        var builder = PacketBuilder()
        builder.extensionsV6 = Array(repeating: (60, [0, 0, 1, 4, 0, 0, 0, 0]), count: count)
        let outcome = Observer.observe(Self.dialogue(isV6: true), builder)
        #expect(outcome.sessions.isEmpty == (count > 8))
    }

    /// RFC 791: the octets that came in earlier stay; that others came is known.
    @Test func overlapsOfIPv4KeepWhatCameFirst() {
        let (segment, fragments) = Self.packet()
        let evil = [UInt8](repeating: 0x58, count: 16)
        let overlap = fragments.fragment(24..<40, octets: evil)
        // Octets 24 to 31 were there when the overlap came, 32 to 39 came with it.
        let (result, counters) = Self.decode([
            fragments.all[0], fragments.all[1], overlap, fragments.all[2], fragments.all[3],
        ])
        var expected = segment.payload
        expected.replaceSubrange(12..<20, with: evil.prefix(8))
        #expect(result == Result(payloads: [expected], ambiguous: 1, waiting: 4))
        #expect(counters.ambiguous == 1)
        // The same octets twice are no contradiction.
        let same = fragments.fragment(24..<40)
        #expect(
            Self.decode([fragments.all[0], fragments.all[1], same, fragments.all[2], fragments.all[3]]).0
                == Result(payloads: [segment.payload], waiting: 4))
    }

    /// RFC 5722: the whole packet is given up, and so is what comes of it later.
    @Test func overlapsOfIPv6GiveThePacketUp() {
        let (_, fragments) = Self.packet(isV6: true)
        let overlap = fragments.fragment(24..<40)
        let (result, counters) = Self.decode([
            fragments.all[0], fragments.all[1], overlap, fragments.all[2], fragments.all[3],
        ])
        #expect(result.payloads.isEmpty)
        #expect(counters.reassembled == 0 && counters.notReassembled == 1)
    }

    /// Two ends that differ, and octets behind the end.
    @Test(arguments: [false, true]) func contradictingEndsAreNotBelieved(isV6: Bool) {
        let (segment, fragments) = Self.packet(isV6: isV6)
        for wrong in [
            fragments.fragment(32..<40, isLast: true),
            fragments.fragment(64..<72, octets: Array(repeating: 1, count: 8)),
        ] {
            let (result, _) = Self.decode([
                fragments.all[0], fragments.all[3], wrong, fragments.all[1], fragments.all[2],
            ])
            #expect(result.payloads == (isV6 ? [] : [segment.payload]))
            #expect(result.ambiguous == (isV6 ? 0 : 1))
        }
    }

    /// 30 seconds (RFC 791 §3.2, as hosts do), 60 in IPv6 (RFC 8200 §4.5), by the capture's clock.
    @Test(arguments: [false, true]) func lateFragmentsDoNotComplete(isV6: Bool) {
        let (segment, fragments) = Self.packet(isV6: isV6)
        let limit: Int64 = isV6 ? 60_000_000_000 : 30_000_000_000
        #expect(Self.decode(fragments.all, every: limit / 3).0.payloads == [segment.payload])
        let (result, counters) = Self.decode(fragments.all, every: limit / 3 + 1)
        #expect(result.payloads.isEmpty)
        // The early ones, and the late one that waits for them.
        #expect(counters.notReassembled == 2 && counters.evictedFragments == 0)
    }

    /// RFC 6946: no fragment at all.
    @Test func atomicFragmentsAreWhole() throws {
        let segments = Self.dialogue(isV6: true)
        let plain = try #require(Observer.observe(segments).sessions.first)
        var builder = PacketBuilder()
        builder.extensionsV6 = [(44, [0, 0, 0, 0, 1, 2, 3, 4])]
        let outcome = Observer.observe(segments, builder)
        #expect(difference(outcome.sessions, from: [plain.facts]) == nil)
        #expect(outcome.counters.reassembled == 0)
    }

    /// The fragment that the snapshot length cut shows where the octets end that are known.
    @Test func cutFragmentsLeaveOctetsMissing() throws {
        let (segment, fragments) = Self.packet()
        var decoder = PacketDecoder(ports: PortSet([25...25]))
        for (index, content) in fragments.all.enumerated() {
            var frame = PacketBuilder().frame(content, at: 0)
            if index == 2 { frame.octets.removeLast(10) }
            _ = try decoder.decode(frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        }
        let reassembled = try decoder.reassembledSegment()
        #expect([UInt8](copying: reassembled.payload) == Array(segment.payload.prefix(18)))
        #expect(reassembled.missing == 22)
    }

    /// Other ports, and protocols that hold no mail, take no memory.
    @Test func otherTrafficIsNotKept() throws {
        var decoder = PacketDecoder(ports: PortSet([587...587]))
        let (_, fragments) = Self.packet()
        for content in fragments.all {
            let frame = PacketBuilder().frame(content, at: 0)
            _ = try decoder.decode(frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        }
        #expect(decoder.fragmentCost < 300)
        #expect(decoder.counters.notReassembled == 0)
        var icmp = fragments.all[0]
        icmp.octets[9] = 1
        var fresh = PacketDecoder(ports: PortSet([25...25]))
        let frame = PacketBuilder().frame(icmp, at: 0)
        _ = try fresh.decode(frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        #expect(fresh.fragmentCost == 0)
    }

    /// What a session says in contradicting fragments, and behind them, is never certain; what it said before is.
    @Test(arguments: [("EHLO", true), ("QUIT", false)])
    func contradictingFragmentsAreADoubt(_ text: String, _ isDoubted: Bool) throws {
        let segments = Dialogue.plain.segments
        let plain = try #require(Observer.observe(segments).sessions.first)
        #expect(Observer.findings([plain]).contains { $0.certainty == .certain })
        var frames = PacketBuilder().frames(segments)
        let place = try #require(segments.index(of: text))
        let packet = PacketBuilder().packet(segments[place])
        let fragments = try #require(Fragments(of: packet, every: 8, 9))
        var contents = fragments.all
        contents.insert(fragments.fragment(0..<8, octets: Array(repeating: 1, count: 8), isLast: false), at: 1)
        // TCP's own header is unharmed: the wrong copy came later.
        frames.replaceSubrange(
            place...place, with: contents.map { PacketBuilder().frame($0, at: segments[place].time) })
        let session = try #require(Observer.observe(frames, .ethernet).sessions.first)
        #expect(session.transport.ambiguousSegments == 1)
        #expect(session.facts == plain.facts)
        let findings = Observer.findings([session])
        #expect(!findings.isEmpty)
        for finding in findings {
            let isNamed = finding.alternatives.contains("Fragments of this session")
            #expect(isNamed == isDoubted && (finding.certainty != .certain || !isDoubted), "\(finding.card.id)")
        }
    }

    // MARK: Floods

    /// Fragments that never become packets: of one size or another, of many packets or of one.
    @Test(arguments: [false, true]) func floodsStayInBudget(isV6: Bool) throws {
        let (segment, fragments) = Self.packet(isV6: isV6)
        let budget = FragmentTable.Budget(octets: 100_000, packets: 200)
        var decoder = PacketDecoder(ports: PortSet([25...25]), fragments: budget)
        var random = SeededGenerator(seed: 5)
        var largest = 0
        for round in 0..<20_000 {
            let offset = Int.random(in: 1...8000, using: &random) * 8
            let octets = [UInt8](repeating: 7, count: [8, 8, 64, 1400].randomElement(using: &random) ?? 8)
            var content = fragments.fragment(offset..<offset + octets.count, octets: octets, isLast: false)
            // Another packet each time, or one of three.
            let number = round.isMultiple(of: 2) ? UInt16(truncatingIfNeeded: round) : UInt16(round % 6)
            let place = isV6 ? 46 : 4
            content.octets[place] = UInt8(number >> 8)
            content.octets[place + 1] = UInt8(number & 0xFF)
            let frame = PacketBuilder().frame(content, at: 0)
            _ = try? decoder.decode(frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
            largest = max(largest, decoder.fragmentCost)
        }
        #expect(largest > 50_000 && largest <= budget.octets)
        #expect(decoder.counters.notReassembled > 1000)
        // What comes now is put together all the same.
        var payload: [UInt8] = []
        for content in fragments.all {
            let frame = PacketBuilder().frame(content, at: 0)
            if case .reassembled = try decoder.decode(
                frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
            {
                payload = [UInt8](copying: try decoder.reassembledSegment().payload)
            }
        }
        #expect(payload == segment.payload)
    }

    /// Lengths that are no multiple of eight, that reach beyond what a packet can have, and none at all.
    @Test func impossibleFragmentsAreRefused() {
        let (_, fragments) = Self.packet()
        let odd = fragments.fragment(0..<12, octets: Array(repeating: 1, count: 12), isLast: false)
        let beyond = fragments.fragment(65_528..<65_576, octets: Array(repeating: 1, count: 48), isLast: true)
        let empty = fragments.fragment(16..<16, octets: [], isLast: false)
        let (result, _) = Self.decode([odd, beyond, empty] + fragments.all)
        #expect(result.payloads.isEmpty)
        #expect(result.errors == 2)
    }

    /// A packet whose ports stand in its second fragment cannot be told early, and is told when it is whole.
    @Test func randomCutsAndOrdersGiveTheSame() {
        var random = SeededGenerator(seed: 11)
        for isV6 in [false, true] {
            let (segment, fragments) = Self.packet(isV6: isV6)
            for _ in 0..<500 {
                var places = Set([0, fragments.payload.count])
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    places.insert(Int.random(in: 1..<fragments.payload.count / 8, using: &random) * 8)
                }
                let cuts = places.sorted()
                var contents = zip(cuts, cuts.dropFirst()).map { fragments.fragment($0..<$1) }
                if let repeated = contents.randomElement(using: &random) { contents.append(repeated) }
                contents.shuffle(using: &random)
                let (result, _) = Self.decode(contents)
                #expect(result.payloads == [segment.payload])
            }
        }
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard !items.isEmpty else { return [[]] }
        return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }
}

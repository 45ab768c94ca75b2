import Sessions
import Support
import Testing
import Wire

/// One form of wrapping, and the facts that it must show of a session that the client opens.
struct EncapsulationCase: Sendable {
    let name: String
    let builder: PacketBuilder
    /// Kind and identifier, outermost first.
    let layers: [String]
    /// A snapshot that cuts payloads, or padding, is applied besides.
    init(_ name: String, _ layers: [String], _ wrappings: Wrapping...) {
        self.name = name
        self.layers = layers
        var builder = PacketBuilder()
        builder.wrappings = wrappings
        self.builder = builder
    }

    init(_ name: String, _ layers: [String], link: PacketBuilder.Link) {
        self.name = name
        self.layers = layers
        builder = PacketBuilder(link)
    }

    static let labels = [PerSide(client: 100, server: 200), PerSide(client: 16, server: 17)]
    static let keys = PerSide(client: 42, server: 43)

    /// Made anew for each use: the leak checker cannot follow a global's references where an enumeration keeps its case in their spare bits.
    static var all: [Self] {
        [
            Self("802.1Q", ["vlan 7"], Wrap.vlan(0x2007)),
            Self("QinQ", ["vlan 100", "vlan 200"], Wrap.vlan(0x88A8, 100), Wrap.vlan(200)),
            Self("old QinQ", ["vlan 100", "vlan 200"], Wrap.vlan(0x9100, 100), Wrap.vlan(200)),
            Self("oldest QinQ", ["vlan 100", "vlan 200"], Wrap.vlan(0x9200, 100), Wrap.vlan(0x9100, 200)),
            Self(
                "802.1ad thrice", ["vlan 1", "vlan 2", "vlan 3"], Wrap.vlan(0x88A8, 1), Wrap.vlan(0x88A8, 2),
                Wrap.vlan(3)),
            Self("MPLS", ["mpls 100", "mpls 16"], Wrap.mpls(labels)),
            Self("MPLS pseudowire", ["mpls 100", "mpls 16"], Wrap.mpls(labels), Wrap.frame),
            Self(
                "MPLS pseudowire with a control word", ["mpls 100", "mpls 16"], Wrap.mpls(labels, controlWord: true),
                Wrap.frame),
            Self(
                "a VLAN in an MPLS pseudowire", ["mpls 100", "mpls 16", "vlan 5"], Wrap.mpls(labels), Wrap.frame,
                Wrap.vlan(5)),
            Self(
                "a VLAN in an MPLS pseudowire with a control word", ["mpls 100", "mpls 16", "vlan 5"],
                Wrap.mpls(labels, controlWord: true), Wrap.frame, Wrap.vlan(5)),
            Self(
                "IEEE 802.3 behind tags", ["vlan 100", "vlan 200"], Wrap.vlan(0x88A8, 100), Wrap.vlan(200), Wrap.snap),
            Self("IEEE 802.3 in an MPLS pseudowire", ["mpls 100", "mpls 16"], Wrap.mpls(labels), Wrap.snapFrame),
            Self(
                "IEEE 802.3 in an MPLS pseudowire with a control word", ["mpls 100", "mpls 16", "vlan 5"],
                Wrap.mpls(labels, controlWord: true), Wrap.frame, Wrap.vlan(5), Wrap.snap),
            Self("PPPoE", ["pppoe 17"], Wrap.pppoe(17)),
            Self(
                "PPPoE in QinQ", ["vlan 100", "vlan 200", "pppoe 17"], Wrap.vlan(0x88A8, 100), Wrap.vlan(200),
                Wrap.pppoe(17)),
            Self("IEEE 802.3 in GENEVE", ["geneve 9"], Wrap.geneve(9, framed: false), Wrap.snapFrame),
            Self("GRE", ["gre"], Wrap.gre()),
            Self("GRE with everything", ["gre 42"], Wrap.gre(key: keys, sequence: true, checksum: true)),
            Self("GRE over IPv6", ["gre 42"], Wrap.gre(key: keys, overV6: true)),
            Self("GRE with Ethernet", ["gre"], Wrap.gre(framed: true)),
            Self("GRE with Ethernet and a key", ["gre 42"], Wrap.gre(key: keys, framed: true)),
            Self("GRE with MPLS", ["gre", "mpls 100", "mpls 16"], Wrap.gre(), Wrap.mpls(labels)),
            Self("NVGRE", ["nvgre 4660"], Wrap.nvgre(0x1234)),
            Self("PPTP", ["pptp 42"], Wrap.pptp(keys)),
            Self("PPTP without framing", ["pptp 42"], Wrap.pptp(keys, framing: [])),
            Self("ERSPAN I", ["erspan"], Wrap.erspan(1)),
            Self("ERSPAN II", ["erspan 7"], Wrap.erspan(2)),
            Self("ERSPAN II with a VLAN", ["erspan 7", "vlan 33"], Wrap.erspan(2, vlan: 33)),
            Self("ERSPAN III", ["erspan 7", "vlan 33"], Wrap.erspan(3, vlan: 33)),
            Self("ERSPAN III with a subheader", ["erspan 7"], Wrap.erspan(3, subheader: true)),
            Self("VXLAN", ["vxlan 42"], Wrap.vxlan(42)),
            Self("VXLAN on the old port", ["vxlan 42"], Wrap.vxlan(42, port: 8472)),
            Self("VXLAN over IPv6", ["vxlan 42"], Wrap.vxlan(42, overV6: true)),
            Self(
                "VLAN in VXLAN in VLAN", ["vlan 3", "vxlan 42", "vlan 5"], Wrap.vlan(3), Wrap.vxlan(42), Wrap.vlan(5)),
            Self("GENEVE", ["geneve 77"], Wrap.geneve(77)),
            Self(
                "GENEVE with options, around IP", ["geneve 77"],
                Wrap.geneve(77, options: [1, 2, 3, 4, 5, 6, 7, 8], framed: false)),
            Self("IP in IPv4", ["ip"], Wrap.ip()),
            Self("IP in IPv6", ["ip"], Wrap.ip(overV6: true)),
            Self("GTP-U", ["gtp-u 42"], Wrap.gtp(keys)),
            Self("GTP-U with a sequence number", ["gtp-u 42"], Wrap.gtp(keys, sequence: true)),
            Self("GTP-U with extensions", ["gtp-u 42"], Wrap.gtp(keys, extensions: [[1, 2], [1, 2, 3, 4, 5, 6]])),
            Self(
                "four tunnels", ["vlan 3", "gre 42", "vxlan 8", "vlan 9", "ip", "gtp-u 42"],
                Wrap.vlan(3), Wrap.gre(key: keys), Wrap.vxlan(8), Wrap.vlan(9), Wrap.ip(overV6: true), Wrap.gtp(keys)),
            Self("PPP", [], link: .ppp(.ppp, framing: [])),
            Self("PPP with framing", [], link: .ppp(.ppp, framing: [0xFF, 3])),
            Self("PPP on a serial line", [], link: .ppp(.pppSerial, framing: [0xFF, 3])),
            Self("PPP with a direction", [], link: .ppp(.pppWithDirection, framing: [1, 0xFF, 3])),
            Self("PPPoE without Ethernet", ["pppoe 17"], link: .ppp(.pppEthernet, framing: [0x11, 0, 0, 17, 0, 0])),
            Self("Cisco HDLC", [], link: .ciscoHDLC),
        ]
    }
}

/// Whatever a session is wrapped in, it is the same session; and what it is wrapped in is a fact of it.
@Suite struct EncapsulationTests {
    @Test(arguments: EncapsulationCase.all.indices) func carriesTheSameSessionOverIPv4(_ index: Int) throws {
        try expectTheSame(Dialogue.plain.segments, EncapsulationCase.all[index], version: "4")
    }

    @Test(arguments: EncapsulationCase.all.indices) func carriesTheSameSessionOverIPv6(_ index: Int) throws {
        var conversation = Conversation(isV6: true)
        Dialogue.plain.speak(&conversation)
        try expectTheSame(conversation.segments, EncapsulationCase.all[index], version: "6")
    }

    @Test(arguments: EncapsulationCase.all.indices) func carriesAHandshakeBehindStartTLS(_ index: Int) throws {
        try expectTheSame(Dialogue.encrypted.segments, EncapsulationCase.all[index], version: "4")
    }

    private func expectTheSame(_ segments: [Segment], _ form: EncapsulationCase, version: String) throws {
        let plain = try #require(Observer.observe(segments).sessions.first)
        let sessions = Observer.observe(segments, form.builder).sessions
        #expect(difference(sessions, from: [plain.facts]) == nil, "\(form.name)")
        #expect(sessions.map(\.id) == [plain.id], "\(form.name)")
        let session = try #require(sessions.first, "\(form.name)")
        let outermost = session.vlans.map { "vlan \($0)" }
        #expect(outermost + session.encapsulation.map { $0.text(inner: version) } == form.layers, "\(form.name)")
    }

    /// Payloads cut by the snapshot length are cut by as much inside a tunnel.
    @Test(arguments: EncapsulationCase.all.indices) func cutPayloadsAreMissingInside(_ index: Int) throws {
        let form = EncapsulationCase.all[index]
        let segments = Dialogue.plain.segments.cut(toPayload: 12)
        let plain = try #require(Observer.observe(segments).sessions.first)
        let sessions = Observer.observe(segments, form.builder).sessions
        #expect(difference(sessions, from: [plain.facts]) == nil, "\(form.name)")
        #expect(sessions.map(\.transport.truncatedSegments) == [plain.transport.truncatedSegments], "\(form.name)")
    }

    /// A mirror cuts the frame, and sends what is left in a packet that is whole: the same as where the whole is cut.
    @Test(arguments: [12, 60]) func whatAMirrorCutsIsMissing(left: Int) throws {
        let segments = Dialogue.plain.segments
        let cut = segments.cut(toPayload: left)
        let plain = try #require(Observer.observe(cut).sessions.first)
        var builder = PacketBuilder()
        builder.wrappings = [
            Wrap.vxlan(5),
            { content, _, _ in
                let header = Int(content.octets[0] & 15) * 4
                let tcp = Int(content.octets[header + 12] >> 4) * 4
                return [Content(content.etherType, Array(content.octets.prefix(header + tcp + left)))]
            },
        ]
        let outcome = Observer.observe(segments, builder)
        #expect(difference(outcome.sessions, from: [plain.facts]) == nil)
        // A router that wraps packets cuts none.
        builder.wrappings[0] = Wrap.ip()
        let routed = Observer.observe(segments, builder).sessions.first
        #expect(routed?.transport.truncatedSegments ?? 0 == 0)
    }

    /// Octets behind the outermost packet, as Ethernet pads short frames and as a frame check sequence stands there.
    @Test(arguments: EncapsulationCase.all.indices) func paddingIsNoPayload(_ index: Int) throws {
        var form = EncapsulationCase.all[index].builder
        form.padding = 22
        let plain = try #require(Observer.observe(Dialogue.plain.segments).sessions.first)
        #expect(difference(Observer.observe(Dialogue.plain.segments, form).sessions, from: [plain.facts]) == nil)
    }

    /// In a pseudowire without a control word a flow label may stand where a type would be behind one.
    @Test(arguments: [0x10800, 0x186DD, 0x10806, 0x18100, 0x18847] as [UInt32]) func aFlowLabelIsNoType(_ label: UInt32)
        throws
    {
        var builder = PacketBuilder()
        let labeled: Wrapping = { content, _, _ in
            var octets = content.octets
            octets[1] = UInt8(label >> 16)
            octets[2] = UInt8(label >> 8 & 0xFF)
            octets[3] = UInt8(label & 0xFF)
            return [Content(content.etherType, octets)]
        }
        builder.wrappings = [Wrap.mpls(EncapsulationCase.labels), Wrap.frame, labeled]
        var talk = Conversation(isV6: true)
        Dialogue.plain.speak(&talk)
        let plain = try #require(Observer.observe(talk.segments).sessions.first)
        let outcome = Observer.observe(talk.segments, builder)
        #expect(difference(outcome.sessions, from: [plain.facts]) == nil)
        #expect(outcome.counters.malformed.isEmpty)
    }

    /// Each of these tells apart what has equal addresses and ports.
    static let networks: [(String, @Sendable (UInt32) -> Wrapping)] = [
        ("VLAN", { Wrap.vlan(UInt16($0)) }),
        ("PPPoE", { Wrap.pppoe(UInt16($0)) }),
        ("VXLAN", { Wrap.vxlan($0) }),
        ("GENEVE", { Wrap.geneve($0) }),
        ("NVGRE", { Wrap.nvgre(0x1000 + $0) }),
        (
            "VLAN in a pseudowire",
            { number in
                {
                    Wrap.mpls(EncapsulationCase.labels)(
                        Wrap.frame(Wrap.vlan(UInt16(number))($0, $1, $2)[0], $1, $2)[0], $1, $2)
                }
            }
        ),
        ("ERSPAN's VLAN", { Wrap.erspan(2, vlan: UInt16($0)) }),
        ("VLAN in VXLAN", { number in { Wrap.vxlan(9)(Wrap.vlan(UInt16(number))($0, $1, $2)[0], $1, $2) } }),
    ]

    @Test(arguments: networks.indices) func networksDoNotMix(_ index: Int) throws {
        let (name, wrapping) = Self.networks[index]
        let mail = Dialogue.plain.segments
        let other = Dialogue.encrypted.segments
        let expected = [Observer.observe(mail).sessions[0].facts, Observer.observe(other).sessions[0].facts]
        let frames = interleaved([
            PacketBuilder(in: wrapping(5)).frames(mail), PacketBuilder(in: wrapping(6)).frames(other),
        ])
        let sessions = Observer.observe(frames, .ethernet).sessions
        #expect(sessions.count == 2, "\(name)")
        for facts in expected { #expect(sessions.contains { $0.facts == facts }, "\(name)") }
    }

    /// What each direction has for itself does not make two sessions of one.
    @Test func identifiersOfOneDirectionDoNotSplit() throws {
        for wrapping in [
            Wrap.gtp(EncapsulationCase.keys), Wrap.gre(key: EncapsulationCase.keys),
            Wrap.mpls(EncapsulationCase.labels), Wrap.ip(),
        ] {
            #expect(Observer.observe(Dialogue.plain.segments, PacketBuilder(in: wrapping)).sessions.count == 1)
        }
    }

    /// A tunnel that sets no hop apart is named in the report for people all the same.
    @Test func aTunnelIsNamedToPeople() throws {
        let frames = PacketBuilder(in: Wrap.ip()).frames(Dialogue.plain.segments)
        #expect(try Observer.run(frames, format: .text).output.contains(" in IPv4 in IPv4"))
        let plain = PacketBuilder().frames(Dialogue.plain.segments)
        #expect(try !Observer.run(plain, format: .text).output.contains(" in IPv4"))
    }

    /// A load balancer hands the client's packets on through a tunnel, and the server answers directly.
    @Test func aTunnelOfOneDirectionIsPartOfTheSession() throws {
        let segments = Dialogue.plain.segments
        let tunnel = PacketBuilder(in: Wrap.ip())
        let frames = segments.map { ($0.from == .client ? tunnel : PacketBuilder()).frame($0) }
        let plain = try #require(Observer.observe(segments).sessions.first)
        #expect(difference(Observer.observe(frames, .ethernet).sessions, from: [plain.facts]) == nil)
    }

    @Test func nestingIsBounded() throws {
        let segments = Dialogue.plain.segments
        func observe(_ wrappings: [Wrapping]) -> (Int, UInt64) {
            var builder = PacketBuilder()
            builder.wrappings = wrappings
            let outcome = Observer.observe(segments, builder)
            return (outcome.sessions.count, outcome.counters.nestedTooDeep)
        }
        let many = UInt64(segments.count)
        #expect(observe(Array(repeating: Wrap.vlan(5), count: 8)) == (1, 0))
        #expect(observe(Array(repeating: Wrap.vlan(5), count: 9)) == (0, many))
        #expect(observe(Array(repeating: Wrap.ip(), count: 4)) == (1, 0))
        #expect(observe(Array(repeating: Wrap.ip(), count: 5)) == (0, many))
        // Headers without a name are counted too.
        #expect(observe(Array(repeating: Wrap.vlan(0), count: 100)) == (0, many))
    }

    /// What is on a tunnel's port and is none, or is a message of its control plane.
    @Test(arguments: [2152, 4789, 6081, 8472] as [UInt16]) func otherDatagramsOnTunnelPortsAreOther(_ port: UInt16)
        throws
    {
        var decoder = PacketDecoder(ports: PortSet([25...25]))
        for octets: [UInt8] in [
            [UInt8](repeating: 0, count: 60), [UInt8](repeating: 0x55, count: 60),
            [0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0],
        ] {
            let header: [UInt8] = [
                0x45, 0, 0, UInt8(28 + octets.count), 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
            ]
            let datagram =
                [0xC3, 0x50, UInt8(port >> 8), UInt8(port & 0xFF), 0, UInt8(8 + octets.count), 0, 0] + octets
            let frame = PacketBuilder().frame(Content(Content.ipv4, header + datagram), at: 0)
            switch try? decoder.decode(frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0)) {
            case .segment, .reassembled, .fragment: Issue.record("not other")
            case .other, nil: break
            }
        }
    }

    private func interleaved(_ lists: [[BuiltFrame]]) -> [BuiltFrame] {
        let longest = lists.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in lists.compactMap { index < $0.count ? $0[index] : nil } }
    }
}

extension Encapsulation {
    /// Kind and identifier; IP in IP by its carrier alone.
    fileprivate func text(inner: String) -> String {
        let name =
            kind.rawValue.hasPrefix("\(inner)in") || kind.rawValue.hasPrefix("4in") || kind.rawValue.hasPrefix("6in")
            ? "ip" : kind.rawValue
        return name + (identifier.map { " \($0)" } ?? "")
    }
}

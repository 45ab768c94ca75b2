/// What a workload is made of.
struct Recipe: Sendable {
    /// Sessions of one kind.
    struct Group: Sendable {
        enum Source: Sendable {
            /// A recording, its session enlarged by so many octets.
            case recording(String, enlargedBy: Int = 0)
            /// A recording's session up to the end of its handshake; it stays open.
            case handshake(String)
            case download(octets: Int)
            case datagrams(count: Int, size: Int)
            case loris
        }

        var kind: String
        var source: Source
        var count: Int
        var port: UInt16 = 0
        /// Multiplies the times inside a session.
        var stretch: UInt64 = 1

        init(_ kind: String, _ source: Source, _ count: Int, port: UInt16 = 0, stretch: UInt64 = 1) {
            self.kind = kind
            self.source = source
            self.count = count
            self.port = port
            self.stretch = stretch
        }
    }

    let name: String
    let summary: String
    var seed: UInt64
    /// Sessions that begin in a second of the capture.
    var rate: Double
    var groups: [Group]
    var disturbance = Disturbance()
    var unansweredSYNs = 0
    var synRate = 100_000.0
    /// Shares of the sessions over IPv6, and behind a VLAN tag.
    var v6 = 0.0
    var tagged = 0.0

    /// 2026-01-01T00:00:00Z, in microseconds.
    static let epoch: UInt64 = 1_767_225_600_000_000
    /// 2001:db8::/32, for documentation (RFC 3849).
    static let prefixV6: UInt32 = 0x2001_0DB8

    /// 198.18.0.0/15 is for measurements (RFC 2544).
    static func server(_ dice: inout Dice) -> UInt32 { 0xC612_0001 + UInt32(dice.below(200)) }

    /// The recipe with counts multiplied; no kind of session is lost by that.
    func scaled(by factor: Double) -> Self {
        var recipe = self
        for index in groups.indices { recipe.groups[index].count = Self.scaled(groups[index].count, factor) }
        recipe.unansweredSYNs = unansweredSYNs == 0 ? 0 : Self.scaled(unansweredSYNs, factor)
        return recipe
    }

    private static func scaled(_ count: Int, _ factor: Double) -> Int {
        max(1, Int((Double(count) * factor).rounded()))
    }
}

extension Recipe {
    static let all: [Recipe] = [
        bulk, mixed, storm, flood, disturbed, impatient, holes, tagged, loris, open,
    ]

    private static let starttls13 = "clean-starttls-tls13.pcap"
    private static let starttls12 = "clean-starttls-tls12.pcap"
    private static let implicit13 = "clean-implicit-tls13.pcap"
    private static let plain = "starttls-not-offered.pcap"
    private static let unused = "starttls-unused.pcap"
    private static let auth = "credentials-in-clear-plain.pcap"
    private static let starttls10 = "tls10.pcap"

    private static let bulk = Recipe(
        name: "W1", summary: "mail with large messages", seed: 101, rate: 200,
        groups: [
            Group("starttls13", .recording(starttls13, enlargedBy: 150_000), 2600, stretch: 10),
            Group("starttls13", .recording("clean-relay.pcap", enlargedBy: 110_000), 1600, stretch: 10),
            Group("starttls12", .recording(starttls12, enlargedBy: 150_000), 700, stretch: 10),
            Group("starttls12", .recording("clean-exim-starttls-tls12.pcap", enlargedBy: 110_000), 700, stretch: 10),
            Group("implicit13", .recording(implicit13, enlargedBy: 130_000), 700, stretch: 10),
            Group("plain", .recording(plain, enlargedBy: 110_000), 150, stretch: 10),
            Group("offered_unused", .recording(unused, enlargedBy: 110_000), 200, stretch: 10),
            Group("auth_clear", .recording(auth, enlargedBy: 110_000), 100, stretch: 10),
        ])

    private static let mixed = Recipe(
        name: "W2", summary: "a link with 5 % mail", seed: 102, rate: 140,
        groups: [
            Group("nonmail_https", .download(octets: 420_000), 1250, port: 443, stretch: 10),
            Group("nonmail_http", .download(octets: 420_000), 650, port: 80, stretch: 10),
            Group("udp", .datagrams(count: 200, size: 1200), 520, port: 443, stretch: 10),
            Group("starttls13", .recording(starttls13, enlargedBy: 20_000), 800, stretch: 10),
            Group("starttls12", .recording(starttls12, enlargedBy: 20_000), 300, stretch: 10),
            Group("implicit13", .recording(implicit13, enlargedBy: 20_000), 200, stretch: 10),
            Group("plain", .recording(plain, enlargedBy: 20_000), 150, stretch: 10),
            Group("offered_unused", .recording(unused, enlargedBy: 20_000), 150, stretch: 10),
            Group("auth_clear", .recording(auth, enlargedBy: 20_000), 100, stretch: 10),
            Group("starttls10", .recording(starttls10), 100, stretch: 10),
        ])

    private static let storm = Recipe(
        name: "W3", summary: "short sessions", seed: 103, rate: 5000,
        groups: [
            Group("starttls13", .recording(starttls13), 90_000),
            Group("starttls12", .recording(starttls12), 50_000),
            Group("implicit13", .recording(implicit13), 30_000),
            Group("offered_unused", .recording(unused), 30_000),
        ])

    private static let flood = Recipe(
        name: "W4", summary: "unanswered SYNs, and 1,000 sessions among 3 million", seed: 104, rate: 33,
        groups: [
            Group("starttls13", .recording(starttls13), 400, stretch: 4),
            Group("starttls12", .recording(starttls12), 200, stretch: 4),
            Group("implicit13", .recording(implicit13), 100, stretch: 4),
            Group("plain", .recording(plain), 100, stretch: 4),
            Group("offered_unused", .recording(unused), 100, stretch: 4),
            Group("auth_clear", .recording(auth), 100, stretch: 4),
        ],
        unansweredSYNs: 3_000_000)

    private static let manyKinds = [
        Group("starttls13", .recording(starttls13), 5000),
        Group("starttls12", .recording(starttls12), 3000),
        Group("implicit13", .recording(implicit13), 2000),
        Group("plain", .recording(plain), 2000),
        Group("offered_unused", .recording(unused), 2000),
        Group("auth_clear", .recording(auth), 1000),
        Group("starttls10", .recording(starttls10), 1000),
        Group("starttls13", .recording(starttls13, enlargedBy: 20_000), 2000),
        Group("starttls12", .recording(starttls12, enlargedBy: 20_000), 1000),
        Group("plain", .recording(plain, enlargedBy: 20_000), 1000),
    ]

    private static let disturbed = Recipe(
        name: "W5c", summary: "reordering, duplicates, overlaps, loss and its repair", seed: 105, rate: 1000,
        groups: manyKinds, disturbance: Disturbance(reordered: 0.05, duplicated: 0.02, overlapped: 0.02, lost: 0.01))

    private static let impatient = Recipe(
        name: "W5", summary: "the same where nobody waits: replies and FINs overtake late data", seed: 106, rate: 1000,
        groups: manyKinds,
        disturbance: Disturbance(reordered: 0.05, duplicated: 0.02, overlapped: 0.02, lost: 0.01, waits: false))

    private static let holes = Recipe(
        name: "W5h", summary: "the same, and 1 % of the packets never seen", seed: 107, rate: 1000, groups: manyKinds,
        disturbance: Disturbance(reordered: 0.05, duplicated: 0.02, overlapped: 0.02, missed: 0.01, waits: false))

    private static let tagged = Recipe(
        name: "Wx", summary: "IPv6, and VLAN tags", seed: 108, rate: 200,
        groups: [
            Group("starttls13", .recording(starttls13, enlargedBy: 20_000), 300),
            Group("starttls12", .recording(starttls12, enlargedBy: 20_000), 150),
            Group("implicit13", .recording(implicit13, enlargedBy: 20_000), 100),
            Group("plain", .recording(plain, enlargedBy: 20_000), 100),
            Group("offered_unused", .recording(unused, enlargedBy: 20_000), 50),
            Group("auth_clear", .recording(auth, enlargedBy: 20_000), 100),
        ],
        v6: 0.3, tagged: 0.3)

    /// The real sessions last for many seconds and are mostly silent, as the others are.
    private static let loris = Recipe(
        name: "loris", summary: "clients that send one octet and stay, and 100 sessions among 100,000", seed: 109,
        rate: 5000,
        groups: [
            Group("loris", .loris, 100_000, port: 25),
            Group("starttls13", .recording(starttls13), 40, stretch: 60),
            Group("implicit13", .recording(implicit13), 20, stretch: 60),
            Group("offered_unused", .recording(unused), 20, stretch: 4000),
            Group("auth_clear", .recording(auth), 20, stretch: 400),
        ])

    private static let open = Recipe(
        name: "open", summary: "sessions that stay open behind their handshake", seed: 110, rate: 20_000,
        groups: [
            Group("starttls13_open", .handshake(starttls13), 700_000),
            Group("starttls12_open", .handshake(starttls12), 300_000),
        ])
}

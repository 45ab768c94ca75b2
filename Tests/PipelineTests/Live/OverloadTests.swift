import Pipeline
import Sessions
import Support
import Testing
import Wire

/// What is given up while more comes in than can be looked at.
@Suite struct OverloadTests {
    private static let second: Int64 = 1_000_000_000

    /// Reads packets of 900 octets at a rate for two seconds, each `lag` after it came in; answers the worst level.
    private func level(rate: Int64, lag: Int64, buffer: Int, gauge: inout OverloadGauge) -> Overload {
        var worst = Overload.none
        for moment in stride(from: Int64(0), to: 2 * Self.second, by: 10_000_000) {
            let packets = Int(rate / 100)
            gauge.note(
                OverloadGauge.Reading(packets: packets, octets: packets * 900, latest: Conversation.start + moment),
                at: Conversation.start + moment + lag)
            worst = max(worst, gauge.level)
        }
        return worst
    }

    /// At 10,000 packets of about 1,000 octets a second, 64 MB are full after six seconds.
    @Test(arguments: [
        (Int64(20_000_000), Overload.none), (1_000_000_000, .none), (2_900_000_000, .none), (4_000_000_000, .strangers),
        (6_000_000_000, .newcomers),
    ])
    func aLagAgainstTheBuffer(_ lag: Int64, _ expected: Overload) {
        var gauge = OverloadGauge(bufferOctets: 64 << 20)
        #expect(level(rate: 10_000, lag: lag, buffer: 64 << 20, gauge: &gauge) == expected)
    }

    @Test func aLossGivesUpNewcomersForFiveSeconds() {
        var gauge = OverloadGauge(bufferOctets: 64 << 20)
        let now = Conversation.start
        gauge.note(drops: 0, at: now)
        #expect(gauge.level == .none)
        gauge.note(drops: 7, at: now)
        #expect(gauge.level == .newcomers)
        gauge.note(drops: 7, at: now + 4 * Self.second)
        #expect(gauge.level == .newcomers)
        gauge.note(drops: 7, at: now + 5 * Self.second)
        #expect(gauge.level == .none)
    }

    /// A clock that is set neither begins an overload for good nor keeps one.
    @Test func aClockThatIsSet() {
        var gauge = OverloadGauge(bufferOctets: 64 << 20)
        gauge.note(drops: 7, at: Conversation.start)
        gauge.note(drops: 7, at: Conversation.start - 3600 * Self.second)
        #expect(gauge.level == .none)
        for time in [Int64.max, .min, 0, Conversation.start] {
            gauge.note(OverloadGauge.Reading(packets: .max / 1024, octets: .max / 1024, latest: time), at: 0)
        }
    }

    private func talk(_ port: UInt16, at seconds: Int64) -> [Segment] {
        var talk = Conversation(clientPort: port, at: Conversation.start + seconds * Self.second)
        Dialogue.brief.speak(&talk)
        return talk.segments
    }

    /// One begins before, one meanwhile; of a third only the middle is there.
    private func observe(_ overload: Overload) -> (ports: [UInt16], connections: UInt64, packets: UInt64) {
        let known = talk(20_000, at: 0)
        let newcomer = talk(20_001, at: 1)
        let stranger = Array(talk(20_002, at: 2).dropFirst(3))
        let later = talk(20_003, at: 3)
        let segments = [Array(known[..<5]), newcomer, stranger, Array(known[5...]), later].flatMap { $0 }
        let builder = PacketBuilder()
        let end = segments.count - later.count
        let (sessions, counters) = Observer.observe(builder.frames(segments), builder.linkType) {
            (5..<end).contains($0) ? overload : .none
        }
        let whole = sessions.filter { $0.smtp?.mailCommands == 1 }
        return (whole.map(\.client.port).sorted(), counters.connectionsGivenUp, counters.packetsGivenUp)
    }

    @Test func nothingIsGivenUpWithoutNeed() {
        #expect(observe(.none) == ([20_000, 20_001, 20_002, 20_003], 0, 0))
    }

    @Test func strangersGoBeforeAllOthers() {
        let (ports, connections, packets) = observe(.strangers)
        #expect(ports == [20_000, 20_001, 20_003])
        #expect(connections == 0)
        // Three of the twelve carry nothing, and would not have begun anything.
        #expect(packets > 0 && packets <= 9)
    }

    @Test func knownSessionsGoOnWhileNewcomersAreGivenUp() {
        let (ports, connections, packets) = observe(.newcomers)
        #expect(ports == [20_000, 20_003])
        #expect(connections == 1)
        #expect(packets > 9)
    }
}

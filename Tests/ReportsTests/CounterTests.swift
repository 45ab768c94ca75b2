import Foundation
import Testing

@testable import Findings
@testable import Reports
@testable import Wire

/// What the summary counts, machines can read too.
@Suite struct CounterTests {
    /// Every counter has a value of its own.
    static func counters() -> CaptureCounters {
        var counters = CaptureCounters()
        counters.packets = 101
        counters.filtered = 102
        counters.mailSegments = 103
        counters.otherPackets = 104
        counters.fragments = 105
        counters.reassembled = 106
        counters.notReassembled = 107
        counters.ambiguousFragments = 108
        counters.nestedTooDeep = 109
        counters.unnamedPaths = 110
        counters.malformed = [.tcp: 111]
        counters.unreadable = [.x509: 112]
        counters.halfOpen = 113
        counters.withoutPayload = 114
        counters.retransmissions = 115
        counters.duplicates = 116
        counters.outOfOrder = 117
        counters.damagedSegments = 118
        counters.conflicts = 119
        counters.outOfWindow = 120
        counters.gaps = 121
        counters.gapOctets = 122
        counters.truncatedSegments = 123
        counters.evicted = 124
        counters.holdBackOverflows = 125
        counters.hopsNotItemized = 126
        counters.connectionsGivenUp = 127
        counters.packetsGivenUp = 128
        counters.evictedSessions = 129
        counters.cutLines = 130
        counters.waitsGivenUp = 131
        counters.commandsGivenUp = 132
        counters.lateBeginnings = 133
        counters.contradictedStamps = 134
        counters.evictedFragments = 135
        counters.cutHeaders = 136
        counters.notCompared = 137
        return counters
    }

    private static func written() throws -> [String: Any] {
        var summary = CaptureSummary()
        summary.counters = counters()
        var sink = OutputSink.inMemory()
        var writer = EventWriter(options: ReportOptions(), inputs: [])
        try writer.write(stats: summary, to: &sink)
        return try object(try object(parse(sink.collected)["mail_tls"])["counters"])
    }

    private static func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

    private static func jsonName(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }

    @Test func everyCounterIsInTheStatsEvent() throws {
        let members = try Self.written()
        for (label, value) in Mirror(reflecting: Self.counters()).children {
            let name = Self.jsonName(try #require(label))
            if value is [Layer: UInt64] || value is [Layer: Int] {
                #expect(try Self.object(members[name]).count == 1, "\(name)")
            } else {
                let count = try #require(members[name] as? Int, "\(name) is not in the stats event")
                #expect("\(value)" == "\(count)" && count > 100, "\(name)")
            }
        }
    }

    @Test func everyCounterIsSumOfItsParts() {
        var sum = Self.counters()
        sum.merge(Self.counters())
        for (one, both) in zip(Mirror(reflecting: Self.counters()).children, Mirror(reflecting: sum).children) {
            let pairs: [(UInt64, UInt64)] =
                switch (one.value, both.value) {
                case (let one as UInt64, let both as UInt64): [(one, both)]
                case (let one as Int, let both as Int): [(UInt64(one), UInt64(both))]
                case (let one as [Layer: UInt64], let both as [Layer: UInt64]): one.map { ($1, both[$0] ?? 0) }
                case (let one as [Layer: Int], let both as [Layer: Int]):
                    one.map { (UInt64($1), UInt64(both[$0] ?? 0)) }
                default: []
                }
            #expect(!pairs.isEmpty && pairs.allSatisfy { $0.0 > 0 && 2 * $0.0 == $0.1 }, "\(one.label ?? "")")
        }
    }
}

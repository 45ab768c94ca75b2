import Sessions
import Support
import Testing
import Wire

/// A tap that delivers each packet twice, and hosts that repeat themselves.
@Suite struct DuplicateTests {
    private static let dialogues: [Dialogue] = [.plain, .full, .encrypted]

    /// Each packet `count` times, the copies `apart` nanoseconds behind each other.
    private func copied(_ segments: [Segment], times count: Int, apart: Int64) -> [Segment] {
        segments.flatMap { segment in
            (0..<count).map { index in
                var copy = segment
                copy.time += Int64(index) * apart
                return copy
            }
        }
    }

    @Test(arguments: dialogues.indices, [2, 3]) func copiesAreCountedAndChangeNothing(_ index: Int, _ times: Int) throws
    {
        let segments = Self.dialogues[index].segments
        let expected = try #require(Observer.observe(segments).sessions.first?.facts)
        let (sessions, counters) = Observer.observe(copied(segments, times: times, apart: 20_000))
        #expect(difference(sessions, from: [expected]) == nil)
        #expect(counters.duplicates == UInt64(segments.count * (times - 1)))
        #expect(counters.retransmissions == 0)
    }

    /// A mirror of two ports may hand over a few packets of one port before their copies from the other.
    @Test func copiesMayComeAFewPacketsLater() throws {
        let segments = Dialogue.full.segments
        let pairs = stride(from: 0, to: segments.count, by: 2).flatMap { start -> [Segment] in
            let pair = segments[start..<min(start + 2, segments.count)]
            return Array(pair + pair)
        }
        let (sessions, counters) = Observer.observe(pairs.restamped(every: 10_000))
        let expected = try #require(Observer.observe(segments).sessions.first?.facts)
        #expect(difference(sessions, from: [expected]) == nil)
        #expect(counters.duplicates == UInt64(segments.count))
        #expect(counters.retransmissions == 0)
    }

    @Test func whatAHostRepeatsIsARetransmission() throws {
        var segments = Dialogue.plain.segments
        let index = try #require(segments.index(of: "EHLO", from: .client))
        var again = segments[index]
        again.time += 300_000_000
        segments.insert(again, at: index + 1)
        let (sessions, counters) = Observer.observe(segments)
        #expect(sessions.count == 1)
        #expect(counters.retransmissions == 1)
        #expect(counters.duplicates == 0)
    }

    /// IPv6 has no identification, so only what comes within a moment is a copy.
    @Test func withoutAnIdentificationTheTimeDecides() throws {
        for (apart, copies) in [(100_000, 1), (50_000_000, 0)] as [(Int64, UInt64)] {
            var talk = Conversation(isV6: true)
            Dialogue.plain.speak(&talk)
            var segments = talk.segments
            let index = try #require(segments.index(of: "EHLO", from: .client))
            var again = segments[index]
            again.time += apart
            segments.insert(again, at: index + 1)
            let counters = Observer.observe(segments).counters
            #expect(counters.duplicates == copies)
            #expect(counters.retransmissions == 1 - copies)
        }
    }
}

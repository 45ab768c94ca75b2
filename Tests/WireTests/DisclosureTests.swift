import Testing

@testable import Wire

/// What is kept of a session's octets to show them stays within its bounds, however small the pieces are.
@Suite struct DisclosureTests {
    @Test func whatWaitsIsCountedWithItsPieces() {
        var disclosure = Disclosure()
        for offset in 0..<1000 as Range<Int64> { disclosure.hold([1].span, at: offset, from: .client) }
        #expect(disclosure.cost > 80_000)
        var largest = 0
        for offset in 1000..<200_000 as Range<Int64> {
            disclosure.hold([1].span, at: offset, from: .client)
            largest = max(largest, disclosure.cost)
        }
        #expect(largest > 100_000 && largest <= 128 << 10)
        disclosure.dropPending(.client)
        #expect(disclosure.cost == 0)
    }

    @Test func whatIsShownIsCountedWithItsStretches() {
        var disclosure = Disclosure()
        for record in 0..<10_000 as Range<Int64> {
            disclosure.takeRecordHeader([22, 3, 3, 0, 1].span, at: 6 * record, from: .server)
        }
        #expect(disclosure.cost > 90_000 && disclosure.cost <= 96 << 10)
        #expect(disclosure.server.shows(at: 0, count: 5))
        #expect(!disclosure.server.shows(at: 59_994, count: 5))
    }

    /// A message of which nothing is kept is as long as it was.
    @Test func whatWasForgottenIsNotTakenForWhatFollows() {
        var disclosure = Disclosure()
        for offset in 0..<5000 as Range<Int64> { disclosure.hold([1].span, at: offset, from: .client) }
        disclosure.hold([2, 3, 3].span, at: 5000, from: .client)
        disclosure.release(5001, from: .client, showing: [0..<5001])
        #expect(!disclosure.client.shows(at: 0, count: 5003))
        disclosure.release(2, from: .client, showing: [0..<2])
        #expect(!disclosure.client.shows(at: 0, count: 5003))
        disclosure.hold([4, 5, 6].span, at: 5003, from: .client)
        disclosure.release(2, from: .client, showing: [1..<2])
        disclosure.release(1, from: .client, showing: [])
        let hidden = ShownOctets.hidden
        #expect(disclosure.client.octets(at: 5002, count: 4) == [hidden, hidden, 5, hidden])
    }

    /// Messages lie in pieces as they will.
    @Test(arguments: 1...7) func messagesAreFoundInEveryPartition(_ size: Int) {
        var disclosure = Disclosure()
        let octets = [UInt8](1...60)
        for start in stride(from: 0, to: octets.count, by: size) {
            let piece = Array(octets[start..<min(start + size, octets.count)])
            disclosure.hold(piece.span, at: Int64(start), from: .client)
        }
        var expected: [UInt16] = []
        for (length, shown) in [(4, 0..<2), (11, 3..<9), (1, 0..<1), (44, 40..<44)] {
            disclosure.release(length, from: .client, showing: [shown])
            for place in 0..<length {
                expected.append(shown.contains(place) ? UInt16(expected.count + 1) : ShownOctets.hidden)
            }
        }
        #expect(disclosure.client.octets(at: 0, count: 60) == expected)
    }
}

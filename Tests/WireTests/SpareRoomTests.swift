import Testing

@testable import Wire

@Suite struct SpareRoomTests {
    private func remember(_ octets: [UInt8], at offset: Int64, _ stream: inout TCPStream, _ room: inout SpareRoom)
        -> Int
    {
        stream.remember(octets.span, at: offset, frame: FrameNumber(1), isProven: true, in: &room)
    }

    /// An octet of what is remembered here, by its place: put together by itself, so that no other memory ever holds it.
    private static func octet(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: 0x85 &+ place % 11 &* 11) }

    /// Whether the memory of a list has a few of these octets in a row anywhere, behind its end as well.
    private static func stillHoldsAny(_ octets: RecentOctets) -> Bool {
        let capacity = octets.octets.capacity
        return unsafe octets.octets.withUnsafeBufferPointer { room in
            guard let start = room.baseAddress, capacity >= 6 else { return false }
            return (0...capacity - 6).contains { place in
                (0..<11).contains { first in (0..<6).allSatisfy { unsafe start[place + $0] == octet(first + $0) } }
            }
        }
    }

    @Test func whatOneStreamLeavesIsNoneOfTheNextOnes() {
        var room = SpareRoom(budget: 1 << 20)
        var first = TCPStream()
        let taken = remember((0..<17).map(Self.octet), at: 0, &first, &room)
        let left = first.forget(into: &room)
        #expect(taken == left)
        #expect(room.count == 1)
        var list = room.take()
        #expect(list[0].octets.isEmpty)
        #expect(!Self.stillHoldsAny(list[0]))
        room.give(list)
        list = []
        var second = TCPStream()
        let again = remember(Array("EHLO".utf8), at: 1000, &second, &room)
        #expect(room.count == 0)
        // Where the other stream's octets stood nothing is known.
        #expect(second.difference(from: Array("AUTH PLAIN".utf8).span, at: 0) == nil)
        #expect(second.difference(from: Array("EHLO".utf8).span, at: 1000) == nil)
        #expect(second.difference(from: Array("HELO".utf8).span, at: 1000) != nil)
        let more = remember([UInt8](repeating: 65, count: 700), at: 1004, &second, &room)
        #expect(again + more == second.forget(into: &room))
    }

    @Test func octetsThatWereDroppedAreOverwritten() {
        // This list stays: what is given back may come to lie behind another one's end.
        let all = (0..<9000).map(Self.octet)
        var octets = RecentOctets()
        for place in stride(from: 0, to: all.count, by: 1000) {
            octets.append(
                all.span.extracting(place..<place + 1000), at: Int64(place), frame: FrameNumber(1), isProven: true)
        }
        #expect(octets.octets.elementsEqual(all.suffix(octets.octets.count)))
        #expect(Self.stillHoldsAny(octets))
        octets.erase()
        #expect(!Self.stillHoldsAny(octets))
        withExtendedLifetime(all) {}
    }

    @Test func littleIsKept() {
        var room = SpareRoom(budget: 64 << 10)
        for _ in 0..<100 { room.give([RecentOctets()]) }
        #expect(room.count == 4)
        var large = SpareRoom(budget: 1 << 30)
        for _ in 0..<100 { large.give([RecentOctets()]) }
        #expect(large.count == 64)
        // A stream that remembered much leaves nothing.
        var usual = SpareRoom(budget: 1 << 20)
        var stream = TCPStream()
        _ = remember([UInt8](repeating: 66, count: 4000), at: 0, &stream, &usual)
        _ = stream.forget(into: &usual)
        #expect(usual.count == 0)
    }
}

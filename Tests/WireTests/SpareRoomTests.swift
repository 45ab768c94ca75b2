import Testing

@testable import Wire

@Suite struct SpareRoomTests {
    private func remember(_ octets: [UInt8], at offset: Int64, _ stream: inout TCPStream, _ room: inout SpareRoom)
        -> Int
    {
        stream.remember(octets.span, at: offset, frame: FrameNumber(1), isProven: true, in: &room)
    }

    /// Whether its memory has the text anywhere, behind its end as well.
    private static func stillHolds(_ text: String, _ octets: RecentOctets) -> Bool {
        let capacity = octets.octets.capacity
        return unsafe octets.octets.withUnsafeBufferPointer { room in
            guard let start = room.baseAddress else { return false }
            let all = unsafe Array(UnsafeBufferPointer(start: start, count: capacity))
            let sought = Array(text.utf8)
            return all.indices.contains { all[$0...].starts(with: sought) }
        }
    }

    @Test func whatOneStreamLeavesIsNoneOfTheNextOnes() {
        var room = SpareRoom(budget: 1 << 20)
        var first = TCPStream()
        let taken = remember(Array("AUTH PLAIN secret".utf8), at: 0, &first, &room)
        let left = first.forget(into: &room)
        #expect(taken == left)
        #expect(room.count == 1)
        var list = room.take()
        #expect(list[0].octets.isEmpty)
        #expect(!Self.stillHolds("secret", list[0]))
        room.give(list)
        list = []
        var second = TCPStream()
        let again = remember(Array("EHLO".utf8), at: 1000, &second, &room)
        #expect(room.count == 0)
        // Where the other stream's octets stood nothing is known.
        #expect(second.difference(from: Array("auth plain".utf8).span, at: 0) == nil)
        #expect(second.difference(from: Array("EHLO".utf8).span, at: 1000) == nil)
        #expect(second.difference(from: Array("HELO".utf8).span, at: 1000) != nil)
        let more = remember([UInt8](repeating: 65, count: 700), at: 1004, &second, &room)
        #expect(again + more == second.forget(into: &room))
    }

    @Test func octetsThatWereDroppedAreOverwritten() {
        var octets = RecentOctets()
        for index in 0..<9 as Range<Int64> {
            octets.append(
                [UInt8](repeating: 66, count: 1000).span, at: 1000 * index, frame: FrameNumber(1), isProven: true)
        }
        #expect(Self.stillHolds("BBBBBBBB", octets))
        octets.erase()
        #expect(!Self.stillHolds("BBBBBBBB", octets))
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

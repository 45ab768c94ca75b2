import Support
import Testing
import Wire

@Suite struct TCPReassemblerTests {
    static let numbers: [UInt32] = [0, 1, UInt32.max - 7, UInt32.max - 2, UInt32.max, 1 << 31]

    /// Every cut of an eight-octet stream, at sequence numbers around the wrap.
    @Test(arguments: numbers) func everyCutDeliversEachOctetOnce(startingAt start: UInt32) {
        let first = TCPSequence(start)
        for cut in 1..<8 {
            var order = TCPReassembler(startingAt: first)
            #expect(order.place(first.advanced(by: cut), count: 8 - cut, acknowledged: 0) == .hold(offset: Int64(cut)))
            #expect(order.place(first, count: cut, acknowledged: 0) == .deliver(skip: 0))
            order.advance(by: Int64(cut))
            #expect(order.place(first.advanced(by: cut - 1), count: 9 - cut, acknowledged: 0) == .deliver(skip: 1))
            order.advance(by: Int64(8 - cut))
            #expect(order.place(first, count: 8, acknowledged: 0) == .duplicate)
            #expect(order.delivered == 8)
        }
    }

    @Test(arguments: numbers) func offsetsGoOnBeyondTheSequenceSpace(startingAt start: UInt32) {
        var order = TCPReassembler(startingAt: TCPSequence(start))
        for _ in 0..<5 { order.advance(by: 1 << 30) }
        #expect(order.delivered == 5 << 30)
        #expect(order.offset(of: TCPSequence(start &+ 1 << 30)) == 5 << 30)
        #expect(order.offset(of: TCPSequence(start &+ 1 << 30 &- 9)) == 5 << 30 - 9)
    }

    @Test func farAheadIsNotBelievedUnlessThePeerHasIt() {
        let order = TCPReassembler(startingAt: TCPSequence(7))
        let far = TCPSequence(7).advanced(by: Int(TCPReassembler.window) + 1)
        #expect(order.place(far, count: 1, acknowledged: 0) == .outOfWindow)
        #expect(order.place(far, count: 1, acknowledged: 1 << 29) == .hold(offset: TCPReassembler.window + 1))
    }

    @Test func distancesAreSignedAcrossTheWrap() {
        #expect(TCPSequence(2).distance(from: TCPSequence(UInt32.max)) == 3)
        #expect(TCPSequence(UInt32.max).distance(from: TCPSequence(2)) == -3)
        #expect(TCPSequence(UInt32.max).advanced(by: 3) == TCPSequence(2))
        #expect(TCPSequence(2).advanced(by: -3) == TCPSequence(UInt32.max))
    }
}

/// Octets that were held come out as the obvious model says: for each place the octet that came in first.
@Suite struct HoldBackTests {
    @Test(arguments: 0..<200) func theEarlierOctetWins(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var model = [UInt8?](repeating: nil, count: 48)
        var held = HoldBack()
        for number in 0..<12 {
            let start = Int.random(in: 0..<40, using: &random)
            let octets = [UInt8](repeating: UInt8(number), count: Int.random(in: 1...8, using: &random))
            held.insert(octets.span, missing: 0, at: Int64(start), frame: FrameNumber(1), acknowledged: nil)
            for index in octets.indices where model[start + index] == nil { model[start + index] = octets[index] }
        }
        var result = [UInt8?](repeating: nil, count: 48)
        var cost = held.cost
        var end: Int64 = 0
        while let piece = held.removeFirst() {
            #expect(piece.offset >= end)
            end = piece.end
            cost -= piece.octets.count + HoldBack.overhead
            for (index, octet) in piece.octets.enumerated() { result[Int(piece.offset) + index] = octet }
        }
        #expect(result == model, "seed \(seed)")
        #expect(cost == 0)
        #expect(held.cost == 0 && held.isEmpty)
    }
}

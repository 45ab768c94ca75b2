import Foundation
import Support
import Testing

@testable import Pipeline

/// Whose turn it is of many inputs, and what of them is in memory at once.
@Suite struct TurnOrderTests {
    private typealias Turn = TurnOrder.Turn

    @Test(arguments: 0..<100 as Range<UInt64>) func itIsAlwaysTheEarliest(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Few times, so that many are equal.
        let times = (0..<Int.random(in: 0...20, using: &random)).map { _ in Int64.random(in: 0...6, using: &random) }
        var order = TurnOrder(times)
        var model = times.enumerated().map { Turn(time: $0.element, input: $0.offset) }.sorted()
        while !model.isEmpty {
            #expect(order.first == model.first, "seed \(seed)")
            #expect(order.second == model.dropFirst().first, "seed \(seed)")
            if Bool.random(using: &random), Bool.random(using: &random) {
                order.removeFirst()
                model.removeFirst()
            } else {
                // At a block's end the next packet's time is not known.
                let isUnknown = Int.random(in: 0...9, using: &random) == 0
                let time = isUnknown ? .min : Int64.random(in: 0...9, using: &random)
                order.move(to: time)
                model[0].time = time
                model.sort()
            }
        }
        #expect(order.first == nil && order.second == nil)
    }

    /// A turn that looked at every input would take hours here.
    @Test func aTurnCostsLittleAmongManyInputs() {
        let count = 200_000
        var order = TurnOrder((0..<count).map { Int64($0) })
        for turn in 0..<count {
            guard order.first == Turn(time: Int64(turn), input: turn) else { break }
            order.removeFirst()
        }
        #expect(order.first == nil)
    }

    /// Large packets, or many files of few: blocks are not piled up until there are thousands of packets.
    @Test(arguments: [false, true]) func whatIsHandedOverAtOnceIsBounded(isOfManyFiles: Bool) throws {
        let folder = try TemporaryFolder()
        let length = isOfManyFiles ? 100 : 100_000
        let content = [UInt8](repeating: 0, count: length)
        var paths: [String] = []
        if isOfManyFiles {
            for second in 0..<600 {
                var builder = CaptureBuilder()
                builder.header()
                builder.record(second, 0, content)
                paths.append(try folder.file("\(second)", Data(builder.octets)))
            }
        } else {
            var builder = CaptureBuilder()
            builder.header()
            for second in 0..<300 { builder.record(second, 0, content) }
            paths.append(try folder.file("large", Data(builder.octets)))
        }
        var merged = MergedInputs(paths, filter: nil)
        var packets = 0
        while let slices = merged.nextBatch() {
            packets += slices.reduce(0) { $0 + $1.packets.count }
            #expect(slices.reduce(0) { $0 + max($1.block.filled, 64 << 10) } < 10 << 20)
        }
        #expect(packets == (isOfManyFiles ? 600 : 300))
    }
}

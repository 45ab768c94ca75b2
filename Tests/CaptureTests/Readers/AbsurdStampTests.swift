import Capture
import Foundation
import Support
import Testing

/// One frame stamped decades ahead, or 1970, changes nothing of the order in which files and packets are read, and nothing of
/// what is said of files.
@Suite struct AbsurdStampTests {
    private let folder: TemporaryFolder
    private static let now = 1_764_042_705
    private static let absurd = [2_934_662_400, 0, 4_294_967_295, now + 7200]

    init() throws { folder = try TemporaryFolder() }

    /// A capture whose packets hold their tap and their number.
    private func file(
        _ name: String, tap: Int = 0, _ seconds: [Int], in folder: TemporaryFolder? = nil
    ) throws -> String {
        var builder = CaptureBuilder()
        builder.header()
        for (number, second) in seconds.enumerated() { builder.record(second, 0, [UInt8(tap), UInt8(number)]) }
        return try (folder ?? self.folder).file(name, Data(builder.octets))
    }

    // MARK: The order of files

    @Test(arguments: absurd) func aLeadingFrameDoesNotReorderADirectory(_ stamp: Int) throws {
        let captures = try TemporaryFolder()
        for part in 0..<3 {
            var seconds = (0..<4).map { Self.now + 10 * part + $0 }
            if part == 1 { seconds[0] = stamp }
            _ = try file("cap\(part)", seconds, in: captures)
        }
        let order = try #require(CaptureFolder(captures.url.path)).captures
        #expect(order.map { URL(fileURLWithPath: $0).lastPathComponent } == ["cap0", "cap1", "cap2"])
    }

    /// Hours of silence at the beginning are none of this.
    @Test func aFileBeginsWithItsFirstFrameHoweverQuietItIs() throws {
        let path = try file("quiet", [Self.now, Self.now + 9 * 3600] + (1...20).map { Self.now + 24 * 3600 + $0 })
        #expect(BlockSource.leadingTime(of: path, BlockPool()) == Int64(Self.now) * 1_000_000_000)
    }

    /// Seconds since `now`, and when the file begins by them.
    private struct Beginning: Sendable {
        let seconds: [Int]
        let expected: Int
    }

    private static let far = 37 * 365 * 86_400
    private static let beginnings: [Beginning] = [
        Beginning(seconds: [far, 0], expected: 0),
        Beginning(seconds: [0, far], expected: 0),
        Beginning(seconds: [0], expected: 0),
        Beginning(seconds: [0, far, far, 1, 2], expected: 0),
        Beginning(seconds: [-far, far, 0, 1, 2, 3, 4], expected: 0),
        Beginning(seconds: [far, far + 1], expected: far),
    ]

    @Test(arguments: beginnings.indices) func aFileBeginsWhereItsFramesAgree(_ index: Int) throws {
        let beginning = Self.beginnings[index]
        let path = try file("file", beginning.seconds.map { Self.now + $0 })
        let expected = Int64(Self.now + beginning.expected) * 1_000_000_000
        #expect(BlockSource.leadingTime(of: path, BlockPool()) == expected, "\(beginning)")
    }

    // MARK: The order of packets

    private static func plainOrder(_ taps: [[Int]]) -> [String] {
        var next = taps.map { _ in 0 }
        var order: [String] = []
        while true {
            var earliest: Int?
            for tap in taps.indices where next[tap] < taps[tap].count {
                if let other = earliest, taps[other][next[other]] <= taps[tap][next[tap]] { continue }
                earliest = tap
            }
            guard let earliest else { return order }
            order.append("\(earliest):\(next[earliest])")
            next[earliest] += 1
        }
    }

    private static func ordinary(_ random: inout SeededGenerator) -> [Int] {
        var second = now + Int.random(in: 0..<100, using: &random)
        return (0..<Int.random(in: 1...60, using: &random)).map { _ in
            switch Int.random(in: 0..<30, using: &random) {
            case 0: second += Int.random(in: 0...200_000, using: &random)
            case 1: second -= Int.random(in: 0...20, using: &random)
            default: second += Int.random(in: 0...3, using: &random)
            }
            return second
        }
    }

    /// Disorder, hours of silence, equal times: what comes next is the earliest stamp, of equal ones that of the input named earlier.
    @Test(arguments: 0..<150 as Range<UInt64>) func ordinaryCapturesAreMergedByTheirStamps(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let taps = (0..<Int.random(in: 1...9, using: &random)).map { _ in Self.ordinary(&random) }
        let paths = try taps.enumerated().map { try file("tap\($0.offset)", tap: $0.offset, $0.element) }
        #expect(try MergeOrder.of(paths) == Self.plainOrder(taps), "seed \(seed)")
    }

    /// The frame itself comes with its neighbours, and all the others where they came without it.
    @Test(arguments: absurd, [0, 1, 10, 18]) func aLoneFrameDoesNotReorderAMerge(_ stamp: Int, _ place: Int) throws {
        var taps = [0, 1].map { tap in (0..<20).map { Self.now + 2 * $0 + tap } }
        let expected = Self.plainOrder(taps)
        taps[1][place] = stamp
        let paths = try taps.enumerated().map { try file("tap\($0.offset)", tap: $0.offset, $0.element) }
        let lone = "1:\(place)"
        let order = try MergeOrder.of(paths)
        #expect(order.filter { $0 != lone } == expected.filter { $0 != lone })
        let place = try #require(order.firstIndex(of: lone))
        let without = try #require(expected.firstIndex(of: lone))
        #expect(abs(place - without) <= 2)
    }

    /// Of a last frame nobody tells whether a tap was quiet for decades.
    @Test func aLastFrameOfDecadesLaterComesBehindTheOneBeforeIt() throws {
        let paths = [
            try file("a", tap: 0, [Self.now, Self.now + 2, 2_934_662_400]),
            try file("b", tap: 1, [Self.now + 1, Self.now + 3]),
        ]
        #expect(try MergeOrder.of(paths) == ["0:0", "1:0", "0:1", "0:2", "1:1"])
    }

    /// A clock that was set for good is followed.
    @Test(arguments: [37, -11]) func aLeapThatGoesOnIsFollowed(_ years: Int) throws {
        let tap = (0..<20).map { Self.now + $0 } + (0..<8).map { Self.now + years * 365 * 86_400 + $0 }
        let taps = [tap, tap]
        let paths = try taps.enumerated().map { try file("tap\($0.offset)", tap: $0.offset, $0.element) }
        #expect(try MergeOrder.of(paths) == Self.plainOrder(taps))
    }

    @Test(arguments: [0, 3, 9]) func aSessionOfTwoTapsIsWholeWithALoneFrame(_ place: Int) throws {
        var frames = SampleFile.frames
        frames[place].nanoseconds = 2_934_662_400_000_000_000
        let paths = try [0, 1].map { tap in
            let part = frames.enumerated().filter { $0.offset % 2 == tap }.map(\.element)
            return try folder.file("tap\(tap)", Data(CaptureFileFormat.pcap.file(part, .ethernet)))
        }
        let whole = try folder.file("whole", Data(CaptureFileFormat.pcap.file(frames, .ethernet)))
        let run = WholeRun(paths, merges: true)
        #expect(run.output.contains("message-in-clear"))
        #expect(try run.count(of: "alert") == WholeRun([whole]).count(of: "alert"))
    }
}

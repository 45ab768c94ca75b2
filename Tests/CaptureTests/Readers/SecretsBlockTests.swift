import Foundation
import Support
import Testing

@testable import Capture

/// A pcapng file may bring the keys of its TLS sessions. They are never used, and do not stay in memory.
@Suite struct SecretsBlockTests {
    private static let secret = Array("CLIENT_RANDOM 0011223344556677 secret-of-the-session".utf8)

    /// The sample's packets with a block of secrets of `count` octets behind `place` of them.
    private static func capture(secrets count: Int, behind place: Int, isLittleEndian: Bool = true) -> [UInt8] {
        var builder = CaptureBuilder(isLittleEndian: isLittleEndian)
        builder.section()
        builder.interface()
        for (index, frame) in SampleFile.frames.enumerated() {
            if index == place {
                builder.block(10) {
                    $0.u32(0x544C_534B)
                    $0.u32(count)
                    $0.raw((0..<count).map { secret[$0 % secret.count] })
                }
            }
            builder.enhanced(UInt64(frame.nanoseconds / 1000), frame.octets)
        }
        return builder.octets
    }

    /// Octets of the sample that would match the secret: none.
    private static let mark = Array("secret-of-the-session".utf8)

    /// Reads all of a file, and answers whether a part of the secret is in memory that blocks leave behind.
    private static func leaves(_ path: String, _ pool: BlockPool) throws -> (isLeft: Bool, packets: Int) {
        var packets = 0
        var source = try BlockSource(path, pool: pool)
        while let block = try source.next() { packets += block.count }
        let kept = pool.free.withLock { $0 }
        try #require(!kept.isEmpty)
        return (kept.contains { memory in unsafe Array(memory.octets).firstRange(of: mark) != nil }, packets)
    }

    /// Wherever reads end: before, in and behind the block, and where it is larger than what is read at once.
    @Test(arguments: [60, 3000, 4000, 20_000, 300_000], [0, 3, 9]) func secretsAreOverwritten(
        _ count: Int, _ place: Int
    )
        throws
    {
        let folder = try TemporaryFolder()
        for isLittleEndian in [true, false] {
            let octets = Self.capture(secrets: count, behind: place, isLittleEndian: isLittleEndian)
            try #require(octets.firstRange(of: Self.mark) != nil)
            let path = try folder.file("secrets.pcapng", Data(octets))
            // A read of a file that is all there fills a block of this size.
            let pool = BlockPool(blockSize: 4096)
            // Memory that nobody has used yet holds whatever the process had there, the file's octets among it.
            for _ in 0..<8 {
                let memory = BlockMemory(capacity: 4096)
                memory.wipe(0..<4096)
                pool.give(memory)
            }
            let (isLeft, packets) = try Self.leaves(path, pool)
            #expect(!isLeft)
            #expect(packets == SampleFile.frames.count)
        }
    }

    @Test func theSessionIsReadAsWithoutThem() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.file("a.pcapng", Data(Self.capture(secrets: 0, behind: 99)))
        let expected = WholeRun([plain]).output
        let with = try folder.file("b.pcapng", Data(Self.capture(secrets: 5000, behind: 4)))
        let run = WholeRun([with])
        #expect(run.output.replacing(with, with: plain) == expected)
        #expect(run.messages.isEmpty && !run.output.contains("secret-of"))
    }
}

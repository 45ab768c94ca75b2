import Capture
import Foundation
import Support
import Testing

/// Every variant of the formats: the own reader says what stands in the file, and what libpcap says where it reads it.
@Suite struct FormatTests {
    private let folder: TemporaryFolder
    private static let contents: [[UInt8]] = [
        [UInt8](repeating: 1, count: 60), [2, 3, 5], [], [UInt8](repeating: 7, count: 1514),
    ]

    init() throws { folder = try TemporaryFolder() }

    private func lists(_ octets: [UInt8]) throws -> (own: PacketList, libpcap: PacketList) {
        let path = try folder.file(UUID().uuidString, Data(octets))
        return (PacketList(path), PacketList(path, throughLibpcap: true))
    }

    /// Both readers agree, octets come out as they went in, and time stamps are these nanoseconds.
    private func expect(_ builder: CaptureBuilder, _ contents: [[UInt8]], at times: [Int64]) throws {
        let (own, libpcap) = try lists(builder.octets)
        #expect(own.failure == nil)
        #expect(libpcap.failure == nil)
        #expect(own.packets == libpcap.packets)
        #expect(own.packets.map(\.nanoseconds) == times)
        #expect(own.packets.map(\.captured) == contents.map(\.count))
        #expect(own.packets.map(\.number) == (1...UInt64(contents.count)).map { $0 })
        #expect(zip(own.packets, contents).allSatisfy { $0.digest == PacketFacts.digest(of: $1) })
    }

    // MARK: Classic pcap

    static let magics: [(magic: Int, scale: Int64, extra: Int)] = [
        (0xA1B2_C3D4, 1000, 0), (0xA1B2_3C4D, 1, 0), (0xA1B2_CD34, 1000, 8),
    ]

    @Test(arguments: magics.indices, [true, false])
    func classic(_ index: Int, isLittleEndian: Bool) throws {
        let (magic, scale, extra) = Self.magics[index]
        var builder = CaptureBuilder(isLittleEndian: isLittleEndian)
        builder.header(magic: magic)
        for (index, content) in Self.contents.enumerated() {
            builder.record(1_700_000_000 + index, 999_999, content, extra: [UInt8](repeating: 0xEE, count: extra))
        }
        try expect(
            builder, Self.contents,
            at: Self.contents.indices.map { Int64(1_700_000_000 + $0) * 1_000_000_000 + 999_999 * scale })
    }

    /// Versions before 2.3 have the lengths the other way round; 2.3 has them in both ways.
    @Test(arguments: [(2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (543, 0)])
    func orderOfLengths(_ major: Int, _ minor: Int) throws {
        var builder = CaptureBuilder()
        builder.header(version: (major, minor))
        let isReversed = major == 543 || minor < 3
        builder.record(1, 0, [1, 2, 3], captured: isReversed ? 90 : 3, original: isReversed ? 3 : 90)
        if minor == 3 { builder.record(1, 0, [1, 2, 3], captured: 90, original: 3) }
        let (own, libpcap) = try lists(builder.octets)
        #expect(own.packets == libpcap.packets)
        #expect(own.packets.count == (minor == 3 ? 2 : 1))
        #expect(own.packets.allSatisfy { $0.captured == 3 && $0.originalLength == 90 })
    }

    @Test(arguments: [(1, 4), (2, 5), (3, 0), (542, 0), (543, 1)])
    func refusesOtherVersions(_ major: Int, _ minor: Int) throws {
        var builder = CaptureBuilder()
        builder.header(version: (major, minor))
        builder.record(1, 0, [1])
        try expectRefusal(builder.octets)
    }

    @Test(arguments: [true, false]) func secondsAreUnsigned(isLittleEndian: Bool) throws {
        var builder = CaptureBuilder(isLittleEndian: isLittleEndian)
        builder.header()
        builder.record(0xFFFF_FFFF, 0, [1])
        #expect(try lists(builder.octets).own.packets.first?.nanoseconds == 4_294_967_295_000_000_000)
    }

    /// Every link type that files number, and bits above it that tell of a frame check sequence.
    @Test func linkTypesAreAsLibpcapHasThem() throws {
        for linkType in 0...300 {
            var builder = CaptureBuilder()
            builder.header(linkType: linkType | 0x2400_0000 << 1)
            builder.record(1, 0, [1])
            let (own, libpcap) = try lists(builder.octets)
            #expect(own.packets.first?.linkType == libpcap.packets.first?.linkType, "link type \(linkType)")
        }
    }

    @Test(arguments: [0, 1, 2, 64, 65_535, 262_144, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
    func snapLengths(_ snapLength: Int) throws {
        for magic in [0xA1B2_C3D4, 0xA1B2_CD34] {
            for captured in [1, 63, 64, 65, 78, 79, 65_535, 262_144, 262_145] {
                var builder = CaptureBuilder()
                builder.header(magic: magic, snapLength: snapLength)
                let extra = [UInt8](repeating: 0, count: magic == 0xA1B2_CD34 ? 8 : 0)
                builder.record(1, 0, [UInt8](repeating: 9, count: captured), extra: extra)
                builder.record(2, 0, [1], extra: extra)
                try expectAgreement(builder.octets)
            }
        }
    }

    @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF])
    func absurdLengths(_ length: Int) throws {
        for (captured, original) in [(length, length), (3, length), (length, 3)] {
            var builder = CaptureBuilder()
            builder.header()
            builder.record(1, 0, [1, 2, 3])
            builder.record(1, 0, [4, 5, 6], captured: captured, original: original)
            try expectAgreement(builder.octets)
        }
    }

    @Test(arguments: [231, 249, 279]) func linkTypesWithLongPackets(_ linkType: Int) throws {
        var builder = CaptureBuilder()
        builder.header(snapLength: 0, linkType: linkType)
        builder.record(1, 0, [UInt8](repeating: 9, count: 1_048_576))
        builder.record(2, 0, [UInt8](repeating: 9, count: 1_048_577))
        builder.record(2, 0, [1])
        try expectAgreement(builder.octets)
    }

    // MARK: Cuts

    @Test(arguments: [CaptureFileFormat.pcap, .pcapSwapped, .pcapng, .pcapngSwapped])
    func everyLengthOfASmallFile(_ format: CaptureFileFormat) throws {
        let octets = format.file(Array(SampleFile.frames.prefix(4)), .ethernet)
        for length in 0...octets.count { try expectAgreement(Array(octets.prefix(length))) }
    }

    /// Every octet of a small file gets every value that differs by one bit, and the extremes.
    @Test(arguments: [CaptureFileFormat.pcap, .pcapng]) func everyWrongOctet(_ format: CaptureFileFormat) throws {
        var frames = Array(SampleFile.frames.prefix(2))
        for index in frames.indices { frames[index].octets = Array(frames[index].octets.prefix(8)) }
        let octets = format.file(frames, .ethernet)
        for place in octets.indices {
            for value in [0, 0xFF, octets[place] ^ 1, octets[place] ^ 0x80] {
                var damaged = octets
                damaged[place] = value
                let own = try lists(damaged).own
                #expect(own.packets.count <= 2)
            }
        }
    }

    private func expectAgreement(_ octets: [UInt8]) throws {
        let (own, libpcap) = try lists(octets)
        #expect(own.packets == libpcap.packets)
        #expect((own.failure == nil) == (libpcap.failure == nil), "\(own.failure?.problem ?? "read")")
    }

    private func expectRefusal(_ octets: [UInt8]) throws {
        let (own, libpcap) = try lists(octets)
        #expect(own.failure != nil)
        #expect(libpcap.failure != nil)
        #expect(own.packets.isEmpty)
    }

    // MARK: pcapng

    @Test(arguments: [true, false]) func everyKindOfPacketBlock(isLittleEndian: Bool) throws {
        var builder = CaptureBuilder(isLittleEndian: isLittleEndian)
        builder.section()
        builder.interface()
        builder.enhanced(1_700_000_000_000_001, Self.contents[0])
        builder.block(4) { $0.raw([1, 2, 3, 4]) }  // names
        builder.old(1_700_000_000_000_002, Self.contents[1])
        builder.block(10) { $0.raw([0x4B, 0x53, 0x4C, 0x54, 4, 0, 0, 0, 1, 2, 3, 4]) }  // secrets
        builder.simple(Self.contents[3])
        builder.enhanced(1_700_000_000_000_003, Self.contents[2])
        builder.block(0xBAD) { $0.raw([0, 0, 0x7F, 0xFF]) }  // custom: libpcap numbers packets alone
        try expect(
            builder, [Self.contents[0], Self.contents[1], Self.contents[3], Self.contents[2]],
            at: [1_700_000_000_000_001_000, 1_700_000_000_000_002_000, 0, 1_700_000_000_000_003_000])
    }

    /// if_tsresol, units, and what they are in nanoseconds.
    static let resolutions: [(option: UInt8, units: UInt64, nanoseconds: Int64)] = [
        (0, 1_700_000_000, 1_700_000_000_000_000_000), (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
        (6, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
        (9, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
        (10, 17_000_000_001_234_567_891, 1_700_000_000_123_456_789), (12, 1_234_567_890_123_456, 1_234_567_890_123),
        (19, 12_345_678_901_234_567_890, 1_234_567_890), (0x80, 1_700_000_000, 1_700_000_000_000_000_000),
        (0x81, 3, 1_500_000_000), (0x8A, 1_700_000_000 << 10 | 512, 1_700_000_000_500_000_000),
        (0x9E, 1_700_000_000 << 30 | 1 << 28, 1_700_000_000_250_000_000), (0xA0, 5 << 32 | 1 << 31, 5_500_000_000),
    ]

    @Test(arguments: resolutions.indices, [Int64(0), 3600, -3600])
    func timestampUnits(_ index: Int, offset: Int64) throws {
        let (option, units, nanoseconds) = Self.resolutions[index]
        var builder = CaptureBuilder()
        builder.section()
        let bits = UInt64(bitPattern: offset)
        builder.interface(options: [(9, [option]), (14, (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })])
        builder.enhanced(units, [1])
        try expect(builder, [[1]], at: [nanoseconds + offset * 1_000_000_000])
    }

    /// libpcap's product of 64 bits is too small here.
    @Test func finePowersOfTwoDoNotOverflow() throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface(options: [(9, [0x80 | 60])])
        builder.enhanced(3 << 60 | 1 << 59, [1])
        #expect(try lists(builder.octets).own.packets.map(\.nanoseconds) == [3_500_000_000])
    }

    static let badOptions: [[(code: Int, value: [UInt8])]] = [
        [(9, [])], [(9, [6, 6])], [(9, [6]), (9, [6])], [(9, [20])], [(9, [0xC0])], [(14, [0])], [(0, [1])],
        [(14, [UInt8](repeating: 0, count: 8)), (14, [UInt8](repeating: 0, count: 8))],
    ]

    @Test(arguments: badOptions.indices) func refusesOptionsThatCannotBe(_ index: Int) throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface(options: Self.badOptions[index])
        builder.enhanced(1, [1])
        try expectRefusal(builder.octets)
    }

    @Test(arguments: [(0, 1), (1, 1), (1, 3), (2, 0)]) func refusesOtherSections(_ major: Int, _ minor: Int) throws {
        var builder = CaptureBuilder()
        builder.section(version: (major, minor))
        builder.interface()
        builder.enhanced(1, [1])
        try expectRefusal(builder.octets)
    }

    /// libpcap refuses the latter two of these; here each section has its own order, and each interface its own type.
    @Test func sectionsOfBothOrdersAndInterfacesOfSeveralTypes() throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface(1, options: [(9, [9])])
        builder.interface(113, snapLength: 96)
        builder.enhanced(5, [1, 2], on: 0)
        builder.enhanced(6, [3], on: 1)
        builder.isLittleEndian = false
        builder.section()
        builder.interface(101, options: [(9, [3])])
        builder.enhanced(7, [4, 5, 6], on: 0)
        builder.simple([7])
        let own = try lists(builder.octets).own
        #expect(own.failure == nil)
        #expect(own.packets.map(\.linkType) == [1, 113, 12, 12])
        #expect(own.packets.map(\.interface) == [0, 1, 0, 0])
        #expect(own.packets.map(\.nanoseconds) == [5, 6000, 7_000_000, 0])
        #expect(own.packets.map(\.captured) == [2, 1, 3, 1])
    }

    @Test func interfacesEndWithTheirSection() throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface()
        builder.interface()
        builder.enhanced(1, [1], on: 1)
        builder.section()
        builder.interface()
        builder.enhanced(1, [1], on: 1)
        let (own, libpcap) = try lists(builder.octets)
        #expect(own.packets.map(\.interface) == [1])
        #expect(libpcap.packets.count == 1)
        #expect(own.failure?.problem.contains("interface 1") == true)
        #expect(libpcap.failure != nil)
    }

    @Test(arguments: [0, 4, 11, 12, 13, 16, 28, 32, 33, 36, 60, 16_777_216, 16_777_220, 0x7FFF_FFFF, 0xFFFF_FFFC])
    func absurdBlockLengths(_ length: Int) throws {
        for type in [1, 2, 3, 4, 6, 10, 0x0A0D_0D0A] {
            var builder = CaptureBuilder()
            builder.section()
            builder.interface()
            builder.enhanced(1, [1])
            builder.u32(type)
            builder.u32(length)
            builder.raw([UInt8](repeating: 0, count: 64))
            let (own, libpcap) = try lists(builder.octets)
            #expect(own.packets == libpcap.packets, "type \(type)")
            #expect(own.failure != nil && libpcap.failure != nil, "type \(type)")
        }
    }

    @Test(arguments: [0, 4, 5, 0x7FFF_FFFF, 0xFFFF_FFFF]) func absurdPacketLengths(_ length: Int) throws {
        for snapLength in [0, 4, 0x7FFF_FFFF] {
            var builder = CaptureBuilder()
            builder.section()
            builder.interface(snapLength: snapLength)
            builder.enhanced(1, [1, 2, 3, 4], captured: length)
            builder.simple([1, 2, 3, 4], original: length)
            try expectAgreement(builder.octets)
        }
    }

    @Test func aFileOfSectionsAloneHoldsNothing() throws {
        var builder = CaptureBuilder()
        builder.section()
        try expectRefusal(builder.octets)
        builder.enhanced(1, [1])
        try expectRefusal(builder.octets)
    }

    // MARK: Blocks

    /// However small the blocks, and however large a record, packets come out the same.
    @Test func blocksOfAnySize() throws {
        var builder = CaptureBuilder()
        builder.header()
        var generator = SeededGenerator(seed: 7)
        for second in 0..<2000 {
            let count = second % 500 == 499 ? 200_000 : Int.random(in: 0..<90, using: &generator)
            builder.record(second, 0, [UInt8](repeating: UInt8(second & 0xFF), count: count))
        }
        let path = try folder.file("many.pcap", Data(builder.octets))
        let whole = PacketList(path, pool: BlockPool(blockSize: 8 << 20))
        #expect(whole.packets.count == 2000)
        for size in [4096, 4099, 65_536] {
            let list = PacketList(path, pool: BlockPool(blockSize: size))
            #expect(list.failure == nil)
            #expect(list.packets == whole.packets)
        }
        #expect(whole.packets == PacketList(path, throughLibpcap: true).packets)
    }

    /// Entries of systemd's journal and custom blocks have frame numbers in Wireshark; unknown blocks have none.
    @Test func whatElseHasAFrameNumber() throws {
        var builder = CaptureBuilder()
        builder.section()
        builder.interface()
        var numbers: [UInt64] = []
        var frame: UInt64 = 0
        for (place, kind) in [9, 0, 0xBAD, 0x4000_0BAD, 0, 4, 9, 9, 0x204, 0, 5, 0x7777].enumerated() {
            if kind == 0 {
                frame += 1
                numbers.append(frame)
                builder.enhanced(UInt64(place), [UInt8(place)])
            } else {
                if ![4, 5, 0x7777].contains(kind) { frame += 1 }
                builder.block(kind) { $0.raw([UInt8](repeating: 1, count: 32)) }
            }
        }
        let path = try folder.file("frames.pcapng", Data(builder.octets))
        for size in [4096, 65_536] {
            let list = PacketList(path, pool: BlockPool(blockSize: size))
            #expect(list.failure == nil)
            #expect(list.packets.map(\.number) == numbers)
        }
        #expect(numbers == [2, 5, 9])
    }

    /// A block is the same for every thread that walks it.
    @Test func severalThreadsWalkTheSameBlock() throws {
        let path = try folder.file("sample.pcap", Data(SampleFile.octets(.pcapng)))
        var source = try BlockSource(path)
        let block = try #require(try source.next())
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            var packets = block.packets
            var list: [PacketFacts] = []
            while let packet = packets.next() { list.append(PacketFacts(packet)) }
            results.append(list)
        }
        #expect(results.all.count == 8)
        #expect(results.all.allSatisfy { $0 == results.all[0] && $0.count == SampleFile.frames.count })
    }
}

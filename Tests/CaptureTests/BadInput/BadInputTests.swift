import Foundation
import Support
import Testing
import Wire

/// Inputs that cannot be read: one sentence on stderr that names the file, exit status 2, and what could be read before
/// is still reported.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        ("text", Array("From alice@example.net\nThis is no capture at all.\n".utf8), "neither pcap nor pcapng"),
        ("three-octets", [0xD4, 0xC3, 0xB2], "holds no packet"),
        ("header-alone-cut", Array(SampleFile.octets(.pcap).prefix(20)), "holds no packet"),
        ("block-cut", Array(SampleFile.octets(.pcapng).prefix(20)), "holds no packet"),
        ("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "gzip data ends in the middle"),
        ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 4, 0, 0, 0], "zstd data ends in the middle"),
    ])
    func saysWhatItIsInstead(_ name: String, _ octets: [UInt8], _ words: String) throws {
        let path = try folder.file(name, Data(octets))
        expectFailure(WholeRun([path]), path, words)
    }

    /// What is compressed otherwise, or with a window of 256 MiB.
    private static let compressed: [String: [UInt8]] = [
        "xz -d": [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
        "bzip2 -d": Array("BZh91AY&SY".utf8),
        "lz4 -d": [0x04, 0x22, 0x4D, 0x18, 0x64],
        "unzip": Array("PK\u{3}\u{4}".utf8),
        "zstd -d --long=31": [0x28, 0xB5, 0x2F, 0xFD, 0, 0x90, 1, 0, 0],
    ]

    @Test(arguments: compressed.keys.sorted()) func saysWhatDecompressesIt(_ command: String) throws {
        let path = try folder.file("mail.pcap", Data(try #require(Self.compressed[command])))
        expectFailure(WholeRun([path]), path, "; decompress it first with: \(command) FILE")
    }

    @Test func saysWhatToDoWithAVersionThatItCannotRead() throws {
        var octets = SampleFile.octets(.pcapng)
        octets[12] = 2
        let path = try folder.file("version.pcapng", Data(octets))
        expectFailure(WholeRun([path]), path, "; copy or capture it anew, or see whether editcap can convert it")
    }

    @Test func saysThatAFileIsEmpty() throws {
        let path = try folder.file("empty.pcap", Data())
        expectFailure(WholeRun([path]), path, "the file is empty")
        // What has no size is seen to be empty when it is read.
        expectFailure(WholeRun(["/dev/null"]), "/dev/null", "the file is empty")
    }

    @Test func saysThatAFileIsNotThere() {
        let path = folder.url.appendingPathComponent("gone.pcap").path
        expectFailure(WholeRun([path]), path, "no such file")
    }

    @Test func saysThatANameIsEmpty() {
        let run = WholeRun([""])
        #expect(run.status == .failure)
        #expect(
            run.messages == [
                "earshot: \"\": the name is empty; give that of a capture or a directory, or - for standard input\n"
            ])
    }

    @Test func saysThatItIsADirectory() {
        expectFailure(WholeRun([folder.url.path]), folder.url.path, "this is a directory")
    }

    @Test(arguments: [CaptureFileFormat.pcap, .pcapSwapped])
    func namesALinkTypeThatItCannotRead(_ format: CaptureFileFormat) throws {
        let path = try folder.file("radio.pcap", Data(format.file(SampleFile.frames, LinkType(rawValue: 127))))
        let run = WholeRun([path])
        expectFailure(run, path, "IEEE802_11_RADIO (127)")
        #expect(run.messages.first?.contains("at octet 20") == true)
    }

    @Test(arguments: CaptureFileFormat.allCases)
    func reportsWhatStandsBeforeACut(_ format: CaptureFileFormat) throws {
        let octets = SampleFile.octets(format)
        let path = try folder.file("cut.pcap", Data(octets.dropLast(30)))
        let run = WholeRun([path])
        expectFailure(run, path, "ends in the middle of a record")
        #expect(run.messages.first?.contains("at octet \(octets.count - 30)") == true)
        #expect(run.messages.first?.contains("the \(SampleFile.frames.count - 1) packets before it") == true)
        try expectReport(run)
    }

    @Test func readsTheOtherInputsAll() throws {
        let good = try folder.file("good.pcap", Data(SampleFile.octets(.pcap)))
        let gone = folder.url.appendingPathComponent("gone.pcap").path
        let empty = try folder.file("empty.pcap", Data())
        let run = WholeRun([gone, good, empty])
        #expect(run.status == .failure)
        #expect(run.messages.count == 2)
        try expectReport(run)
    }

    @Test func damageInTheMiddleOfANextGenerationFile() throws {
        var octets = SampleFile.octets(.pcapng)
        // Section header and interface description take 60 octets, 28 stand before the packet of the block behind them.
        let packet = SampleFile.frames[0].octets.count
        let closingLength = 60 + 28 + packet + (4 - packet % 4) % 4
        octets[closingLength] ^= 0x7F
        let path = try folder.file("damaged.pcapng", Data(octets))
        let run = WholeRun([path])
        #expect(run.status == .failure)
        #expect(run.messages.count == 1)
        #expect(run.messages.first?.contains(path) == true)
        #expect(run.messages.first?.contains("it is damaged here: copy or capture it anew") == true)
        #expect(try run.count(of: "stats") == 1)
    }

    // MARK: Lengths that lie

    @Test func allocatesNothingForARecordOfGigabytes() throws {
        var octets = SampleFile.octets(.pcap)
        octets.append(integer: UInt64(0), littleEndian: true)
        // 3.9 GB captured of as many.
        octets.append(integer: UInt32(3_900_000_000), littleEndian: true)
        octets.append(integer: UInt32(3_900_000_000), littleEndian: true)
        octets += [UInt8](repeating: 0x41, count: 100)
        try expectFrugality(octets, "huge.pcap")
    }

    @Test func allocatesNothingForABlockOfGigabytes() throws {
        var octets = SampleFile.octets(.pcapng)
        octets.append(integer: UInt32(6), littleEndian: true)
        octets.append(integer: UInt32(3_900_000_000), littleEndian: true)
        octets += [UInt8](repeating: 0x41, count: 100)
        try expectFrugality(octets, "huge.pcapng")
    }

    private func expectFrugality(_ octets: [UInt8], _ name: String) throws {
        let path = try folder.file(name, Data(octets))
        let before = PeakMemory.octets
        let run = WholeRun([path])
        // Other tests run at the same time; they take far less than this, and the record claims far more.
        #expect(PeakMemory.octets - before < 512 << 20)
        expectFailure(run, path, "cannot be read")
        #expect(run.messages.first?.contains("at octet") == true)
        try expectReport(run)
    }

    // MARK: Expectations

    private func expectFailure(_ run: WholeRun, _ path: String, _ words: String) {
        #expect(run.status == .failure)
        #expect(run.messages.count == 1)
        let message = run.messages.first ?? ""
        #expect(message.hasPrefix("earshot: \(path)"))
        #expect(message.contains(words))
        #expect(message.hasSuffix("\n") && message.count { $0 == "\n" } == 1)
    }

    /// The session that the sample holds is there, and what it shows.
    private func expectReport(_ run: WholeRun) throws {
        #expect(try run.count(of: "flow") == 1)
        #expect(try run.count(of: "smtp") == 1)
        #expect(try run.count(of: "stats") == 1)
        #expect(run.output.contains("message-in-clear"))
    }
}

/// The largest this process ever was.
private enum PeakMemory {
    static var octets: Int {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_maxrss * 1024
    }
}

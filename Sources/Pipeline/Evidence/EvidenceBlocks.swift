import Capture
import Wire

/// Blocks of pcapng (draft-ietf-opsawg-pcapng), little-endian. Each of them is whole by itself, so that a file that ends
/// behind any of them can be read.
enum EvidenceBlocks {
    /// What a file begins with.
    static func section(comment: String) -> [UInt8] {
        var block = Block(type: 0x0A0D_0D0A)
        block.append(0x1A2B_3C4D, 4)
        block.append(1, 2)  // version 1.0
        block.append(0, 2)
        block.append(.max, 8)  // length of the section: not stated
        block.append(option: 4, "Earshot")
        block.append(option: 1, comment)
        return block.finish(hasOptions: true)
    }

    /// An interface with times in nanoseconds; packets name it by its place among those of their file.
    static func interface(linkType: Int32) -> [UInt8] {
        var block = Block(type: 1)
        block.append(UInt64(UInt16(truncatingIfNeeded: LinkTypeInFile.number(of: linkType))), 2)
        block.append(0, 2)
        block.append(0, 4)  // snapshot length: no limit
        block.append(option: 9, [9])
        return block.finish(hasOptions: true)
    }

    static func packet(
        _ octets: [UInt8], interface: Int, nanoseconds: Int64, originalLength: Int, comments: [String]
    ) -> [UInt8] {
        var block = Block(type: 6)
        let time = UInt64(max(0, nanoseconds))
        block.append(UInt64(interface), 4)
        block.append(time >> 32, 4)
        block.append(time & 0xFFFF_FFFF, 4)
        block.append(UInt64(octets.count), 4)
        block.append(UInt64(max(originalLength, octets.count)), 4)
        block.append(padded: octets)
        for comment in comments { block.append(option: 1, comment) }
        return block.finish(hasOptions: !comments.isEmpty)
    }
}

/// A block that is being put together.
private struct Block {
    private var octets: [UInt8] = []

    /// Of an option; longer ones are cut.
    private static let longestText = 4000

    init(type: UInt32) {
        append(UInt64(type), 4)
        append(0, 4)
    }

    mutating func append(_ number: UInt64, _ count: Int) {
        for index in 0..<count { octets.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index))) }
    }

    mutating func append(padded more: [UInt8]) {
        octets += more
        while octets.count % 4 != 0 { octets.append(0) }
    }

    mutating func append(option code: UInt64, _ value: [UInt8]) {
        append(code, 2)
        append(UInt64(value.count), 2)
        append(padded: value)
    }

    mutating func append(option code: UInt64, _ text: String) {
        append(option: code, Array(text.utf8.prefix(Self.longestText)))
    }

    /// With its length at both ends.
    consuming func finish(hasOptions: Bool) -> [UInt8] {
        if hasOptions { append(0, 4) }
        append(UInt64(octets.count + 4), 4)
        for index in 0..<4 { octets[4 + index] = octets[octets.count - 4 + index] }
        return octets
    }
}

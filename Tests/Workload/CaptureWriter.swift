import Foundation

/// Writes a classic capture file with microseconds, in large pieces.
struct CaptureWriter: ~Copyable {
    private let file: FileHandle
    private var octets: [UInt8] = []
    private(set) var packets = 0
    /// Octets of the frames, without the file's own headers.
    private(set) var frameOctets = 0

    private static let chunk = 1 << 20
    private static let headerSize = 24
    private static let recordHeaderSize = 16
    /// Frames shorter than this are padded, as Ethernet does; the checksum that follows them is not captured.
    private static let minimumFrame = 60

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw WorkloadError("\(path) cannot be written")
        }
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        octets.reserveCapacity(Self.chunk + 65_536)
        for word in [0xA1B2_C3D4, 0x0004_0002, 0, 0, 262_144, 1] as [UInt32] { appendLittle(word) }
    }

    var fileOctets: Int { Self.headerSize + Self.recordHeaderSize * packets + frameOctets }

    /// Begins a frame of `count` octets; what is appended until `endFrame` is in it.
    mutating func beginFrame(_ count: Int, at microseconds: UInt64) throws {
        if octets.count >= Self.chunk { try flush() }
        let length = UInt32(max(count, Self.minimumFrame))
        appendLittle(UInt32(truncatingIfNeeded: microseconds / 1_000_000))
        appendLittle(UInt32(truncatingIfNeeded: microseconds % 1_000_000))
        appendLittle(length)
        appendLittle(length)
        packets += 1
        frameOctets += Int(length)
    }

    mutating func endFrame(_ count: Int) {
        for _ in 0..<max(0, Self.minimumFrame - count) { octets.append(0) }
    }

    mutating func append(_ value: UInt8) { octets.append(value) }

    mutating func append(_ value: UInt16) {
        octets.append(UInt8(truncatingIfNeeded: value >> 8))
        octets.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value >> 16))
        append(UInt16(truncatingIfNeeded: value))
    }

    mutating func append(_ part: ArraySlice<UInt8>) { octets.append(contentsOf: part) }

    mutating func close() throws {
        try flush()
        try file.close()
    }

    private mutating func appendLittle(_ value: UInt32) { append(value.byteSwapped) }

    private mutating func flush() throws {
        try file.write(contentsOf: Data(octets))
        octets.removeAll(keepingCapacity: true)
    }
}

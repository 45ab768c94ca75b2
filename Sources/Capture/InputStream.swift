import Glibc

/// The octets of an input: as they are stored, or what they decompress to.
final class InputStream {
    private let descriptor: InputDescriptor
    private let decompressor: Decompressor?
    /// Octets that were read to tell what the input is, and not taken yet.
    private var leading: [UInt8] = []

    init(_ path: String) throws(CaptureError) {
        let descriptor = try InputDescriptor(path)
        let magic = try unsafe Self.read(4) { buffer throws(CaptureError) in unsafe try descriptor.read(into: buffer) }
        self.descriptor = descriptor
        guard let compression = Compression(magic: magic) else {
            decompressor = nil
            leading = magic
            return
        }
        do throws(FormatFault) {
            decompressor = try Decompressor(compression, leading: magic)
        } catch {
            throw CaptureError(input: path, problem: Advice.onDecompressing(compression, error.reason))
        }
    }

    var input: String { descriptor.input }
    var compression: Compression? { decompressor?.compression }
    /// Size in octets of a regular file, as it is stored.
    var size: Int64? { descriptor.size }
    /// Octets of the input, as it is stored, that were read.
    var position: Int64 { descriptor.position }

    /// The next octets, as far as they fit and are there; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
        guard leading.isEmpty else {
            let count = min(leading.count, buffer.count)
            unsafe buffer.copyBytes(from: leading.prefix(count))
            leading.removeFirst(count)
            return count
        }
        guard let decompressor else { return unsafe try descriptor.read(into: buffer) }
        return unsafe try decompressor.read(into: buffer, from: descriptor)
    }

    /// The leading `count` octets of what is left, fewer at its end; they stay there.
    func peek(_ count: Int) throws(CaptureError) -> [UInt8] {
        let octets = try unsafe Self.read(count) { buffer throws(CaptureError) in unsafe try read(into: buffer) }
        leading = octets + leading
        return octets
    }

    /// Reads until there are `count` octets, or no more.
    private static func read(
        _ count: Int, _ source: (UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int
    ) throws(CaptureError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { unsafe buffer.deallocate() }
        var filled = 0
        while filled < count {
            let more = unsafe try source(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            guard more > 0 else { break }
            filled += more
        }
        return unsafe [UInt8](buffer[..<filled])
    }

    /// The same, taken.
    func take(_ count: Int) throws(CaptureError) -> [UInt8] {
        let octets = try peek(count)
        leading.removeFirst(octets.count)
        return octets
    }

    /// A stream for libpcap over the whole input; `nil` where that is not to be had.
    func rewound() -> UnsafeMutablePointer<FILE>? {
        decompressor == nil ? unsafe descriptor.rewound() : nil
    }
}

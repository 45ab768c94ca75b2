import Glibc

/// How an input is compressed, told by its leading octets and never by its name.
enum Compression: String {
    case gzip, zstd

    init?(magic: [UInt8]) {
        guard magic.count >= 2 else { return nil }
        if magic[0] == 0x1F, magic[1] == 0x8B {
            self = .gzip
        } else if magic.count >= 4, Self.beginsZstd(magic) {
            self = .zstd
        } else {
            return nil
        }
    }

    /// A frame, or one to skip, as seekable files and parallel compressors begin with (RFC 8878, section 3.1).
    private static func beginsZstd(_ magic: [UInt8]) -> Bool {
        magic[1] == 0xB5 && magic[0] == 0x28 && magic[2] == 0x2F && magic[3] == 0xFD
            || magic[0] & 0xF0 == 0x50 && magic[1] == 0x2A && magic[2] == 0x4D && magic[3] == 0x18
    }
}

/// A library that decompresses one format, step by step.
protocol Decoder: AnyObject {
    /// Decompresses what fits. Takes nothing more once a member (gzip) or frame (zstd) has ended.
    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep
    /// Begins the next member or frame; `false` where `rest` begins none and may be dropped.
    func restart(at rest: UnsafeRawBufferPointer) throws(FormatFault) -> Bool
}

struct DecodingStep {
    /// Octets taken from the input.
    let consumed: Int
    /// Octets written to the output.
    let produced: Int
    /// The room for output was used up.
    let mayHoldOutput: Bool
    /// A member or frame is complete.
    var hasEnded = false
    /// What is wrong with the input behind what was taken.
    var fault: FormatFault?
}

/// Decompresses an input as it is read: however much comes out, it is never all in memory.
@safe final class Decompressor {
    let compression: Compression
    /// `nil` where the input has ended: its window may take more memory than all blocks.
    private var decoder: (any Decoder)?
    private let buffer: UnsafeMutableRawBufferPointer
    /// What of the buffer was read and not decompressed yet.
    private var pending: Range<Int>
    /// Between two members or frames.
    private var isBetween = false
    /// The output was full: more of it may come out without further input.
    private var mayHoldOutput = false
    /// Met behind what was handed out last.
    private var fault: FormatFault?

    /// Octets of compressed input that are read at once.
    private static let inputSize = 128 << 10

    /// - Parameter leading: octets that were read already.
    init(_ compression: Compression, leading: [UInt8]) throws(FormatFault) {
        self.compression = compression
        decoder = try Self.decoder(of: compression)
        unsafe buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputSize, alignment: 64)
        unsafe buffer.copyBytes(from: leading)
        pending = 0..<leading.count
    }

    deinit { unsafe buffer.deallocate() }

    private static func decoder(of compression: Compression) throws(FormatFault) -> any Decoder {
        switch compression {
        case .gzip: try GzipDecoder()
        case .zstd: try ZstdDecoder()
        }
    }

    /// Fills `output` as far as what was read goes; 0 at the end.
    func read(
        into output: UnsafeMutableRawBufferPointer, from input: InputDescriptor
    ) throws(CaptureError) -> Int {
        var produced = 0
        while produced < output.count {
            if fault == nil, pending.isEmpty, !mayHoldOutput {
                // What came out so far is not held back until more comes in.
                guard produced == 0, try refill(from: input) else { break }
            }
            if fault == nil {
                produced += unsafe step(UnsafeMutableRawBufferPointer(rebasing: output[produced...]))
            }
            if let fault {
                // What came out before it is good.
                guard produced == 0 else { break }
                throw CaptureError(
                    input: input.input, problem: Advice.onDecompressing(compression, fault.reason),
                    offset: input.position - Int64(pending.count))
            }
        }
        // Its last packets may wait for long until they are merged with others. A file may still grow.
        if isBetween, pending.isEmpty, let size = input.size, input.position >= size { decoder = nil }
        return produced
    }

    private func step(_ output: UnsafeMutableRawBufferPointer) -> Int {
        let decoder: any Decoder
        do throws(FormatFault) {
            if let present = self.decoder { decoder = present } else { decoder = try Self.decoder(of: compression) }
            self.decoder = decoder
            if isBetween {
                guard try unsafe decoder.restart(at: UnsafeRawBufferPointer(rebasing: buffer[pending])) else {
                    pending = 0..<0
                    return 0
                }
                isBetween = false
            }
        } catch {
            fault = error
            return 0
        }
        let step = unsafe decoder.decode(UnsafeRawBufferPointer(rebasing: buffer[pending]), into: output)
        pending = pending.lowerBound + step.consumed..<pending.upperBound
        mayHoldOutput = step.mayHoldOutput && !step.hasEnded
        isBetween = step.hasEnded
        fault = step.fault
        return step.produced
    }

    /// Answers whether there is more input; throws where it ends inside a member or frame.
    private func refill(from input: InputDescriptor) throws(CaptureError) -> Bool {
        let count = unsafe try input.read(into: buffer)
        pending = 0..<count
        guard count == 0 else { return true }
        guard isBetween else {
            throw CaptureError(
                input: input.input, problem: Advice.onCutCompression(compression), offset: input.position)
        }
        return false
    }
}

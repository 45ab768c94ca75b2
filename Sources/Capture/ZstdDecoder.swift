import CZstd

/// zstd (RFC 8878) through libzstd, which refuses windows of over 128 MiB: what it takes at most.
@safe final class ZstdDecoder: Decoder {
    private let stream: OpaquePointer

    init() throws(FormatFault) {
        guard let stream = unsafe ZSTD_createDStream() else { throw FormatFault("libzstd could not be started") }
        unsafe self.stream = stream
    }

    deinit { unsafe _ = ZSTD_freeDStream(stream) }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        // A call that meets damage tells nothing of what it wrote, so it is not given much to write.
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: min(output.count, Self.step), pos: 0)
        let status = unsafe ZSTD_decompressStream(stream, &target, &source)
        var step = unsafe DecodingStep(
            consumed: source.pos, produced: target.pos, mayHoldOutput: target.pos == target.size)
        if ZSTD_isError(status) != 0 {
            step.fault = FormatFault(unsafe String(cString: ZSTD_getErrorName(status)))
        } else {
            step.hasEnded = status == 0
        }
        return step
    }

    /// Octets of a block of zstd at most.
    private static let step = 128 << 10

    /// The library takes up the next frame by itself, and says so where there is none.
    func restart(at rest: UnsafeRawBufferPointer) -> Bool { true }
}

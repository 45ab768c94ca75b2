import CZlib

/// gzip (RFC 1952) through zlib. Its window takes 32 KiB.
@safe final class GzipDecoder: Decoder {
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(FormatFault) {
        unsafe stream = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // A window of 15 bits, and 16 more for gzip's header and trailer.
        let status = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            unsafe stream.deallocate()
            throw FormatFault("zlib could not be started")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
        let octets = unsafe UnsafeMutableRawPointer(mutating: input.baseAddress)
        unsafe stream.pointee.next_in = octets?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
        let given = unsafe (stream.pointee.avail_in, stream.pointee.avail_out)
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        var step = unsafe DecodingStep(
            consumed: Int(given.0 - stream.pointee.avail_in), produced: Int(given.1 - stream.pointee.avail_out),
            mayHoldOutput: stream.pointee.avail_out == 0)
        step.hasEnded = status == Z_STREAM_END
        // Z_BUF_ERROR says that there was nothing to do, and is no damage.
        if status != Z_OK, status != Z_STREAM_END, status != Z_BUF_ERROR {
            let words = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
            step.fault = FormatFault(words ?? "zlib status \(status)")
        }
        return step
    }

    /// Members may follow each other, and zeros may follow the last one, as on tapes.
    func restart(at rest: UnsafeRawBufferPointer) throws(FormatFault) -> Bool {
        if unsafe rest.allSatisfy({ $0 == 0 }) { return false }
        guard unsafe rest.first == 0x1F else { throw FormatFault("what follows its end is no gzip") }
        guard unsafe inflateReset(stream) == Z_OK else { throw FormatFault("zlib could not be started anew") }
        return true
    }
}

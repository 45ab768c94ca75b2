import Glibc

/// The two system calls of the output; the only unsafe code of this module.
enum SystemWrite {
    /// Writes a part of `octets`, from `start` on; answers how many were taken, or `errno`.
    static func write(_ octets: [UInt8], from start: Int, to descriptor: Int32) -> Result<Int, OutputError> {
        let written = unsafe octets.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
            return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        }
        return written >= 0 ? .success(written) : .failure(OutputError(errno: errno))
    }

    /// Waits until a descriptor that does not block takes octets again.
    static func waitUntilWritable(_ descriptor: Int32) {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
    }
}

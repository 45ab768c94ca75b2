import Glibc

/// An open input: a C stream that libpcap reads from, and that knows how far it was read.
@safe struct InputStream {
    let file: UnsafeMutablePointer<FILE>
    /// Size in octets of a regular file.
    let size: Int64?
    /// The four octets at its start: they tell what the input is if it is no capture.
    let magic: [UInt8]

    init(_ path: String) throws(CaptureError) {
        guard let file = unsafe path == "-" ? fdopen(dup(STDIN_FILENO), "rb") : fopen(path, "rb") else {
            throw CaptureError(input: path, problem: Advice.onSystemError(errno))
        }
        unsafe self.file = file
        var status = stat()
        guard unsafe fstat(fileno(file), &status) == 0 else {
            let code = errno
            unsafe fclose(file)
            throw CaptureError(input: path, problem: Advice.onSystemError(code))
        }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else {
            unsafe fclose(file)
            throw CaptureError(
                input: path, problem: "this is a directory; name the capture files in it, for example \(path)/*.pcap")
        }
        size = kind == S_IFREG ? Int64(status.st_size) : nil
        unsafe setvbuf(file, nil, _IOFBF, 1 << 20)
        magic = unsafe Self.peek(file)
    }

    /// Octets consumed, where the input can tell (a pipe cannot).
    var position: Int64? {
        let offset = unsafe ftello(file)
        return offset >= 0 ? Int64(offset) : nil
    }

    /// Classic pcap, of either byte order and resolution: a fixed header, then records.
    var isClassic: Bool {
        let numbers: [[UInt8]] = [[0xA1, 0xB2, 0xC3, 0xD4], [0xA1, 0xB2, 0x3C, 0x4D]]
        return numbers.contains { $0 == magic || Array($0.reversed()) == magic }
    }

    func close() { unsafe _ = fclose(file) }

    private static func peek(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
        var octets: [UInt8] = []
        while octets.count < 4 {
            let next = unsafe getc(file)
            guard next != EOF else { break }
            octets.append(UInt8(truncatingIfNeeded: next))
        }
        // Pushed back, not rewound: a pipe cannot be.
        for octet in octets.reversed() { unsafe ungetc(Int32(octet), file) }
        return octets
    }
}

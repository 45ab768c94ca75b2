import Glibc

/// An open input, as the system hands out its octets. Never mapped: a mapping traps when a file is cut under it.
final class InputDescriptor {
    /// As the user named it; `-` for standard input.
    let input: String
    /// Size in octets of a regular file.
    let size: Int64?
    /// Octets handed out so far.
    private(set) var position: Int64 = 0
    private let descriptor: Int32

    init(_ path: String) throws(CaptureError) {
        guard !path.isEmpty else { throw CaptureError(input: path, problem: Advice.onNoName) }
        let descriptor = try Self.open(path)
        guard descriptor >= 0 else {
            let code = errno
            // What stands for octets that are no text.
            let isNameless = code == ENOENT && path.unicodeScalars.contains("\u{FFFD}")
            throw CaptureError(input: path, problem: isNameless ? Advice.onNoText : Advice.onSystemError(code))
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw CaptureError(input: path, problem: Advice.onSystemError(code))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw CaptureError(input: path, problem: Advice.onSystemError(EISDIR))
        }
        input = path
        size = status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
        self.descriptor = descriptor
        if size == nil { Interruption.prepareToWait() }
    }

    deinit { close(descriptor) }

    /// Waits where it is a pipe that nobody writes into yet.
    private static func open(_ path: String) throws(CaptureError) -> Int32 {
        while true {
            let descriptor = path == "-" ? dup(STDIN_FILENO) : unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor < 0, errno == EINTR else { return descriptor }
            if Interruption.shallStop { throw CaptureError(input: path, problem: Advice.onInterruption) }
        }
    }

    /// Reads what there is, as far as it fits; 0 at the end. Waits where nothing is there yet.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
        guard unsafe !buffer.isEmpty else { return 0 }
        while true {
            // Asked behind each wait, which a signal ends.
            if Interruption.shallStop(isPipe: size == nil) {
                throw CaptureError(input: input, problem: Advice.onInterruption, offset: position)
            }
            if size == nil, !Interruption.wait(for: descriptor) { continue }
            let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                position += Int64(count)
                return count
            }
            guard errno == EINTR else {
                throw CaptureError(input: input, problem: Advice.onReadError(errno), offset: position)
            }
        }
    }

    /// A stream for libpcap that begins where the input does; `nil` where an input has no way back.
    func rewound() -> UnsafeMutablePointer<FILE>? {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
        let copy = dup(descriptor)
        guard copy >= 0 else { return nil }
        guard let file = unsafe fdopen(copy, "rb") else {
            close(copy)
            return nil
        }
        return unsafe file
    }
}

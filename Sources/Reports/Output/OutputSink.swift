import Glibc

/// Why output ended early.
package enum OutputError: Error, Equatable, Sendable {
    /// The reader went away (EPIPE): no fault of ours, and nothing more to say to it.
    case closed
    /// The disk or the quota is full (ENOSPC, EDQUOT).
    case full
    /// Any other failure of write(2), by its number.
    case system(Int32)

    init(errno code: Int32) {
        self =
            switch code {
            case EPIPE: .closed
            case ENOSPC, EDQUOT: .full
            default: .system(code)
            }
    }
}

extension OutputError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .closed: "the reader closed the output"
        case .full: "no space left for the output"
        case .system(let code): "the output cannot be written (error \(code))"
        }
    }
}

/// A buffered writer to a file descriptor, or into memory.
///
/// The process must ignore SIGPIPE, or a reader that goes away ends it before the error is seen. After an error nothing
/// more is written: every later call throws the same error.
package struct OutputSink: ~Copyable {
    private let descriptor: Int32?
    private var buffer: [UInt8] = []
    private var failure: OutputError?

    package static let capacity = 64 * 1024

    /// Writes to `descriptor`, which the caller keeps open.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.capacity)
    }

    private init() { descriptor = nil }

    /// Keeps everything; see `collected`.
    package static func inMemory() -> OutputSink { OutputSink() }

    /// What was written to a sink in memory.
    package var collected: String { String(decoding: buffer, as: UTF8.self) }

    package mutating func write(_ octets: [UInt8]) throws(OutputError) { try write(octets[...]) }

    package mutating func write(_ octets: ArraySlice<UInt8>) throws(OutputError) {
        if buffer.count + octets.count > Self.capacity { try flush() }
        buffer += octets
        if buffer.count >= Self.capacity { try flush() }
    }

    package mutating func write(_ text: String) throws(OutputError) {
        try write(Array(text.utf8))
    }

    /// Hands everything written so far to the descriptor.
    package mutating func flush() throws(OutputError) {
        if let failure { throw failure }
        guard let descriptor else { return }
        var start = 0
        while start < buffer.count {
            switch SystemWrite.write(buffer, from: start, to: descriptor) {
            case .success(let count): start += count
            case .failure(.system(EINTR)): continue
            case .failure(.system(EAGAIN)): SystemWrite.waitUntilWritable(descriptor)
            case .failure(let error): try fail(error)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func fail(_ error: OutputError) throws(OutputError) {
        failure = error
        buffer.removeAll()
        throw error
    }
}

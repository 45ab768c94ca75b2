import Glibc

/// Why output ended early.
public enum OutputError: Error, Equatable, Sendable {
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
    public var description: String {
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
public struct OutputSink: ~Copyable {
    private let descriptor: Int32?
    private let ownsIt: Bool
    private var buffer: [UInt8] = []
    private var failure: OutputError?
    /// Octets that were handed to the descriptor.
    public private(set) var written: UInt64 = 0
    /// Lines that could not be written.
    public private(set) var lostLines: UInt64 = 0
    /// The last octet that was written ended a line.
    private var isAtLineStart = true

    public static let capacity = 64 * 1024

    /// Writes to `descriptor`; `ownsIt` says that it is closed with the sink, else the caller keeps it open.
    public init(descriptor: Int32, ownsIt: Bool = false) {
        self.descriptor = descriptor
        self.ownsIt = ownsIt
        buffer.reserveCapacity(Self.capacity)
    }

    private init() {
        descriptor = nil
        ownsIt = false
    }

    deinit { if ownsIt, let descriptor { close(descriptor) } }

    /// Keeps everything; see `collected`.
    public static func inMemory() -> OutputSink { OutputSink() }

    /// What was written to a sink in memory.
    public var collected: String { String(decoding: buffer, as: UTF8.self) }

    public mutating func write(_ octets: [UInt8]) throws(OutputError) { try write(octets[...]) }

    public mutating func write(_ octets: ArraySlice<UInt8>) throws(OutputError) {
        if let failure {
            lostLines += Self.lines(octets)
            throw failure
        }
        if buffer.count + octets.count > Self.capacity {
            do throws(OutputError) { try flush() } catch {
                lostLines += Self.lines(octets)
                throw error
            }
        }
        buffer += octets
        if buffer.count >= Self.capacity { try flush() }
    }

    public mutating func write(_ text: String) throws(OutputError) {
        try write(Array(text.utf8))
    }

    /// Hands everything written so far to the descriptor.
    public mutating func flush() throws(OutputError) {
        if let failure { throw failure }
        guard let descriptor else { return }
        var start = 0
        while start < buffer.count {
            switch SystemWrite.write(buffer, from: start, to: descriptor) {
            case .success(let count):
                start += count
                written += UInt64(count)
                if count > 0 { isAtLineStart = buffer[start - 1] == UInt8(ascii: "\n") }
            case .failure(.system(EINTR)): continue
            case .failure(.system(EAGAIN)): SystemWrite.waitUntilWritable(descriptor)
            case .failure(let error):
                lostLines += Self.lines(buffer[start...])
                try fail(error)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Tries again from now on; what could not be written is gone. A line that was cut is ended.
    public mutating func recover() {
        failure = nil
        buffer = isAtLineStart ? [] : [UInt8(ascii: "\n")]
    }

    private static func lines(_ octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    }

    private mutating func fail(_ error: OutputError) throws(OutputError) {
        failure = error
        buffer.removeAll()
        throw error
    }
}

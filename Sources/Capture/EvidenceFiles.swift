import CSystem
import Glibc
import Synchronization

/// Files that evidence goes to: the one that the user names, then others that are numbered, of which so many are kept.
///
/// A file that is there already is never written to, and none is removed but those made here.
@safe public final class EvidenceFiles: @unchecked Sendable {
    public let path: String
    /// Files that are kept.
    private let count: Int
    /// Never given back: the process that opens files may have a copy of it.
    let ring: OpaquePointer
    private let state = Mutex(State())

    private struct State {
        /// Who opens them, where the process may not do so itself.
        var broker: Broker?
        var made = 0
        /// Open, and not handed out yet.
        var prepared: Int32?
    }

    /// - Parameter count: files that are kept; the oldest goes when there are more.
    public init(_ path: String, count: Int) throws(CaptureError) {
        self.path = path
        self.count = count
        guard let ring = unsafe earshot_ring_make(path, UInt32(clamping: count)) else {
            throw CaptureError(input: path, problem: "there is no memory for its name")
        }
        unsafe self.ring = ring
    }

    /// Lets another process make the files from now on.
    public func hand(to broker: Broker) { state.withLock { $0.broker = broker } }

    /// Makes the first file at once, so that it is known whether it can be.
    public func prepare() throws(CaptureError) {
        let descriptor = try open()
        state.withLock { $0.prepared = descriptor }
    }

    /// A new file, readable by its owner alone.
    public func next() throws(CaptureError) -> EvidenceFile {
        if let prepared = state.withLock({ $0.prepared.take() }) { return EvidenceFile(path, prepared) }
        return EvidenceFile(path, try open())
    }

    private func open() throws(CaptureError) -> Int32 {
        let (descriptor, code) = state.withLock { state in
            let descriptor = unsafe state.broker.map { $0.openEvidence() } ?? earshot_ring_next(ring)
            let code = errno
            if descriptor >= 0 { state.made += 1 }
            return (descriptor, code)
        }
        guard descriptor >= 0 else {
            throw CaptureError(
                input: path, problem: "no file can be made for it: \(unsafe String(cString: strerror(code)))")
        }
        return descriptor
    }

    /// Files that were made and removed again, to keep no more than there may be.
    public var removed: Int { state.withLock { max(0, $0.made - count) } }
}

/// A file that grows by whole pieces: what could not be written whole is taken back.
public final class EvidenceFile {
    private let path: String
    private let descriptor: Int32
    private var length = 0

    init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Writes all of it, or nothing.
    public func append(_ octets: [UInt8]) throws(CaptureError) {
        let code = unsafe octets.withUnsafeBytes { buffer -> Int32 in
            var start = 0
            while start < buffer.count {
                let count = unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
                if count > 0 {
                    start += count
                } else if count == 0 || errno != EINTR {
                    return count == 0 ? EIO : errno
                }
            }
            return 0
        }
        guard code != 0 else {
            length += octets.count
            return
        }
        let isTakenBack = ftruncate(descriptor, length) == 0 && lseek(descriptor, length, SEEK_SET) == length
        let reason = unsafe String(cString: strerror(code))
        throw CaptureError(
            input: path,
            problem: isTakenBack
                ? "it cannot be written: \(reason)" : "it cannot be written: \(reason); its end is cut")
    }
}

/// Cuts one direction of an SMTP dialogue into lines (RFC 5321 §2.3.8).
///
/// A line that lies whole in the packet is parsed there; an unfinished one is copied, up to `limit` octets. Octets
/// beyond are counted and dropped: every command and reply shows what it is within its leading octets.
public struct LineReader: Sendable, Equatable {
    /// Leading octets of a line that are kept when it is unfinished.
    public static let limit = 2048

    private(set) public var tail: [UInt8] = []
    /// Length of the unfinished line so far, dropped octets included.
    private(set) public var pending = 0

    public init() {}

    /// A line that was found.
    public struct Found: Sendable {
        /// Octets of the input that end the line, its LF included.
        public let consumed: Int
        /// The line's start lies in an earlier packet: read `tail`, not the packet.
        public let isBuffered: Bool
        /// The line's whole length in octets, its LF included.
        public let length: Int

        /// It is longer than is read of a line.
        public var isCut: Bool { length > LineReader.limit }
        /// Octets at its start that are read where the line lies whole in the packet: as many as of one that came in parts.
        public var read: Int { min(consumed, LineReader.limit) }
    }

    /// The next line of `octets`, or `nil` where none ends in them; they are kept then.
    public mutating func next(_ octets: Span<UInt8>) -> Found? {
        guard let end = octets.firstIndex(of: ASCII.lineFeed) else {
            keep(octets)
            return nil
        }
        let consumed = end + 1
        guard pending > 0 else { return Found(consumed: consumed, isBuffered: false, length: consumed) }
        keep(octets.extracting(first: consumed))
        return Found(consumed: consumed, isBuffered: true, length: pending)
    }

    /// Hands out the unfinished line's octets, to be given back after they were read.
    public mutating func takeTail() -> [UInt8] {
        defer { tail = [] }
        return tail
    }

    /// Takes back what `takeTail` handed out, and forgets it.
    public mutating func giveBack(_ octets: consuming [UInt8]) {
        tail = octets
        reset()
    }

    /// Forgets the unfinished line; what it held is overwritten, since it may have been a secret.
    public mutating func reset() {
        for index in tail.indices { tail[index] = 0 }
        tail.removeAll(keepingCapacity: true)
        pending = 0
    }

    private mutating func keep(_ octets: Span<UInt8>) {
        let room = max(0, Self.limit - tail.count)
        tail.append(copying: octets.extracting(first: min(room, octets.count)))
        pending += octets.count
    }
}

/// A line without its end, and how it ended.
public struct SMTPLine: ~Escapable {
    public let octets: Span<UInt8>
    /// Ended by LF without CR (RFC 5321 §2.3.8 forbids it).
    public let endsInBareLineFeed: Bool

    @_lifetime(copy whole)
    public init(_ whole: Span<UInt8>) {
        var length = whole.count
        var isBare = false
        if length > 0, whole[length - 1] == ASCII.lineFeed {
            length -= 1
            isBare = true
            if length > 0, whole[length - 1] == ASCII.carriageReturn {
                length -= 1
                isBare = false
            }
        }
        octets = whole.extracting(first: length)
        endsInBareLineFeed = isBare
    }
}

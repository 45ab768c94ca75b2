/// Cuts one direction of an SMTP dialogue into lines (RFC 5321 §2.3.8).
///
/// A line that lies whole in the packet is parsed there; an unfinished one is copied, up to `limit` octets. Octets
/// beyond are counted and dropped: every command and reply shows what it is within its leading octets.
package struct LineReader: Sendable {
    /// Leading octets of a line that are kept when it is unfinished.
    package static let limit = 2048

    private(set) package var tail: [UInt8] = []
    /// Length of the unfinished line so far, dropped octets included.
    private(set) package var pending = 0

    package init() {}

    /// A line that was found.
    package struct Found: Sendable {
        /// Octets of the input that end the line, its LF included.
        package let consumed: Int
        /// The line's start lies in an earlier packet: read `tail`, not the packet.
        package let isBuffered: Bool
        /// The line's whole length in octets, its LF included.
        package let length: Int
    }

    /// The next line of `octets`, or `nil` where none ends in them; they are kept then.
    package mutating func next(_ octets: Span<UInt8>) -> Found? {
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
    package mutating func takeTail() -> [UInt8] {
        defer { tail = [] }
        return tail
    }

    /// Takes back what `takeTail` handed out, and forgets it.
    package mutating func giveBack(_ octets: consuming [UInt8]) {
        tail = octets
        reset()
    }

    /// Forgets the unfinished line; what it held is overwritten, since it may have been a secret.
    package mutating func reset() {
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
package struct SMTPLine: ~Escapable {
    package let octets: Span<UInt8>
    /// Ended by LF without CR (RFC 5321 §2.3.8 forbids it).
    package let endsInBareLineFeed: Bool

    @_lifetime(copy whole)
    package init(_ whole: Span<UInt8>) {
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

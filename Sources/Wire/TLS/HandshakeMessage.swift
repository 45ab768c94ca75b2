/// A whole handshake message, viewed in place (RFC 8446 §4).
///
///     struct {
///         HandshakeType msg_type;
///         uint24 length;
///         select (Handshake.msg_type) { … };
///     } Handshake;
struct HandshakeMessage: ~Escapable {
    let type: HandshakeType
    let body: Span<UInt8>

    static let headerSize = 4
    /// Longest message that is read: chains with many large certificates stay well below.
    static let maximumSize = 128 << 10

    var size: Int { Self.headerSize + body.count }

    /// The message at the start of `octets`; `nil` while it is not whole.
    @_lifetime(copy octets)
    init?(in octets: Span<UInt8>) throws(WireError) {
        guard octets.count >= Self.headerSize else { return nil }
        let length = Int(octets[1]) << 16 | Int(octets[2]) << 8 | Int(octets[3])
        guard length <= Self.maximumSize else {
            throw WireError(.malformed("handshake message over 128 KiB"), layer: .tlsHandshake, offset: 1)
        }
        guard octets.count >= Self.headerSize + length else { return nil }
        type = HandshakeType(rawValue: octets[0])
        body = octets.extracting(Self.headerSize..<Self.headerSize + length)
    }
}

/// Octets of a handshake message that is not whole yet.
struct HandshakeBuffer: Sendable, Equatable {
    private(set) var octets: [UInt8] = []

    var isEmpty: Bool { octets.isEmpty }

    mutating func append(_ more: Span<UInt8>) { octets.append(copying: more) }

    /// Takes just what the message lacks, so that the next one can be read in place; answers how much that was.
    mutating func fill(_ more: Span<UInt8>) -> Int {
        var taken = take(HandshakeMessage.headerSize - octets.count, of: more)
        guard octets.count >= HandshakeMessage.headerSize else { return taken }
        let length = Int(octets[1]) << 16 | Int(octets[2]) << 8 | Int(octets[3])
        // A length over the limit is refused by who reads the message.
        guard length <= HandshakeMessage.maximumSize else { return taken }
        taken += take(
            HandshakeMessage.headerSize + length - octets.count, of: more.extracting(droppingFirst: taken))
        return taken
    }

    mutating func removeAll() { octets = [] }

    private mutating func take(_ wanted: Int, of more: Span<UInt8>) -> Int {
        let count = max(0, min(wanted, more.count))
        octets.append(copying: more.extracting(first: count))
        return count
    }
}

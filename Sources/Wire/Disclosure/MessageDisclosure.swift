/// Which octets of a handshake message in clear may be shown.
enum MessageDisclosure {
    /// Of a message that was understood.
    static func shown(_ message: borrowing HandshakeMessage, from side: Side) -> [Range<Int>] {
        switch message.type {
        case .certificate:
            // Whose certificate a client has is nobody's business.
            return side == .server ? apartFromNames(message) : ClientCertificateDisclosure.shown(message)
        case .clientHello where side == .client, .serverHello where side == .server: return [0..<message.size]
        // These are not read: whoever is no server may have put anything into them.
        case .serverKeyExchange, .certificateRequest, .certificateStatus:
            return side == .server ? [0..<message.size] : [0..<HandshakeMessage.headerSize]
        case .clientKeyExchange: return [0..<HandshakeMessage.headerSize + lengthOctets(message.body)]
        // Lifetime and length of a ticket; kind and length of a signature.
        case .newSessionTicket: return [0..<min(message.size, HandshakeMessage.headerSize + 6)]
        case .certificateVerify: return [0..<min(message.size, HandshakeMessage.headerSize + 4)]
        default: return [0..<HandshakeMessage.headerSize]
        }
    }

    /// Octets that say how long what follows them is, where that is all there is.
    private static func lengthOctets(_ body: Span<UInt8>) -> Int {
        if body.count > 0, Int(body[0]) == body.count - 1 { return 1 }
        return body.count > 1 && Int(body.u16(at: 0)) == body.count - 2 ? 2 : 0
    }

    /// All but the names of mailboxes, which certificates may hold.
    private static func apartFromNames(_ message: borrowing HandshakeMessage) -> [Range<Int>] {
        let body = message.body
        var shown: [Range<Int>] = []
        var start = 0
        var position = 0
        while let at = body.firstIndex(of: UInt8(ascii: "@"), from: position) {
            position = at + 1
            guard isDomain(body, from: at + 1) else { continue }
            var begin = at
            while begin > start, isNameOctet(body[begin - 1]) { begin -= 1 }
            guard begin + 1 < at else { continue }
            shown.append(start + HandshakeMessage.headerSize..<begin + 1 + HandshakeMessage.headerSize)
            start = at
        }
        shown.append(start + HandshakeMessage.headerSize..<message.size)
        return [0..<HandshakeMessage.headerSize] + shown.filter { !$0.isEmpty }
    }

    /// At least a label, a dot, and two letters more: an `@` among random octets is none.
    private static func isDomain(_ octets: Span<UInt8>, from start: Int) -> Bool {
        var index = start
        var dot: Int?
        while index < octets.count, isDomainOctet(octets[index]) {
            if octets[index] == UInt8(ascii: ".") { dot = index }
            index += 1
        }
        guard let dot else { return false }
        return dot > start && index - dot > 2
    }

    private static func isDomainOctet(_ octet: UInt8) -> Bool {
        ASCII.isLetter(octet) || ASCII.digit(octet) != nil || octet == UInt8(ascii: "-") || octet == UInt8(ascii: ".")
    }

    private static func isNameOctet(_ octet: UInt8) -> Bool {
        (0x21..<0x7F).contains(octet) && octet != UInt8(ascii: "@")
    }
}

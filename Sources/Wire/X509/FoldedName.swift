/// A subject's or issuer's name as a reader compares it: without regard to kinds of strings, letter case, and how many spaces
/// stand together (RFC 5280 §7.1).
public struct FoldedName: Hashable, Sendable {
    private let octets: [UInt8]

    /// - Parameter text: what `CertificateFacts.subject` or `issuer` says.
    public init(_ text: String) {
        // Beyond ASCII the standard library knows what is lower case.
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count)
        var isBehindSpace = true
        for octet in (isPlain ? text : text.lowercased()).utf8 {
            let isSpace = octet == ASCII.space
            if !isSpace || !isBehindSpace { octets.append(ASCII.upper(octet)) }
            isBehindSpace = isSpace
        }
        if octets.last == ASCII.space { octets.removeLast() }
        self.octets = octets
    }
}

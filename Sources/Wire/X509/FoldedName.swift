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
        var isBehindSpace = false
        for octet in (isPlain ? text : text.lowercased()).utf8 {
            if octet == ASCII.space {
                // At a value's ends spaces have a backslash (RFC 4514 §2.4).
                if octets.last == UInt8(ascii: "\\") { octets.removeLast() }
                isBehindSpace = true
                continue
            }
            // None counts at the ends of a value.
            if isBehindSpace, !Self.isEdge(octet), octets.last.map(Self.isEdge) == false { octets.append(ASCII.space) }
            isBehindSpace = false
            octets.append(ASCII.upper(octet))
        }
        self.octets = octets
    }

    /// What stands between values and their types.
    private static func isEdge(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: "=") || octet == UInt8(ascii: ",") || octet == UInt8(ascii: "+")
    }
}

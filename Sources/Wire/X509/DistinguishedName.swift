import SwiftASN1

/// A subject's or issuer's name (RFC 5280 §4.1.2.4).
///
///     Name ::= CHOICE { rdnSequence SEQUENCE OF RelativeDistinguishedName }
///     RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
struct DistinguishedName {
    /// The text of RFC 4514, most specific part first, control characters escaped; at most 1024 octets of it.
    let text: String
    /// The values of commonName, in wire order, escaped.
    let commonNames: [String]
    /// How many emailAddress attributes it has.
    let emailCount: Int
    /// It is cut in `text`.
    let isLong: Bool

    /// Octets of the name that `text` shows.
    static let maximumText = 1024

    init(parsing node: ASN1Node) throws(WireError) {
        var parts: [[UInt8]] = []
        var commonNames: [String] = []
        var emailCount = 0
        var sequence = try DERFields(of: node)
        while let relative = sequence.next() {
            var set = try DERFields(of: relative, .set)
            var attributes: [Attribute] = []
            while let node = set.next() { attributes.append(try Attribute(parsing: node)) }
            commonNames += attributes.compactMap(\.commonName)
            emailCount += attributes.count { $0.type == .NameAttributes.emailAddress }
            parts.append(Array(attributes.reversed().map(\.text).joined(separator: [UInt8(ascii: "+")])))
        }
        let octets = Array(parts.reversed().joined(separator: [UInt8(ascii: ",")]))
        text = Escaping.text(octets.span, limit: Self.maximumText)
        isLong = octets.count > Self.maximumText
        self.commonNames = commonNames
        self.emailCount = emailCount
    }
}

extension DistinguishedName {
    /// One `type=value`.
    fileprivate struct Attribute {
        let type: ASN1ObjectIdentifier
        /// The value's text, `nil` where it has none or where the type is not known.
        private let value: [UInt8]?
        private let encodedValue: ArraySlice<UInt8>

        init(parsing node: ASN1Node) throws(WireError) {
            var fields = try DERFields(of: node)
            type = try fields.take().objectIdentifier()
            let node = try fields.take()
            value = DirectoryText.octets(of: node)
            encodedValue = node.encodedBytes
        }

        var commonName: String? {
            guard type == .NameAttributes.commonName, let value else { return nil }
            return Escaping.text(value.span, limit: 256)
        }

        /// As in RFC 4514 §2: `CN=mx.example.org`, or `1.2.3=#0c02…` for a type without a name.
        var text: [UInt8] {
            guard let name = AttributeNames.name(of: type), let value else {
                let hex = Hex.text(encodedValue.prefix(DistinguishedName.maximumText / 2))
                return Array("\(type.dottedText)=#\(hex)".utf8)
            }
            return Array(name.utf8) + [UInt8(ascii: "=")] + Self.quoted(value)
        }

        /// RFC 4514 §2.4: what would be read as structure gets a backslash.
        private static func quoted(_ value: [UInt8]) -> [UInt8] {
            var result: [UInt8] = []
            for (index, octet) in value.enumerated() {
                let isEdge = index == 0 || index == value.count - 1
                let isSpecial =
                    switch octet {
                    case UInt8(ascii: "\""), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
                        UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"):
                        true
                    case ASCII.space: isEdge
                    case UInt8(ascii: "#"): index == 0
                    default: false
                    }
                if isSpecial { result.append(UInt8(ascii: "\\")) }
                result.append(octet)
            }
            return result
        }
    }
}

/// Short names of attribute types (RFC 4514 §3, and what certificates use beyond it).
private enum AttributeNames {
    static func name(of type: ASN1ObjectIdentifier) -> String? { table[type] }

    private static let table: [ASN1ObjectIdentifier: String] = [
        [2, 5, 4, 3]: "CN", [2, 5, 4, 4]: "SN", [2, 5, 4, 5]: "serialNumber", [2, 5, 4, 6]: "C", [2, 5, 4, 7]: "L",
        [2, 5, 4, 8]: "ST", [2, 5, 4, 9]: "STREET", [2, 5, 4, 10]: "O", [2, 5, 4, 11]: "OU", [2, 5, 4, 12]: "title",
        [2, 5, 4, 13]: "description", [2, 5, 4, 15]: "businessCategory", [2, 5, 4, 17]: "postalCode",
        [2, 5, 4, 41]: "name", [2, 5, 4, 42]: "GN", [2, 5, 4, 43]: "initials", [2, 5, 4, 46]: "dnQualifier",
        [2, 5, 4, 65]: "pseudonym", [2, 5, 4, 97]: "organizationIdentifier",
        [0, 9, 2342, 19_200_300, 100, 1, 1]: "UID", [0, 9, 2342, 19_200_300, 100, 1, 25]: "DC",
        [1, 2, 840, 113_549, 1, 9, 1]: "emailAddress", [1, 2, 840, 113_549, 1, 9, 2]: "unstructuredName",
        [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 1]: "jurisdictionL", [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 2]: "jurisdictionST",
        [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3]: "jurisdictionC",
    ]
}

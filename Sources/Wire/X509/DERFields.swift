import SwiftASN1

/// The fields of a SEQUENCE or SET, taken in order.
struct DERFields {
    private var rest: ASN1NodeCollection.Iterator
    private var ahead: ASN1Node?
    private let parent: ASN1Node

    init(of node: ASN1Node, _ identifier: ASN1Identifier = .sequence) throws(WireError) {
        guard node.identifier == identifier, case .constructed(let children) = node.content else {
            throw node.failure("unexpected ASN.1 type")
        }
        rest = children.makeIterator()
        ahead = rest.next()
        parent = node
    }

    var isAtEnd: Bool { ahead == nil }

    /// The next field; `nil` at the end.
    mutating func next() -> ASN1Node? {
        defer { ahead = rest.next() }
        return ahead
    }

    /// The next field, which must be there.
    mutating func take() throws(WireError) -> ASN1Node {
        guard let node = next() else { throw parent.failure("missing field") }
        return node
    }

    /// The next field if it has this tag.
    mutating func next(if identifier: ASN1Identifier) -> ASN1Node? {
        ahead?.identifier == identifier ? next() : nil
    }

    /// The sole field within an explicit tag `[number]`, if the tag comes next.
    mutating func next(explicit number: UInt) throws(WireError) -> ASN1Node? {
        let tag = ASN1Identifier.context(number)
        guard let wrapper = next(if: tag) else { return nil }
        var inner = try DERFields(of: wrapper, tag)
        return try inner.take()
    }
}

extension ASN1Identifier {
    /// `[number]`, as an implicit or explicit tag writes it.
    static func context(_ number: UInt) -> Self { Self(tagWithNumber: number, tagClass: .contextSpecific) }
}

extension ASN1Node {
    /// Parses octets that hold one value and nothing behind it. What is not DER is tried as BER, for the
    /// certificates whose lengths are longer than need be.
    static func parsing(_ octets: ArraySlice<UInt8>) throws(WireError) -> ASN1Node {
        do {
            return try DER.parse(octets)
        } catch {
            if let node = try? BER.parse(octets) { return node }
            throw WireError(.malformed(reason(for: error)), layer: .x509, offset: octets.startIndex)
        }
    }

    private static func reason(for error: any Error) -> StaticText {
        switch (error as? ASN1Error)?.code {
        case .truncatedASN1Field: "cut short"
        case .unsupportedFieldLength: "length of a field in a wrong form"
        default: "no valid ASN.1"
        }
    }

    func failure(_ why: StaticText) -> WireError {
        WireError(.malformed(why), layer: .x509, offset: encodedBytes.startIndex)
    }

    /// The content of a primitive value with this tag.
    func octets(_ identifier: ASN1Identifier) throws(WireError) -> ArraySlice<UInt8> {
        guard self.identifier == identifier else { throw failure("unexpected ASN.1 type") }
        return try primitiveOctets()
    }

    /// The content of a primitive value, whatever its tag.
    func primitiveOctets() throws(WireError) -> ArraySlice<UInt8> {
        guard case .primitive(let octets) = content else { throw failure("unexpected ASN.1 structure") }
        return octets
    }

    func objectIdentifier() throws(WireError) -> ASN1ObjectIdentifier {
        do {
            return try ASN1ObjectIdentifier(derEncoded: self)
        } catch {
            throw failure("no valid object identifier")
        }
    }

    /// The content of a BIT STRING that ends on a whole octet.
    func bitStringOctets() throws(WireError) -> ArraySlice<UInt8> {
        let octets = try octets(.bitString)
        guard octets.first == 0 else { throw failure("unexpected bit string") }
        return octets.dropFirst()
    }

    /// BOOLEAN; every value but zero is true, as in BER.
    func boolean() throws(WireError) -> Bool {
        let octets = try octets(.boolean)
        guard octets.count == 1, let octet = octets.first else { throw failure("no valid BOOLEAN") }
        return octet != 0
    }
}

extension ASN1ObjectIdentifier {
    /// `1.2.840.113549`; of a hostile length no more than 32 components.
    var dottedText: String {
        let components = oidComponents
        let text = components.prefix(32).map(String.init).joined(separator: ".")
        return components.count > 32 ? text + "…" : text
    }
}

/// The magnitude of an INTEGER as it stands on the wire.
enum DERInteger {
    /// Number of significant bits of an unsigned integer; 0 for zero.
    static func bitCount(_ octets: ArraySlice<UInt8>) -> Int {
        let significant = octets.drop { $0 == 0 }
        guard let first = significant.first else { return 0 }
        return 8 * significant.count - first.leadingZeroBitCount
    }

    /// Lower-case hexadecimal digits, at most 64 octets of them; a negative number keeps its sign.
    static func hex(_ octets: ArraySlice<UInt8>) -> String {
        guard let first = octets.first else { return "00" }
        let isNegative = first & 0x80 != 0
        let magnitude = (isNegative ? negated(octets) : octets).drop { $0 == 0 }
        guard !magnitude.isEmpty else { return "00" }
        let text = Hex.text(magnitude.prefix(64)) + (magnitude.count > 64 ? "…" : "")
        return isNegative ? "-" + text : text
    }

    /// Two's complement of the number.
    private static func negated(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result = octets
        var carry = true
        for index in octets.indices.reversed() {
            let (value, overflow) = (~octets[index]).addingReportingOverflow(carry ? 1 : 0)
            result[index] = value
            carry = overflow
        }
        return result
    }
}

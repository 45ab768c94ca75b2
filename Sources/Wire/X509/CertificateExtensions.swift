import SwiftASN1

/// The extensions that say whom a certificate is for (RFC 5280 §4.2.1). Others are passed over.
struct CertificateExtensions {
    private(set) var dnsNames: [String] = []
    private(set) var ipAddresses: [String] = []
    private(set) var emailCount = 0
    private(set) var isCA = false
    private(set) var subjectKeyID: [UInt8]?
    private(set) var authorityKeyID: [UInt8]?

    /// A certificate of version 1 or 2.
    init() {}

    /// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
    init(parsing node: ASN1Node) throws(WireError) {
        var fields = try DERFields(of: node)
        while let node = fields.next() { try add(node) }
    }

    /// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
    private mutating func add(_ node: ASN1Node) throws(WireError) {
        var fields = try DERFields(of: node)
        let type = try fields.take().objectIdentifier()
        _ = fields.next(if: .boolean)
        let value = try fields.take().octets(.octetString)
        switch type {
        case Self.subjectAltName: try addNames(try ASN1Node.parsing(value))
        case Self.basicConstraints: try addConstraints(try ASN1Node.parsing(value))
        // Nothing is judged by the key identifiers, so a broken one costs itself only.
        case Self.subjectKeyIdentifier:
            subjectKeyID = (try? ASN1Node.parsing(value).octets(.octetString)).map { Array($0.prefix(64)) }
        case Self.authorityKeyIdentifier: authorityKeyID = try? Self.keyIdentifier(try ASN1Node.parsing(value))
        default: break
        }
    }

    /// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
    private mutating func addNames(_ node: ASN1Node) throws(WireError) {
        var names = try DERFields(of: node)
        while let name = names.next() {
            switch name.identifier {
            case .context(1): emailCount += 1
            case .context(2):
                let octets = Array(try name.primitiveOctets())
                dnsNames.append(Escaping.text(octets.span, limit: 256))
            case .context(7): ipAddresses.append(Self.address(try name.primitiveOctets()))
            default: break
            }
        }
    }

    /// An address has 4 or 16 octets; what has not is shown as it is.
    private static func address(_ octets: ArraySlice<UInt8>) -> String {
        func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        switch octets.count {
        case 4: return IPAddress(v4: UInt32(truncatingIfNeeded: word(octets))).description
        case 16: return IPAddress(high: word(octets.prefix(8)), low: word(octets.suffix(8))).description
        default: return "#" + Hex.text(octets.prefix(64))
        }
    }

    /// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
    private mutating func addConstraints(_ node: ASN1Node) throws(WireError) {
        var fields = try DERFields(of: node)
        isCA = try fields.next(if: .boolean)?.boolean() ?? false
    }

    /// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OCTET STRING OPTIONAL, … }
    private static func keyIdentifier(_ node: ASN1Node) throws(WireError) -> [UInt8]? {
        var fields = try DERFields(of: node)
        return try fields.next(if: .context(0)).map { node throws(WireError) in
            Array(try node.primitiveOctets().prefix(64))
        }
    }

    private static let subjectKeyIdentifier: ASN1ObjectIdentifier = [2, 5, 29, 14]
    private static let subjectAltName: ASN1ObjectIdentifier = [2, 5, 29, 17]
    private static let basicConstraints: ASN1ObjectIdentifier = [2, 5, 29, 19]
    private static let authorityKeyIdentifier: ASN1ObjectIdentifier = [2, 5, 29, 35]
}

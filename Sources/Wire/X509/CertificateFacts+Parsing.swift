import SwiftASN1

extension CertificateFacts {
    /// Octets of the longest certificate that is read. The largest seen on the web have some hundred names and
    /// stay below 100 KiB.
    public static let maximumOctets = 0x2_0000

    /// Reads a certificate (RFC 5280 §4.1). Errors have the layer `.x509`.
    ///
    ///     Certificate ::= SEQUENCE {
    ///         tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
    public init(parsing der: Span<UInt8>) throws(WireError) {
        try self.init(parsing: der, fingerprint: SHA256Fingerprint(of: der))
    }

    public init(parsing der: [UInt8]) throws(WireError) { try self.init(parsing: der.span) }

    /// The subject of a certificate of which nothing else is asked, in the words of `subject`.
    public static func subject(of der: [UInt8]) throws(WireError) -> String {
        var certificate = try DERFields(of: try ASN1Node.parsing(der[...]))
        var fields = try DERFields(of: try certificate.take())
        _ = try fields.next(explicit: 0)
        // serialNumber, signature, issuer, validity
        for _ in 0..<4 { _ = try fields.take() }
        return try DistinguishedName(parsing: try fields.take()).text
    }

    init(parsing der: Span<UInt8>, fingerprint: SHA256Fingerprint) throws(WireError) {
        guard der.count <= Self.maximumOctets else {
            throw WireError(.malformed("certificate too large"), layer: .x509, offset: Self.maximumOctets)
        }
        let encoded = [UInt8](copying: der)
        var certificate = try DERFields(of: try ASN1Node.parsing(encoded[...]))
        var fields = try CertificateFields(parsing: try certificate.take())
        fields.signature = try SignatureFacts(parsing: try certificate.take())
        _ = try certificate.take().octets(.bitString)
        fields.sha256 = fingerprint.hex
        self.init(fields, encoded: encoded, fingerprint: fingerprint)
    }
}

extension CertificateFields {
    /// TBSCertificate ::= SEQUENCE {
    ///     version [0] Version DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier, issuer Name,
    ///     validity Validity, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
    ///     issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL, extensions [3] Extensions OPTIONAL }
    fileprivate init(parsing node: ASN1Node) throws(WireError) {
        var fields = try DERFields(of: node)
        version = try Self.version(try fields.next(explicit: 0))
        serial = DERInteger.hex(try fields.take().octets(.integer))
        _ = try fields.take()
        let issuerNode = try fields.take()
        issuer = try DistinguishedName(parsing: issuerNode).text
        (notBefore, notAfter) = try Self.validity(try fields.take())
        let subjectNode = try fields.take()
        let subjectName = try DistinguishedName(parsing: subjectNode)
        isSelfIssued =
            subjectNode.encodedBytes == issuerNode.encodedBytes
            || !subjectName.isLong && FoldedName(subjectName.text) == FoldedName(issuer)
        publicKey = try PublicKeyFacts(parsing: try fields.take())
        _ = fields.next(if: .context(1))
        _ = fields.next(if: .context(2))
        let extensions = try Self.extensions(try fields.next(explicit: 3))
        take(subjectName, extensions)
    }

    private mutating func take(_ name: DistinguishedName, _ extensions: CertificateExtensions) {
        subject = name.text
        commonNames = name.commonNames
        emailCount = name.emailCount + extensions.emailCount
        dnsNames = extensions.dnsNames
        ipAddresses = extensions.ipAddresses
        subjectKeyID = extensions.subjectKeyID
        authorityKeyID = extensions.authorityKeyID
        isCA = extensions.isCA
    }

    /// Version ::= INTEGER { v1(0), v2(1), v3(2) }
    private static func version(_ node: ASN1Node?) throws(WireError) -> Int {
        guard let node else { return 1 }
        let octets = try node.octets(.integer)
        guard octets.count == 1, let value = octets.first, value <= 2 else { throw node.failure("unknown version") }
        return Int(value) + 1
    }

    /// Validity ::= SEQUENCE { notBefore Time, notAfter Time }
    private static func validity(_ node: ASN1Node) throws(WireError) -> (Int64, Int64) {
        var fields = try DERFields(of: node)
        return (try CertificateTime.seconds(of: try fields.take()), try CertificateTime.seconds(of: try fields.take()))
    }

    private static func extensions(_ node: ASN1Node?) throws(WireError) -> CertificateExtensions {
        guard let node else { return CertificateExtensions() }
        return try CertificateExtensions(parsing: node)
    }
}

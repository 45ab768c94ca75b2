import SwiftASN1

/// How a certificate is signed (RFC 5280 §4.1.1.2).
public struct SignatureFacts: Hashable, Sendable {
    public enum Digest: String, Sendable {
        case md2 = "MD2"
        case md4 = "MD4"
        case md5 = "MD5"
        case sha1 = "SHA1"
        case sha224 = "SHA224"
        case sha256 = "SHA256"
        case sha384 = "SHA384"
        case sha512 = "SHA512"
    }

    /// The algorithm's usual name, or a dotted object identifier.
    public let name: String
    /// The hash function; `nil` where it is not known or part of the scheme (Ed25519, ML-DSA).
    public let digest: Digest?

    public init(name: String, digest: Digest?) {
        self.name = name
        self.digest = digest
    }

    /// Whether the hash function no longer keeps two certificates apart: collisions of MD5 and SHA-1 are known.
    public var usesBrokenDigest: Bool {
        switch digest {
        case .md2, .md4, .md5, .sha1: true
        default: false
        }
    }
}

extension SignatureFacts {
    /// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
    init(parsing node: ASN1Node) throws(WireError) {
        var fields = try DERFields(of: node)
        let type = try fields.take().objectIdentifier()
        if type == .AlgorithmIdentifier.rsaPSS {
            // A signature's identifier must have parameters; without them, and where they cannot be read, nothing is known.
            let digest = fields.next().flatMap { try? Self.pssDigest($0) }
            self.init(name: "RSASSA-PSS" + (digest.map { " with \($0.rawValue)" } ?? ""), digest: digest)
        } else {
            self = Self.table[type] ?? Self(name: type.dottedText, digest: nil)
        }
    }

    /// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] HashAlgorithm DEFAULT sha1, … } (RFC 4055 §3.1)
    private static func pssDigest(_ node: ASN1Node) throws(WireError) -> Digest? {
        var parameters = try DERFields(of: node)
        guard let hash = try parameters.next(explicit: 0) else { return .sha1 }
        var fields = try DERFields(of: hash)
        return digests[try fields.take().objectIdentifier()]
    }

    private static let digests: [ASN1ObjectIdentifier: Digest] = [
        [1, 2, 840, 113_549, 2, 5]: .md5, [1, 3, 14, 3, 2, 26]: .sha1,
        [2, 16, 840, 1, 101, 3, 4, 2, 1]: .sha256, [2, 16, 840, 1, 101, 3, 4, 2, 2]: .sha384,
        [2, 16, 840, 1, 101, 3, 4, 2, 3]: .sha512, [2, 16, 840, 1, 101, 3, 4, 2, 4]: .sha224,
    ]

    private static let table: [ASN1ObjectIdentifier: Self] = [
        [1, 2, 840, 113_549, 1, 1, 2]: Self(name: "md2WithRSAEncryption", digest: .md2),
        [1, 2, 840, 113_549, 1, 1, 3]: Self(name: "md4WithRSAEncryption", digest: .md4),
        [1, 2, 840, 113_549, 1, 1, 4]: Self(name: "md5WithRSAEncryption", digest: .md5),
        [1, 2, 840, 113_549, 1, 1, 5]: Self(name: "sha1WithRSAEncryption", digest: .sha1),
        // The OIW arc's twins, which old tools wrote.
        [1, 3, 14, 3, 2, 3]: Self(name: "md5WithRSA", digest: .md5),
        [1, 3, 14, 3, 2, 29]: Self(name: "sha1WithRSA", digest: .sha1),
        [1, 3, 14, 3, 2, 27]: Self(name: "dsaWithSHA1-old", digest: .sha1),
        [1, 2, 840, 113_549, 1, 1, 11]: Self(name: "sha256WithRSAEncryption", digest: .sha256),
        [1, 2, 840, 113_549, 1, 1, 12]: Self(name: "sha384WithRSAEncryption", digest: .sha384),
        [1, 2, 840, 113_549, 1, 1, 13]: Self(name: "sha512WithRSAEncryption", digest: .sha512),
        [1, 2, 840, 113_549, 1, 1, 14]: Self(name: "sha224WithRSAEncryption", digest: .sha224),
        [1, 2, 840, 10_040, 4, 3]: Self(name: "dsaWithSHA1", digest: .sha1),
        [2, 16, 840, 1, 101, 3, 4, 3, 1]: Self(name: "dsa_with_SHA224", digest: .sha224),
        [2, 16, 840, 1, 101, 3, 4, 3, 2]: Self(name: "dsa_with_SHA256", digest: .sha256),
        [2, 16, 840, 1, 101, 3, 4, 3, 3]: Self(name: "dsa_with_SHA384", digest: .sha384),
        [2, 16, 840, 1, 101, 3, 4, 3, 4]: Self(name: "dsa_with_SHA512", digest: .sha512),
        [1, 2, 840, 10_045, 4, 1]: Self(name: "ecdsa-with-SHA1", digest: .sha1),
        [1, 2, 840, 10_045, 4, 3, 1]: Self(name: "ecdsa-with-SHA224", digest: .sha224),
        [1, 2, 840, 10_045, 4, 3, 2]: Self(name: "ecdsa-with-SHA256", digest: .sha256),
        [1, 2, 840, 10_045, 4, 3, 3]: Self(name: "ecdsa-with-SHA384", digest: .sha384),
        [1, 2, 840, 10_045, 4, 3, 4]: Self(name: "ecdsa-with-SHA512", digest: .sha512),
        [1, 3, 101, 112]: Self(name: "ED25519", digest: nil),
        [1, 3, 101, 113]: Self(name: "ED448", digest: nil),
        [1, 2, 156, 10_197, 1, 501]: Self(name: "SM2-with-SM3", digest: nil),
        [2, 16, 840, 1, 101, 3, 4, 3, 17]: Self(name: "ML-DSA-44", digest: nil),
        [2, 16, 840, 1, 101, 3, 4, 3, 18]: Self(name: "ML-DSA-65", digest: nil),
        [2, 16, 840, 1, 101, 3, 4, 3, 19]: Self(name: "ML-DSA-87", digest: nil),
    ]
}

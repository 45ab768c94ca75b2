import SwiftASN1

extension PublicKeyFacts {
    /// Reads a key (RFC 5280 §4.1.2.7, RFC 3279 §2.3).
    ///
    ///     SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    ///
    /// A key whose inner structure is broken keeps its algorithm and has no size.
    init(parsing node: ASN1Node) throws(WireError) {
        var info = try DERFields(of: node)
        var algorithm = try DERFields(of: try info.take())
        let type = try algorithm.take().objectIdentifier()
        self.init(type, parameters: algorithm.next(), key: try info.take())
    }

    private init(_ type: ASN1ObjectIdentifier, parameters: ASN1Node?, key: ASN1Node) {
        switch type {
        case .AlgorithmIdentifier.rsaEncryption: self.init(.rsa, "RSA", bits: Self.modulusBits(key))
        case .AlgorithmIdentifier.rsaPSS: self.init(.rsaPSS, "RSASSA-PSS", bits: Self.modulusBits(key))
        case Self.dsa: self.init(.dsa, "DSA", bits: Self.primeBits(parameters))
        case .AlgorithmIdentifier.idEcPublicKey: self.init(curve: parameters)
        default: self = Self.fixed[type] ?? Self(.other, bits: nil, description: type.dottedText)
        }
    }

    private init(_ algorithm: Algorithm, _ name: String, bits: Int?) {
        self.init(algorithm, bits: bits, description: bits.map { "\(name) \($0)" } ?? name)
    }

    private init(curve parameters: ASN1Node?) {
        guard let curve = try? parameters?.objectIdentifier() else {
            self.init(.ecdsa, "ECDSA explicit curve", bits: parameters.flatMap(Self.explicitFieldBits))
            return
        }
        self = Self.curves[curve] ?? Self(.ecdsa, bits: nil, description: "ECDSA \(curve.dottedText)")
    }

    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
    private static func modulusBits(_ key: ASN1Node) -> Int? {
        guard let octets = try? key.bitStringOctets(), let node = try? ASN1Node.parsing(octets) else { return nil }
        return firstIntegerBits(node)
    }

    /// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }; they may be inherited from the issuer.
    private static func primeBits(_ parameters: ASN1Node?) -> Int? { parameters.flatMap(firstIntegerBits) }

    /// ECParameters ::= SEQUENCE { version INTEGER, fieldID SEQUENCE { fieldType OBJECT IDENTIFIER, prime INTEGER }, … }
    /// (RFC 3279 §2.3.5); `nil` for binary fields.
    private static func explicitFieldBits(_ node: ASN1Node) -> Int? {
        guard var fields = try? DERFields(of: node), (try? fields.take().octets(.integer)) != nil,
            let fieldID = try? fields.take(), var field = try? DERFields(of: fieldID),
            (try? field.take().objectIdentifier()) == primeField
        else { return nil }
        return (try? field.take().octets(.integer)).map(DERInteger.bitCount)
    }

    private static let primeField: ASN1ObjectIdentifier = [1, 2, 840, 10_045, 1, 1]

    private static func firstIntegerBits(_ node: ASN1Node) -> Int? {
        guard var fields = try? DERFields(of: node) else { return nil }
        return (try? fields.take().octets(.integer)).map(DERInteger.bitCount)
    }

    private static let dsa: ASN1ObjectIdentifier = [1, 2, 840, 10_040, 4, 1]

    /// Keys whose size follows from their type.
    private static let fixed: [ASN1ObjectIdentifier: Self] = [
        [1, 3, 101, 112]: Self(.ed25519, bits: 255, description: "Ed25519"),
        [1, 3, 101, 113]: Self(.ed448, bits: 448, description: "Ed448"),
        [1, 2, 643, 2, 2, 19]: Self(.gost, bits: 256, description: "GOST R 34.10-2001"),
        [1, 2, 643, 7, 1, 1, 1, 1]: Self(.gost, bits: 256, description: "GOST R 34.10-2012 256"),
        [1, 2, 643, 7, 1, 1, 1, 2]: Self(.gost, bits: 512, description: "GOST R 34.10-2012 512"),
        [2, 16, 840, 1, 101, 3, 4, 3, 17]: Self(.mlDSA, bits: nil, description: "ML-DSA-44"),
        [2, 16, 840, 1, 101, 3, 4, 3, 18]: Self(.mlDSA, bits: nil, description: "ML-DSA-65"),
        [2, 16, 840, 1, 101, 3, 4, 3, 19]: Self(.mlDSA, bits: nil, description: "ML-DSA-87"),
    ]

    private static let curves: [ASN1ObjectIdentifier: Self] = [
        [1, 2, 840, 10_045, 3, 1, 1]: Self(.ecdsa, bits: 192, description: "ECDSA P-192"),
        [1, 3, 132, 0, 33]: Self(.ecdsa, bits: 224, description: "ECDSA P-224"),
        .NamedCurves.secp256r1: Self(.ecdsa, bits: 256, description: "ECDSA P-256"),
        .NamedCurves.secp384r1: Self(.ecdsa, bits: 384, description: "ECDSA P-384"),
        .NamedCurves.secp521r1: Self(.ecdsa, bits: 521, description: "ECDSA P-521"),
        [1, 3, 132, 0, 10]: Self(.ecdsa, bits: 256, description: "ECDSA secp256k1"),
        [1, 3, 36, 3, 3, 2, 8, 1, 1, 7]: Self(.ecdsa, bits: 256, description: "ECDSA brainpoolP256r1"),
        [1, 3, 36, 3, 3, 2, 8, 1, 1, 11]: Self(.ecdsa, bits: 384, description: "ECDSA brainpoolP384r1"),
        [1, 3, 36, 3, 3, 2, 8, 1, 1, 13]: Self(.ecdsa, bits: 512, description: "ECDSA brainpoolP512r1"),
        [1, 2, 156, 10_197, 1, 301]: Self(.sm2, bits: 256, description: "SM2"),
    ]
}

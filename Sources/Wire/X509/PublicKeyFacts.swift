/// What kind of key a certificate holds, and how large it is.
public struct PublicKeyFacts: Hashable, Sendable {
    public enum Algorithm: String, Sendable {
        case rsa, rsaPSS, dsa, ecdsa, ed25519, ed448, mlDSA, slhDSA, sm2, gost, other
    }

    public let algorithm: Algorithm
    /// Bits of the modulus, prime or curve field; `nil` where they are not known or not a measure.
    public let bits: Int?
    /// For people: `RSA 2048`, `ECDSA P-256`, `Ed25519`, `DSA 1024`; a dotted object identifier if nothing is known.
    public let description: String

    public init(_ algorithm: Algorithm, bits: Int?, description: String) {
        self.algorithm = algorithm
        self.bits = bits
        self.description = description
    }
}

extension PublicKeyFacts: CustomStringConvertible {}

extension PublicKeyFacts {
    /// It offers less than 112 bits of security (NIST SP 800-57 Part 1 Rev. 5, table 2); `false` where its size is not
    /// known.
    public var isTooShort: Bool {
        guard let bits else { return false }
        return switch algorithm {
        case .rsa, .rsaPSS, .dsa: bits < 2048
        case .ecdsa: bits < 224
        default: false
        }
    }
}

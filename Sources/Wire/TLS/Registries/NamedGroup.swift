/// A group for the key exchange (RFC 8446 §4.2.7, IANA "TLS Supported Groups").
public struct NamedGroup: Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let sect163k1 = Self(rawValue: 0x0001)
    public static let sect163r1 = Self(rawValue: 0x0002)
    public static let sect163r2 = Self(rawValue: 0x0003)
    public static let sect193r1 = Self(rawValue: 0x0004)
    public static let sect193r2 = Self(rawValue: 0x0005)
    public static let sect233k1 = Self(rawValue: 0x0006)
    public static let sect233r1 = Self(rawValue: 0x0007)
    public static let sect239k1 = Self(rawValue: 0x0008)
    public static let sect283k1 = Self(rawValue: 0x0009)
    public static let sect283r1 = Self(rawValue: 0x000A)
    public static let sect409k1 = Self(rawValue: 0x000B)
    public static let sect409r1 = Self(rawValue: 0x000C)
    public static let sect571k1 = Self(rawValue: 0x000D)
    public static let sect571r1 = Self(rawValue: 0x000E)
    public static let secp160k1 = Self(rawValue: 0x000F)
    public static let secp160r1 = Self(rawValue: 0x0010)
    public static let secp160r2 = Self(rawValue: 0x0011)
    public static let secp192k1 = Self(rawValue: 0x0012)
    public static let secp192r1 = Self(rawValue: 0x0013)
    public static let secp224k1 = Self(rawValue: 0x0014)
    public static let secp224r1 = Self(rawValue: 0x0015)
    public static let secp256k1 = Self(rawValue: 0x0016)
    public static let secp256r1 = Self(rawValue: 0x0017)
    public static let secp384r1 = Self(rawValue: 0x0018)
    public static let secp521r1 = Self(rawValue: 0x0019)
    public static let brainpoolP256r1 = Self(rawValue: 0x001A)
    public static let brainpoolP384r1 = Self(rawValue: 0x001B)
    public static let brainpoolP512r1 = Self(rawValue: 0x001C)
    public static let x25519 = Self(rawValue: 0x001D)
    public static let x448 = Self(rawValue: 0x001E)
    public static let brainpoolP256r1tls13 = Self(rawValue: 0x001F)
    public static let brainpoolP384r1tls13 = Self(rawValue: 0x0020)
    public static let brainpoolP512r1tls13 = Self(rawValue: 0x0021)
    public static let gc256A = Self(rawValue: 0x0022)
    public static let gc256B = Self(rawValue: 0x0023)
    public static let gc256C = Self(rawValue: 0x0024)
    public static let gc256D = Self(rawValue: 0x0025)
    public static let gc512A = Self(rawValue: 0x0026)
    public static let gc512B = Self(rawValue: 0x0027)
    public static let gc512C = Self(rawValue: 0x0028)
    public static let curveSM2 = Self(rawValue: 0x0029)
    public static let ffdhe2048 = Self(rawValue: 0x0100)
    public static let ffdhe3072 = Self(rawValue: 0x0101)
    public static let ffdhe4096 = Self(rawValue: 0x0102)
    public static let ffdhe6144 = Self(rawValue: 0x0103)
    public static let ffdhe8192 = Self(rawValue: 0x0104)
    public static let mlkem512 = Self(rawValue: 0x0200)
    public static let mlkem768 = Self(rawValue: 0x0201)
    public static let mlkem1024 = Self(rawValue: 0x0202)
    public static let secP256r1MLKEM768 = Self(rawValue: 0x11EB)
    public static let x25519MLKEM768 = Self(rawValue: 0x11EC)
    public static let secP384r1MLKEM1024 = Self(rawValue: 0x11ED)
    public static let curveSM2MLKEM768 = Self(rawValue: 0x11EE)
    public static let x25519Kyber768Draft00 = Self(rawValue: 0x6399)
    public static let secP256r1Kyber768Draft00 = Self(rawValue: 0x639A)
    public static let x25519Kyber512Draft00 = Self(rawValue: 0xFE30)
    public static let x25519Kyber768Draft00Old = Self(rawValue: 0xFE31)
    public static let p256Kyber768Draft00 = Self(rawValue: 0xFE32)
    public static let arbitraryExplicitPrimeCurves = Self(rawValue: 0xFF01)
    public static let arbitraryExplicitChar2Curves = Self(rawValue: 0xFF02)
}

extension NamedGroup: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    public var name: String {
        switch self {
        case .sect163k1: "sect163k1"
        case .sect163r1: "sect163r1"
        case .sect163r2: "sect163r2"
        case .sect193r1: "sect193r1"
        case .sect193r2: "sect193r2"
        case .sect233k1: "sect233k1"
        case .sect233r1: "sect233r1"
        case .sect239k1: "sect239k1"
        case .sect283k1: "sect283k1"
        case .sect283r1: "sect283r1"
        case .sect409k1: "sect409k1"
        case .sect409r1: "sect409r1"
        case .sect571k1: "sect571k1"
        case .sect571r1: "sect571r1"
        case .secp160k1: "secp160k1"
        case .secp160r1: "secp160r1"
        case .secp160r2: "secp160r2"
        case .secp192k1: "secp192k1"
        case .secp192r1: "secp192r1"
        case .secp224k1: "secp224k1"
        case .secp224r1: "secp224r1"
        case .secp256k1: "secp256k1"
        case .secp256r1: "secp256r1"
        case .secp384r1: "secp384r1"
        case .secp521r1: "secp521r1"
        case .brainpoolP256r1: "brainpoolP256r1"
        case .brainpoolP384r1: "brainpoolP384r1"
        case .brainpoolP512r1: "brainpoolP512r1"
        case .x25519: "x25519"
        case .x448: "x448"
        case .brainpoolP256r1tls13: "brainpoolP256r1tls13"
        case .brainpoolP384r1tls13: "brainpoolP384r1tls13"
        case .brainpoolP512r1tls13: "brainpoolP512r1tls13"
        case .gc256A: "GC256A"
        case .gc256B: "GC256B"
        case .gc256C: "GC256C"
        case .gc256D: "GC256D"
        case .gc512A: "GC512A"
        case .gc512B: "GC512B"
        case .gc512C: "GC512C"
        case .curveSM2: "curveSM2"
        case .ffdhe2048: "ffdhe2048"
        case .ffdhe3072: "ffdhe3072"
        case .ffdhe4096: "ffdhe4096"
        case .ffdhe6144: "ffdhe6144"
        case .ffdhe8192: "ffdhe8192"
        case .mlkem512: "MLKEM512"
        case .mlkem768: "MLKEM768"
        case .mlkem1024: "MLKEM1024"
        case .secP256r1MLKEM768: "SecP256r1MLKEM768"
        case .x25519MLKEM768: "X25519MLKEM768"
        case .secP384r1MLKEM1024: "SecP384r1MLKEM1024"
        case .curveSM2MLKEM768: "curveSM2MLKEM768"
        case .x25519Kyber768Draft00: "X25519Kyber768Draft00"
        case .secP256r1Kyber768Draft00: "SecP256r1Kyber768Draft00"
        case .x25519Kyber512Draft00: "X25519Kyber512Draft00"
        case .x25519Kyber768Draft00Old: "X25519Kyber768Draft00Old"
        case .p256Kyber768Draft00: "P256Kyber768Draft00"
        case .arbitraryExplicitPrimeCurves: "arbitrary_explicit_prime_curves"
        case .arbitraryExplicitChar2Curves: "arbitrary_explicit_char2_curves"
        default: GREASE.contains(rawValue) ? "GREASE \(RegistryName.hex(rawValue))" : RegistryName.hex(rawValue)
        }
    }

    public var description: String { name }
}

extension NamedGroup {
    /// Whether the group holds ML-KEM (FIPS 203), alone or in a hybrid. The Kyber drafts that came before are not
    /// counted: they are not the standard.
    public var isPostQuantum: Bool {
        switch self {
        case .mlkem512, .mlkem768, .mlkem1024, .secP256r1MLKEM768, .x25519MLKEM768, .secP384r1MLKEM1024,
            .curveSM2MLKEM768:
            true
        default: false
        }
    }

    /// Size in bits of the classical part: of the curve's field, or of the prime where `isFiniteField`. `nil` where
    /// there is none, or where it is not known.
    public var bits: Int? {
        switch rawValue {
        case 0x0001...0x001C: Self.curveBits[Int(rawValue)]
        case 0x001D, 0x11EC, 0x6399, 0xFE30, 0xFE31: 255
        case 0x001F, 0x0022...0x0025, 0x0029, 0x11EB, 0x11EE, 0x639A, 0xFE32: 256
        case 0x001E: 448
        case 0x0020, 0x11ED: 384
        case 0x0021, 0x0026...0x0028: 512
        case 0x0100...0x0104: Self.primeBits[Int(rawValue - 0x0100)]
        default: nil
        }
    }

    /// A finite field of RFC 7919 (also the code points that are not assigned yet), not a curve.
    public var isFiniteField: Bool { rawValue >> 8 == 1 }

    /// From sect163k1 (1) to brainpoolP512r1 (28); the place 0 is not assigned.
    private static let curveBits = [
        0, 163, 163, 163, 193, 193, 233, 233, 239, 283, 283, 409, 409, 571, 571, 160, 160, 160, 192, 192, 224, 224,
        256, 256, 384, 521, 256, 384, 512,
    ]

    /// From ffdhe2048 (0x0100) to ffdhe8192 (0x0104).
    private static let primeBits = [2048, 3072, 4096, 6144, 8192]
}

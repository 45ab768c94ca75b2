/// How a handshake is signed (RFC 8446 §4.2.3, IANA "TLS SignatureScheme").
///
/// TLS 1.2 writes a pair of a hash and a signature octet in the same place (RFC 5246 §7.4.1.4.1); the pairs are named as well.
public struct SignatureScheme: Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let rsaPKCS1MD5 = Self(rawValue: 0x0101)
    public static let rsaPKCS1SHA1 = Self(rawValue: 0x0201)
    public static let dsaSHA1 = Self(rawValue: 0x0202)
    public static let ecdsaSHA1 = Self(rawValue: 0x0203)
    public static let rsaPKCS1SHA256 = Self(rawValue: 0x0401)
    public static let ecdsaP256SHA256 = Self(rawValue: 0x0403)
    public static let rsaPKCS1SHA256Legacy = Self(rawValue: 0x0420)
    public static let rsaPKCS1SHA384 = Self(rawValue: 0x0501)
    public static let ecdsaP384SHA384 = Self(rawValue: 0x0503)
    public static let rsaPKCS1SHA384Legacy = Self(rawValue: 0x0520)
    public static let rsaPKCS1SHA512 = Self(rawValue: 0x0601)
    public static let ecdsaP521SHA512 = Self(rawValue: 0x0603)
    public static let rsaPKCS1SHA512Legacy = Self(rawValue: 0x0620)
    public static let eccsiSHA256 = Self(rawValue: 0x0704)
    public static let isoIBS1 = Self(rawValue: 0x0705)
    public static let isoIBS2 = Self(rawValue: 0x0706)
    public static let isoChineseIBS = Self(rawValue: 0x0707)
    public static let sm2SM3 = Self(rawValue: 0x0708)
    public static let gost256A = Self(rawValue: 0x0709)
    public static let gost256B = Self(rawValue: 0x070A)
    public static let gost256C = Self(rawValue: 0x070B)
    public static let gost256D = Self(rawValue: 0x070C)
    public static let gost512A = Self(rawValue: 0x070D)
    public static let gost512B = Self(rawValue: 0x070E)
    public static let gost512C = Self(rawValue: 0x070F)
    public static let rsaPSSSHA256 = Self(rawValue: 0x0804)
    public static let rsaPSSSHA384 = Self(rawValue: 0x0805)
    public static let rsaPSSSHA512 = Self(rawValue: 0x0806)
    public static let ed25519 = Self(rawValue: 0x0807)
    public static let ed448 = Self(rawValue: 0x0808)
    public static let rsaPSSKeySHA256 = Self(rawValue: 0x0809)
    public static let rsaPSSKeySHA384 = Self(rawValue: 0x080A)
    public static let rsaPSSKeySHA512 = Self(rawValue: 0x080B)
    public static let ecdsaBrainpoolP256SHA256 = Self(rawValue: 0x081A)
    public static let ecdsaBrainpoolP384SHA384 = Self(rawValue: 0x081B)
    public static let ecdsaBrainpoolP512SHA512 = Self(rawValue: 0x081C)
    public static let mldsa44 = Self(rawValue: 0x0904)
    public static let mldsa65 = Self(rawValue: 0x0905)
    public static let mldsa87 = Self(rawValue: 0x0906)
    public static let slhdsaSHA2128s = Self(rawValue: 0x0911)
    public static let slhdsaSHA2128f = Self(rawValue: 0x0912)
    public static let slhdsaSHA2192s = Self(rawValue: 0x0913)
    public static let slhdsaSHA2192f = Self(rawValue: 0x0914)
    public static let slhdsaSHA2256s = Self(rawValue: 0x0915)
    public static let slhdsaSHA2256f = Self(rawValue: 0x0916)
    public static let slhdsaSHAKE128s = Self(rawValue: 0x0917)
    public static let slhdsaSHAKE128f = Self(rawValue: 0x0918)
    public static let slhdsaSHAKE192s = Self(rawValue: 0x0919)
    public static let slhdsaSHAKE192f = Self(rawValue: 0x091A)
    public static let slhdsaSHAKE256s = Self(rawValue: 0x091B)
    public static let slhdsaSHAKE256f = Self(rawValue: 0x091C)
}

extension SignatureScheme: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    public var name: String {
        switch self {
        case .rsaPKCS1MD5: "rsa_pkcs1_md5"
        case .rsaPKCS1SHA1: "rsa_pkcs1_sha1"
        case .dsaSHA1: "dsa_sha1"
        case .ecdsaSHA1: "ecdsa_sha1"
        case .rsaPKCS1SHA256: "rsa_pkcs1_sha256"
        case .ecdsaP256SHA256: "ecdsa_secp256r1_sha256"
        case .rsaPKCS1SHA256Legacy: "rsa_pkcs1_sha256_legacy"
        case .rsaPKCS1SHA384: "rsa_pkcs1_sha384"
        case .ecdsaP384SHA384: "ecdsa_secp384r1_sha384"
        case .rsaPKCS1SHA384Legacy: "rsa_pkcs1_sha384_legacy"
        case .rsaPKCS1SHA512: "rsa_pkcs1_sha512"
        case .ecdsaP521SHA512: "ecdsa_secp521r1_sha512"
        case .rsaPKCS1SHA512Legacy: "rsa_pkcs1_sha512_legacy"
        case .eccsiSHA256: "eccsi_sha256"
        case .isoIBS1: "iso_ibs1"
        case .isoIBS2: "iso_ibs2"
        case .isoChineseIBS: "iso_chinese_ibs"
        case .sm2SM3: "sm2sig_sm3"
        case .gost256A: "gostr34102012_256a"
        case .gost256B: "gostr34102012_256b"
        case .gost256C: "gostr34102012_256c"
        case .gost256D: "gostr34102012_256d"
        case .gost512A: "gostr34102012_512a"
        case .gost512B: "gostr34102012_512b"
        case .gost512C: "gostr34102012_512c"
        case .rsaPSSSHA256: "rsa_pss_rsae_sha256"
        case .rsaPSSSHA384: "rsa_pss_rsae_sha384"
        case .rsaPSSSHA512: "rsa_pss_rsae_sha512"
        case .ed25519: "ed25519"
        case .ed448: "ed448"
        case .rsaPSSKeySHA256: "rsa_pss_pss_sha256"
        case .rsaPSSKeySHA384: "rsa_pss_pss_sha384"
        case .rsaPSSKeySHA512: "rsa_pss_pss_sha512"
        case .ecdsaBrainpoolP256SHA256: "ecdsa_brainpoolP256r1tls13_sha256"
        case .ecdsaBrainpoolP384SHA384: "ecdsa_brainpoolP384r1tls13_sha384"
        case .ecdsaBrainpoolP512SHA512: "ecdsa_brainpoolP512r1tls13_sha512"
        case .mldsa44: "mldsa44"
        case .mldsa65: "mldsa65"
        case .mldsa87: "mldsa87"
        case .slhdsaSHA2128s: "slhdsa_sha2_128s"
        case .slhdsaSHA2128f: "slhdsa_sha2_128f"
        case .slhdsaSHA2192s: "slhdsa_sha2_192s"
        case .slhdsaSHA2192f: "slhdsa_sha2_192f"
        case .slhdsaSHA2256s: "slhdsa_sha2_256s"
        case .slhdsaSHA2256f: "slhdsa_sha2_256f"
        case .slhdsaSHAKE128s: "slhdsa_shake_128s"
        case .slhdsaSHAKE128f: "slhdsa_shake_128f"
        case .slhdsaSHAKE192s: "slhdsa_shake_192s"
        case .slhdsaSHAKE192f: "slhdsa_shake_192f"
        case .slhdsaSHAKE256s: "slhdsa_shake_256s"
        case .slhdsaSHAKE256f: "slhdsa_shake_256f"
        default: pairName ?? RegistryName.hex(rawValue)
        }
    }

    public var description: String { name }
}

extension SignatureScheme {
    /// The hash of a TLS 1.2 pair and of its TLS 1.3 heirs (RFC 5246 §7.4.1.4.1).
    public enum Hash: String, Sendable {
        case none, md5, sha1, sha224, sha256, sha384, sha512
    }

    /// The hash function where the scheme names one; `.none` for the null hash; `nil` where the scheme is unknown or
    /// brings its own (Ed25519, Ed448, ML-DSA, SLH-DSA, SM2, GOST).
    public var hash: Hash? {
        switch rawValue {
        case 0x0704, 0x0804, 0x0809, 0x081A: .sha256
        case 0x0805, 0x080A, 0x081B: .sha384
        case 0x0806, 0x080B, 0x081C: .sha512
        default: pairHash
        }
    }

    /// Whether the signature rests on MD5 or SHA-1.
    public var usesBrokenHash: Bool { hash == .md5 || hash == .sha1 }

    /// The first octet of a TLS 1.2 hash and signature pair.
    private var pairHash: Hash? {
        switch rawValue >> 8 {
        case 0: Hash.none
        case 1: .md5
        case 2: .sha1
        case 3: .sha224
        case 4: .sha256
        case 5: .sha384
        case 6: .sha512
        default: nil
        }
    }

    /// A TLS 1.2 pair that TLS 1.3 has no name for: `dsa_sha224`.
    fileprivate var pairName: String? {
        guard let hash = pairHash, let signature = pairSignature else { return nil }
        return "\(signature)_\(hash.rawValue)"
    }

    private var pairSignature: String? {
        switch rawValue & 0xFF {
        case 0: "anonymous"
        case 1: "rsa_pkcs1"
        case 2: "dsa"
        case 3: "ecdsa"
        default: nil
        }
    }
}

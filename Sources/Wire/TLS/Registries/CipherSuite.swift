/// A TLS cipher suite (RFC 8446 appendix B.4, IANA "TLS Cipher Suites").
public struct CipherSuite: Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let nullWithNullNull = Self(rawValue: 0x0000)
    public static let rsaRC4128MD5 = Self(rawValue: 0x0004)
    public static let rsaRC4128SHA = Self(rawValue: 0x0005)
    public static let rsa3DESCBCSHA = Self(rawValue: 0x000A)
    public static let dhAnonAES128CBCSHA = Self(rawValue: 0x0034)
    public static let rsaAES128CBCSHA = Self(rawValue: 0x002F)
    public static let rsaAES256CBCSHA = Self(rawValue: 0x0035)
    public static let rsaAES128GCMSHA256 = Self(rawValue: 0x009C)
    public static let rsaAES256GCMSHA384 = Self(rawValue: 0x009D)
    public static let dheRSAAES256GCMSHA384 = Self(rawValue: 0x009F)
    public static let ecdheRSAAES128CBCSHA = Self(rawValue: 0xC013)
    public static let ecdheRSAAES128GCMSHA256 = Self(rawValue: 0xC02F)
    public static let ecdheRSAAES256GCMSHA384 = Self(rawValue: 0xC030)
    public static let ecdheECDSAAES128GCMSHA256 = Self(rawValue: 0xC02B)
    public static let ecdheECDSAAES256GCMSHA384 = Self(rawValue: 0xC02C)
    public static let ecdheRSAChaCha20Poly1305 = Self(rawValue: 0xCCA8)
    public static let aes128GCMSHA256 = Self(rawValue: 0x1301)
    public static let aes256GCMSHA384 = Self(rawValue: 0x1302)
    public static let chacha20Poly1305SHA256 = Self(rawValue: 0x1303)
    public static let aes128CCMSHA256 = Self(rawValue: 0x1304)

    /// No suite but a sign: the client can renegotiate safely (RFC 5746 §3.3).
    public static let emptyRenegotiationInfoSCSV = Self(rawValue: 0x00FF)
    /// No suite but a sign: the client tries again with a lower version (RFC 7507 §2).
    public static let fallbackSCSV = Self(rawValue: 0x5600)

    /// A signal in the place of a suite; a server cannot choose it.
    public var isSignal: Bool { self == .emptyRenegotiationInfoSCSV || self == .fallbackSCSV }

    /// What the suite does; `nil` where the code point is unknown, a signal, or GREASE.
    public var properties: CipherSuiteProperties? { CipherSuiteNames.entry(for: rawValue)?.properties }
}

extension CipherSuite: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    public var name: String {
        if let entry = CipherSuiteNames.entry(for: rawValue) { return entry.name }
        let hex = RegistryName.hex(rawValue)
        return GREASE.contains(rawValue) ? "GREASE \(hex)" : hex
    }

    public var description: String { name }
}

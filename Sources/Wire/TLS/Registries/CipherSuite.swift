/// A TLS cipher suite (RFC 8446 appendix B.4, IANA "TLS Cipher Suites").
package struct CipherSuite: Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let nullWithNullNull = Self(rawValue: 0x0000)
    package static let rsaRC4128MD5 = Self(rawValue: 0x0004)
    package static let rsaRC4128SHA = Self(rawValue: 0x0005)
    package static let rsa3DESCBCSHA = Self(rawValue: 0x000A)
    package static let dhAnonAES128CBCSHA = Self(rawValue: 0x0034)
    package static let rsaAES128CBCSHA = Self(rawValue: 0x002F)
    package static let rsaAES256CBCSHA = Self(rawValue: 0x0035)
    package static let rsaAES128GCMSHA256 = Self(rawValue: 0x009C)
    package static let rsaAES256GCMSHA384 = Self(rawValue: 0x009D)
    package static let dheRSAAES256GCMSHA384 = Self(rawValue: 0x009F)
    package static let ecdheRSAAES128CBCSHA = Self(rawValue: 0xC013)
    package static let ecdheRSAAES128GCMSHA256 = Self(rawValue: 0xC02F)
    package static let ecdheRSAAES256GCMSHA384 = Self(rawValue: 0xC030)
    package static let ecdheECDSAAES128GCMSHA256 = Self(rawValue: 0xC02B)
    package static let ecdheECDSAAES256GCMSHA384 = Self(rawValue: 0xC02C)
    package static let ecdheRSAChaCha20Poly1305 = Self(rawValue: 0xCCA8)
    package static let aes128GCMSHA256 = Self(rawValue: 0x1301)
    package static let aes256GCMSHA384 = Self(rawValue: 0x1302)
    package static let chacha20Poly1305SHA256 = Self(rawValue: 0x1303)
    package static let aes128CCMSHA256 = Self(rawValue: 0x1304)

    /// No suite but a sign: the client can renegotiate safely (RFC 5746 §3.3).
    package static let emptyRenegotiationInfoSCSV = Self(rawValue: 0x00FF)
    /// No suite but a sign: the client tries again with a lower version (RFC 7507 §2).
    package static let fallbackSCSV = Self(rawValue: 0x5600)

    /// A signal in the place of a suite; a server cannot choose it.
    package var isSignal: Bool { self == .emptyRenegotiationInfoSCSV || self == .fallbackSCSV }

    /// What the suite does; `nil` where the code point is unknown, a signal, or GREASE.
    package var properties: CipherSuiteProperties? { CipherSuiteNames.entry(for: rawValue)?.properties }
}

extension CipherSuite: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    package var name: String {
        if let entry = CipherSuiteNames.entry(for: rawValue) { return entry.name }
        let hex = RegistryName.hex(rawValue)
        return GREASE.contains(rawValue) ? "GREASE \(hex)" : hex
    }

    package var description: String { name }
}

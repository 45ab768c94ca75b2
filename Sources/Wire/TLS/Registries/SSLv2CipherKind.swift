/// A cipher of SSL 2.0, of three octets; TLS suites stand in the same list with a leading zero octet
/// (RFC 5246 appendix E.2, RFC 6101 appendix E.1).
public struct SSLv2CipherKind: Hashable, Sendable {
    /// The lower 24 bits.
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue & 0xFF_FFFF }

    public static let rc4128MD5 = Self(rawValue: 0x01_0080)
    public static let rc4128Export40MD5 = Self(rawValue: 0x02_0080)
    public static let rc2128CBCMD5 = Self(rawValue: 0x03_0080)
    public static let rc2128CBCExport40MD5 = Self(rawValue: 0x04_0080)
    public static let idea128CBCMD5 = Self(rawValue: 0x05_0080)
    public static let des64CBCMD5 = Self(rawValue: 0x06_0040)
    public static let des192EDE3CBCMD5 = Self(rawValue: 0x07_00C0)

    /// The TLS suite that is offered in this form; `nil` for a cipher of SSL 2.0.
    public var suite: CipherSuite? { UInt16(exactly: rawValue).map(CipherSuite.init(rawValue:)) }
}

extension SSLv2CipherKind: CustomStringConvertible {
    public var name: String {
        switch self {
        case .rc4128MD5: "SSL_CK_RC4_128_WITH_MD5"
        case .rc4128Export40MD5: "SSL_CK_RC4_128_EXPORT40_WITH_MD5"
        case .rc2128CBCMD5: "SSL_CK_RC2_128_CBC_WITH_MD5"
        case .rc2128CBCExport40MD5: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"
        case .idea128CBCMD5: "SSL_CK_IDEA_128_CBC_WITH_MD5"
        case .des64CBCMD5: "SSL_CK_DES_64_CBC_WITH_MD5"
        case .des192EDE3CBCMD5: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"
        default: suite?.name ?? RegistryName.hex(UInt64(rawValue), digits: 6)
        }
    }

    public var description: String { name }
}

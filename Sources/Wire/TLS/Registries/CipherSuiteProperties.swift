/// What a cipher suite does, as its name says.
public struct CipherSuiteProperties: Hashable, Sendable {
    public let keyExchange: KeyExchange
    /// Whose key proves who the server is.
    public let authentication: Authentication
    public let encryption: Encryption
    /// Nominal length of the cipher's key: 168 for triple DES, 0 without encryption.
    public let keyBits: Int
    public let mode: Mode
    public let mac: MAC
    /// Shortened to eight octets, the tag of a CCM suite protects less well against forgery (RFC 6655 §3).
    public let hasShortTag: Bool
    /// The hash of the key derivation in TLS 1.2 and 1.3; older versions have their own, whatever the suite.
    public let hash: Hash
    /// Weakened on purpose for the export rules of the 1990s: 40-bit ciphers, 512-bit keys, and the 56-bit successors.
    public let isExport: Bool

    /// How the keys come about. `tls13` leaves it to the handshake's extensions.
    public enum KeyExchange: String, Sendable {
        case null, rsa, rsaExport, dhStatic, dhStaticExport, dhe, dheExport, dhAnon, dhAnonExport
        case ecdhStatic, ecdhe, ecdhAnon, psk, dhePsk, ecdhePsk, rsaPsk, krb5, krb5Export, srp, gost, sm2, fortezza
        case eccpwd, ecjpake, tls13
    }

    /// `certificateOrPSK` leaves it to the handshake, as TLS 1.3 does.
    public enum Authentication: String, Sendable {
        case none, rsa, dss, ecdsa, psk, kerberos, password, gost, sm2, fortezza, certificateOrPSK
    }

    public enum Encryption: String, Sendable {
        case null, rc2, rc4, des, tripleDES, idea, seed, aria, camellia, aes, chacha20, salsa20, sm1, sm4, aegis
        /// GOST 28147-89 or Magma, Kuznyechik.
        case gost, kuznyechik
        /// Skipjack.
        case fortezza
    }

    public enum Mode: String, Sendable { case none, stream, cbc, gcm, ccm, poly1305, mgm, aegis }

    /// How records are protected against change; `aead` where the mode does it.
    public enum MAC: String, Sendable { case null, md5, sha1, sha256, sha384, sm3, gost, aead }

    public enum Hash: String, Sendable { case sha256, sha384, sha512, sm3, gost }

    /// Whether recorded traffic stays sealed when the server's long-term key becomes known later.
    /// `nil` for TLS 1.3, where the extensions decide (a resumption without (EC)DHE is not).
    public var isForwardSecret: Bool? {
        switch keyExchange {
        case .tls13: nil
        case .dhe, .dheExport, .dhAnon, .dhAnonExport, .ecdhe, .ecdhAnon, .dhePsk, .ecdhePsk, .srp, .eccpwd, .ecjpake:
            true
        case .null, .rsa, .rsaExport, .dhStatic, .dhStaticExport, .ecdhStatic, .psk, .rsaPsk, .krb5, .krb5Export,
            .gost, .sm2, .fortezza:
            false
        }
    }

    /// A full handshake shows the server's certificate (RFC 5246 §7.4.2).
    public var showsCertificate: Bool {
        switch authentication {
        case .rsa, .dss, .ecdsa, .gost, .sm2: true
        case .none, .psk, .kerberos, .password, .fortezza, .certificateOrPSK: false
        }
    }

    /// Encryption and integrity are one (RFC 5116).
    public var isAEAD: Bool { mac == .aead }

    /// Nothing is encrypted; integrity-only suites of TLS 1.3 included (RFC 9150).
    public var isNull: Bool { encryption == .null }

    /// Neither side proves who it is.
    public var isAnonymous: Bool {
        switch keyExchange {
        case .dhAnon, .dhAnonExport, .ecdhAnon: true
        default: false
        }
    }
}

extension CipherSuiteProperties {
    /// Reads `TLS_<key exchange>_WITH_<cipher>_<mac>`, or a TLS 1.3 name `TLS_<cipher>_<hash>`.
    /// `nil` for signals and for names whose meaning is not public.
    init?(name text: String) {
        let name = NamePart(text)
        if let with = name.place(of: .with), let cipher = Cipher(name: name[from: with.upperBound]) {
            let leading = name[before: with.lowerBound]
            let method = leading.behindSeparator
            guard let exchange = KeyExchange(name: method) else { return nil }
            self.init(
                exchange, Authentication(method, exchange), cipher, Hash(name, exchange),
                isExport: leading.contains(.export))
        } else if name.begins(with: .tls), let cipher = Cipher(name: name.dropping(4)) {
            self.init(.tls13, .certificateOrPSK, cipher, Hash(name, .tls13), isExport: false)
        } else if let exchange = KeyExchange(chineseName: name), let cipher = Cipher(name: name.behindSeparator) {
            self.init(
                exchange, exchange == .rsa ? .rsa : .sm2, cipher, Hash(name, exchange), isExport: false)
        } else {
            return nil
        }
    }

    private init(
        _ exchange: KeyExchange, _ authentication: Authentication, _ cipher: Cipher, _ hash: Hash, isExport: Bool
    ) {
        keyExchange = exchange
        self.authentication = authentication
        encryption = cipher.encryption
        keyBits = cipher.keyBits
        mode = cipher.mode
        mac = cipher.mac
        hasShortTag = cipher.hasShortTag
        self.hash = hash
        self.isExport = isExport
    }
}

/// A part of a suite's name, as octets: hundreds of names are read at the start, and comparing characters takes long.
private struct NamePart {
    private let octets: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) { self.octets = octets }

    init(_ name: String) { octets = Array(name.utf8)[...] }

    func begins(with text: NameText) -> Bool { isThere(text, octets.startIndex) }

    /// It is `text`, or begins with it and an underscore.
    func isWord(_ text: NameText) -> Bool {
        guard begins(with: text) else { return false }
        return octets.count == text.octets.count || octets[octets.startIndex + text.octets.count] == NameText.separator
    }

    func place(of text: NameText) -> Range<Int>? {
        var start = octets.startIndex
        while start + text.octets.count <= octets.endIndex {
            if isThere(text, start) { return start..<start + text.octets.count }
            start += 1
        }
        return nil
    }

    func contains(_ text: NameText) -> Bool { place(of: text) != nil }

    private func isThere(_ text: NameText, _ start: Int) -> Bool {
        guard start + text.octets.count <= octets.endIndex else { return false }
        for index in text.octets.indices where octets[start + index] != text.octets[index] { return false }
        return true
    }

    subscript(before place: Int) -> Self { Self(octets[..<place]) }
    subscript(from place: Int) -> Self { Self(octets[place...]) }

    /// Without what stands before the leading underscore, and that.
    var behindSeparator: Self {
        Self(octets.drop { $0 != NameText.separator }.dropFirst())
    }

    func dropping(_ count: Int) -> Self { Self(octets.dropFirst(count)) }

    /// What stands behind the last underscore.
    var lastWord: String {
        let start = octets.lastIndex(of: NameText.separator).map { $0 + 1 } ?? octets.startIndex
        return String(decoding: octets[start...], as: UTF8.self)
    }
}

/// What a part of a name is compared with.
private struct NameText: ExpressibleByStringLiteral {
    let octets: [UInt8]

    static let separator = UInt8(ascii: "_")

    init(_ text: String) { octets = Array(text.utf8) }

    init(stringLiteral text: String) { self.init(text) }

    static let with: Self = "_WITH_"
    static let tls: Self = "TLS_"
    static let export: Self = "_EXPORT"
    static let shortTag: Self = "_CCM_8"
    static let ecdsa: Self = "_ECDSA"
    static let dss: Self = "_DSS"
    static let rsa: Self = "_RSA"
    static let chinese: [(Self, CipherSuiteProperties.KeyExchange)] = [
        ("ECDHE_SM", .ecdhe), ("ECC_SM", .sm2), ("RSA_SM", .rsa),
    ]
}

extension CipherSuiteProperties.Authentication {
    /// `method` is what stands before `_WITH_`: `DHE_RSA_EXPORT`.
    fileprivate init(_ method: NamePart, _ exchange: CipherSuiteProperties.KeyExchange) {
        switch exchange {
        case .null, .dhAnon, .dhAnonExport, .ecdhAnon: self = .none
        case .psk, .dhePsk, .ecdhePsk: self = .psk
        case .rsa, .rsaExport, .rsaPsk: self = .rsa
        case .krb5, .krb5Export: self = .kerberos
        case .eccpwd, .ecjpake: self = .password
        case .gost: self = .gost
        case .sm2: self = .sm2
        case .fortezza: self = .fortezza
        case .tls13: self = .certificateOrPSK
        case .srp, .dhStatic, .dhStaticExport, .dhe, .dheExport, .ecdhStatic, .ecdhe:
            self =
                method.contains(.ecdsa)
                ? .ecdsa : method.contains(.dss) ? .dss : method.contains(.rsa) ? .rsa : .password
        }
    }
}

extension CipherSuiteProperties.Hash {
    /// Suites that name no hash for it use SHA-256 (RFC 5246 §5).
    fileprivate init(_ name: NamePart, _ exchange: CipherSuiteProperties.KeyExchange) {
        switch name.lastWord {
        case "SHA384": self = .sha384
        case "SHA512": self = .sha512
        case "SM3": self = .sm3
        default: self = exchange == .gost ? .gost : .sha256
        }
    }
}

extension CipherSuiteProperties.KeyExchange {
    /// The part before `_WITH_`, without `TLS_`.
    fileprivate init?(name: NamePart) {
        guard let row = Self.prefixes.first(where: { name.isWord($0.0) }) else { return nil }
        self = name.contains(.export) ? row.1.exported : row.1
    }

    /// Suites of GM/T 0024 are called `ECC_SM4_CBC_SM3`; the identity-based ones among them are left out.
    fileprivate init?(chineseName name: NamePart) {
        guard let row = NameText.chinese.first(where: { name.begins(with: $0.0) }) else { return nil }
        self = row.1
    }

    /// Longer prefixes come first.
    private static let prefixes: [(NameText, Self)] = [
        ("NULL", .null), ("RSA_PSK", .rsaPsk), ("RSA", .rsa), ("DH_anon", .dhAnon), ("DH", .dhStatic),
        ("DHE_PSK", .dhePsk), ("PSK_DHE", .dhePsk), ("DHE", .dhe), ("ECDH_anon", .ecdhAnon), ("ECDH", .ecdhStatic),
        ("ECDHE_PSK", .ecdhePsk), ("ECDHE", .ecdhe), ("PSK", .psk), ("KRB5", .krb5), ("SRP", .srp),
        ("GOSTR341094", .gost), ("GOSTR341001", .gost), ("GOSTR341112", .gost), ("ECCPWD", .eccpwd),
        ("ECJPAKE", .ecjpake), ("FORTEZZA", .fortezza),
    ]

    private var exported: Self {
        switch self {
        case .rsa: .rsaExport
        case .dhStatic: .dhStaticExport
        case .dhe: .dheExport
        case .dhAnon: .dhAnonExport
        case .krb5: .krb5Export
        default: self
        }
    }
}

/// The part of a suite's name behind the key exchange: `AES_128_CBC_SHA`.
private struct Cipher {
    typealias Properties = CipherSuiteProperties

    let encryption: Properties.Encryption
    let keyBits: Int
    let mode: Properties.Mode
    let mac: Properties.MAC
    let hasShortTag: Bool

    init?(name: NamePart) {
        guard let row = Self.prefixes.first(where: { name.begins(with: $0.prefix) }) else { return nil }
        guard let mac = row.isAEAD ? .aead : Self.mac(of: name.lastWord) else { return nil }
        encryption = row.encryption
        keyBits = row.bits
        mode = row.mode
        self.mac = mac
        hasShortTag = row.mode == .ccm && name.contains(.shortTag)
    }

    private static func mac(of word: String) -> Properties.MAC? {
        switch word {
        case "NULL": .null
        case "MD5": .md5
        case "SHA", "SHA1": .sha1
        case "SHA256": .sha256
        case "SHA384": .sha384
        case "SM3": .sm3
        case "IMIT", "OMAC", "GOSTR3411": .gost
        default: nil
        }
    }

    private struct Row {
        let prefix: NameText
        let encryption: Properties.Encryption
        let bits: Int
        let mode: Properties.Mode

        init(_ prefix: String, _ encryption: Properties.Encryption, _ bits: Int, _ mode: Properties.Mode) {
            self.prefix = NameText(prefix)
            self.encryption = encryption
            self.bits = bits
            self.mode = mode
        }

        var isAEAD: Bool {
            switch mode {
            case .gcm, .ccm, .poly1305, .mgm, .aegis: true
            case .none, .stream, .cbc: false
            }
        }
    }

    private static let prefixes: [Row] =
        blockCiphers + [
            Row("NULL", .null, 0, .none), Row("SHA256_SHA256", .null, 0, .none),
            Row("SHA384_SHA384", .null, 0, .none),
            Row("RC4_40_", .rc4, 40, .stream), Row("RC4_56_", .rc4, 56, .stream), Row("RC4_128_", .rc4, 128, .stream),
            Row("RC2_CBC_40_", .rc2, 40, .cbc), Row("RC2_CBC_56_", .rc2, 56, .cbc),
            Row("DES40_CBC_", .des, 40, .cbc), Row("DES_CBC_40_", .des, 40, .cbc), Row("DES_CBC_", .des, 56, .cbc),
            Row("3DES_EDE_CBC_", .tripleDES, 168, .cbc), Row("IDEA_CBC_", .idea, 128, .cbc),
            Row("SEED_CBC_", .seed, 128, .cbc), Row("FORTEZZA_CBC_", .fortezza, 80, .cbc),
            Row("CHACHA20_POLY1305", .chacha20, 256, .poly1305),
            Row("ESTREAM_SALSA20_", .salsa20, 256, .stream), Row("SALSA20_", .salsa20, 256, .stream),
            Row("SM1_", .sm1, 128, .cbc), Row("SM4_CBC_", .sm4, 128, .cbc), Row("SM4_GCM_", .sm4, 128, .gcm),
            Row("SM4_CCM_", .sm4, 128, .ccm),
            Row("AEGIS_128L_", .aegis, 128, .aegis), Row("AEGIS_256_", .aegis, 256, .aegis),
            Row("28147_CNT_", .gost, 256, .stream), Row("MAGMA_CTR_", .gost, 256, .stream),
            Row("MAGMA_MGM_", .gost, 256, .mgm), Row("KUZNYECHIK_CTR_", .kuznyechik, 256, .stream),
            Row("KUZNYECHIK_MGM_", .kuznyechik, 256, .mgm),
        ]

    /// AES, Camellia and ARIA come in all sizes and modes.
    private static let blockCiphers: [Row] = [("AES", .aes), ("CAMELLIA", .camellia), ("ARIA", .aria)]
        .flatMap { (name: String, encryption: Properties.Encryption) in
            [128, 256].flatMap { bits in
                [("CBC", Properties.Mode.cbc), ("GCM", .gcm), ("CCM", .ccm)]
                    .map { Row("\(name)_\(bits)_\($0)", encryption, bits, $1) }
            }
        }
}

import Testing

@testable import Wire

@Suite struct TLSVersionTests {
    @Test func isOrderedByMeaning() {
        let ascending: [UInt16] = [
            0x0000, 0x0305, 0x0A0A, 0xFEFD, 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x7F12, 0xFB17, 0x7F1C, 0x0304,
        ]
        let versions = ascending.map(TLSVersion.init(rawValue:))
        #expect(versions.reversed().sorted() == versions)
        #expect(versions.max() == .tls13)
    }

    @Test(
        arguments: [
            (0x0002, "SSLv2", "SSL 2.0", false), (0x0300, "SSLv3", "SSL 3.0", false),
            (0x0301, "TLSv1", "TLS 1.0", false),
            (0x0302, "TLS 1.1", "TLS 1.1", false), (0x0303, "TLS 1.2", "TLS 1.2", false),
            (0x0304, "TLS 1.3", "TLS 1.3", true), (0x7F1C, "TLS 1.3 draft-28", "TLS 1.3 draft-28", true),
            (0xFB17, "TLS 1.3 draft-23-fb", "TLS 1.3 draft-23-fb", true), (0x0A0A, "0x0a0a", "0x0a0a", false),
        ] as [(UInt16, String, String, Bool)])
    func hasNames(_ raw: UInt16, eve: String, name: String, isTLS13: Bool) {
        let version = TLSVersion(rawValue: raw)
        #expect(version.eveName == eve)
        #expect(version.name == name)
        #expect(version.isTLS13 == isTLS13)
    }
}

@Suite struct CipherSuiteTests {
    typealias Properties = CipherSuiteProperties

    /// Code point, key exchange, cipher, key bits, mode, MAC, forward secrecy.
    @Test(
        arguments: [
            (0x0001, .rsa, .null, 0, .none, .md5, false), (0x0003, .rsaExport, .rc4, 40, .stream, .md5, false),
            (0x0005, .rsa, .rc4, 128, .stream, .sha1, false), (0x0006, .rsaExport, .rc2, 40, .cbc, .md5, false),
            (0x0007, .rsa, .idea, 128, .cbc, .sha1, false), (0x0009, .rsa, .des, 56, .cbc, .sha1, false),
            (0x000A, .rsa, .tripleDES, 168, .cbc, .sha1, false),
            (0x000B, .dhStaticExport, .des, 40, .cbc, .sha1, false),
            (0x0010, .dhStatic, .tripleDES, 168, .cbc, .sha1, false), (0x0014, .dheExport, .des, 40, .cbc, .sha1, true),
            (0x0017, .dhAnonExport, .rc4, 40, .stream, .md5, true), (0x0034, .dhAnon, .aes, 128, .cbc, .sha1, true),
            (0x0026, .krb5Export, .des, 40, .cbc, .sha1, false), (0x0020, .krb5, .rc4, 128, .stream, .sha1, false),
            (0x002D, .dhePsk, .null, 0, .none, .sha1, true), (0x0065, .dheExport, .rc4, 56, .stream, .sha1, true),
            (0x0096, .rsa, .seed, 128, .cbc, .sha1, false), (0x00C6, .tls13, .sm4, 128, .gcm, .aead, nil),
            (0x0093, .rsaPsk, .tripleDES, 168, .cbc, .sha1, false), (0x1301, .tls13, .aes, 128, .gcm, .aead, nil),
            (0x1303, .tls13, .chacha20, 256, .poly1305, .aead, nil), (0x1305, .tls13, .aes, 128, .ccm, .aead, nil),
            (0x1307, .tls13, .aegis, 128, .aegis, .aead, nil), (0xC004, .ecdhStatic, .aes, 128, .cbc, .sha1, false),
            (0xC018, .ecdhAnon, .aes, 128, .cbc, .sha1, true), (0xC01E, .srp, .aes, 128, .cbc, .sha1, true),
            (0xC024, .ecdhe, .aes, 256, .cbc, .sha384, true), (0xC02F, .ecdhe, .aes, 128, .gcm, .aead, true),
            (0xC035, .ecdhePsk, .aes, 128, .cbc, .sha1, true), (0xC0AA, .dhePsk, .aes, 128, .ccm, .aead, true),
            (0xC0A8, .psk, .aes, 128, .ccm, .aead, false), (0xC0B4, .tls13, .null, 0, .none, .sha256, nil),
            (0xC0B5, .tls13, .null, 0, .none, .sha384, nil), (0xC100, .gost, .kuznyechik, 256, .stream, .gost, false),
            (0xC07D, .dhe, .camellia, 256, .gcm, .aead, true), (0xC03D, .rsa, .aria, 256, .cbc, .sha384, false),
            (0xCCA8, .ecdhe, .chacha20, 256, .poly1305, .aead, true), (0xC0B0, .eccpwd, .aes, 128, .gcm, .aead, true),
            (0xE013, .sm2, .sm4, 128, .cbc, .sm3, false), (0xFEFF, .rsa, .tripleDES, 168, .cbc, .sha1, false),
        ] as [(UInt16, Properties.KeyExchange, Properties.Encryption, Int, Properties.Mode, Properties.MAC, Bool?)])
    func doesWhatItsNameSays(
        _ raw: UInt16, _ exchange: Properties.KeyExchange, _ encryption: Properties.Encryption, _ bits: Int,
        _ mode: Properties.Mode, _ mac: Properties.MAC, _ isForwardSecret: Bool?
    ) throws {
        let properties = try #require(CipherSuite(rawValue: raw).properties)
        #expect(properties.keyExchange == exchange)
        #expect(properties.encryption == encryption)
        #expect(properties.keyBits == bits)
        #expect(properties.mode == mode)
        #expect(properties.mac == mac)
        #expect(properties.isForwardSecret == isForwardSecret)
    }

    /// The flags follow from words in the name; every suite but the signals and the identity-based ones is understood.
    @Test func everySuiteIsUnderstood() {
        for (raw, name) in CipherSuiteNames.all {
            let properties = CipherSuite(rawValue: raw).properties
            let isForeign = name.hasSuffix("SCSV") || name.hasPrefix("IBC_") || name.hasPrefix("IBSDH_")
            #expect((properties == nil) == isForeign, "\(name)")
            guard let properties else { continue }
            #expect(properties.isExport == name.contains("EXPORT"), "\(name)")
            #expect(properties.isAnonymous == name.contains("_anon_"), "\(name)")
            let isIntegrityOnly = name == "TLS_SHA256_SHA256" || name == "TLS_SHA384_SHA384"
            #expect(properties.isNull == (name.contains("WITH_NULL") || isIntegrityOnly), "\(name)")
            #expect((properties.keyBits == 0) == properties.isNull, "\(name)")
        }
    }

    @Test func everyCodePointStandsOnce() {
        let codes = CipherSuiteNames.all.map(\.0)
        #expect(Set(codes).count == codes.count)
        #expect(codes.count > 350)
    }

    @Test func hasNames() {
        #expect(CipherSuite.aes256GCMSHA384.name == "TLS_AES_256_GCM_SHA384")
        #expect(CipherSuite.ecdheRSAAES128GCMSHA256.name == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
        #expect(CipherSuite(rawValue: 0x1A2B).name == "0x1a2b")
        #expect(CipherSuite(rawValue: 0x1A1A).name == "GREASE 0x1a1a")
        #expect(CipherSuite(rawValue: 0x1A1A).properties == nil)
        #expect(CipherSuite.fallbackSCSV.isSignal)
        #expect(CipherSuite.fallbackSCSV.properties == nil)
    }

    @Test func ssl2KindsHaveNames() {
        #expect(SSLv2CipherKind(rawValue: 0x07_00C0).name == "SSL_CK_DES_192_EDE3_CBC_WITH_MD5")
        #expect(SSLv2CipherKind(rawValue: 0x00_0005).suite == .rsaRC4128SHA)
        #expect(SSLv2CipherKind(rawValue: 0x00_0005).name == "TLS_RSA_WITH_RC4_128_SHA")
        #expect(SSLv2CipherKind(rawValue: 0x09_0001).name == "0x090001")
    }
}

@Suite struct TLSCodePointTests {
    @Test func greaseIsSixteenValues() {
        let values = (UInt16.min...UInt16.max).filter(GREASE.contains)
        #expect(values.count == 16)
        #expect(values.first == 0x0A0A)
        #expect(values.last == 0xFAFA)
    }

    @Test(
        arguments: [
            (0x001D, "x25519", 255, false), (0x0017, "secp256r1", 256, false), (0x0013, "secp192r1", 192, false),
            (0x0100, "ffdhe2048", 2048, false), (0x0202, "MLKEM1024", nil, true), (0x11EC, "X25519MLKEM768", 255, true),
            (0x11EB, "SecP256r1MLKEM768", 256, true), (0x6399, "X25519Kyber768Draft00", 255, false),
            (0xFF01, "arbitrary_explicit_prime_curves", nil, false), (0x1234, "0x1234", nil, false),
        ] as [(UInt16, String, Int?, Bool)])
    func groups(_ raw: UInt16, _ name: String, _ bits: Int?, _ isPostQuantum: Bool) {
        let group = NamedGroup(rawValue: raw)
        #expect(group.name == name)
        #expect(group.bits == bits)
        #expect(group.isPostQuantum == isPostQuantum)
    }

    @Test(
        arguments: [
            (0x0401, "rsa_pkcs1_sha256", .sha256), (0x0201, "rsa_pkcs1_sha1", .sha1), (0x0101, "rsa_pkcs1_md5", .md5),
            (0x0804, "rsa_pss_rsae_sha256", .sha256), (0x0807, "ed25519", nil), (0x0302, "dsa_sha224", .sha224),
            (0x0603, "ecdsa_secp521r1_sha512", .sha512), (0x0905, "mldsa65", nil), (0x0A0A, "0x0a0a", nil),
        ] as [(UInt16, String, SignatureScheme.Hash?)])
    func signatureSchemes(_ raw: UInt16, _ name: String, _ hash: SignatureScheme.Hash?) {
        let scheme = SignatureScheme(rawValue: raw)
        #expect(scheme.name == name)
        #expect(scheme.hash == hash)
        #expect(scheme.usesBrokenHash == (hash == .sha1 || hash == .md5))
    }

    @Test func othersHaveNames() {
        #expect(AlertDescription.certificateExpired.name == "certificate_expired")
        #expect(AlertDescription(rawValue: 48) == .unknownCA)
        #expect(AlertDescription(rawValue: 200).name == "0xc8")
        #expect(HandshakeType(rawValue: 254) == .messageHash)
        #expect(HandshakeType.keyUpdate.name == "key_update")
        #expect(ExtensionType(rawValue: 0xFF01).name == "renegotiation_info")
        #expect(ExtensionType.supportedVersions.rawValue == 43)
        #expect(ExtensionType(rawValue: 0x2A2A).name == "GREASE 0x2a2a")
        #expect(TLSContentType.applicationData.rawValue == 23)
        #expect(TLSContentType(rawValue: 9).name == "0x09")
    }
}

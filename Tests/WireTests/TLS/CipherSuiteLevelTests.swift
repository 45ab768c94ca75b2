import Testing

@testable import Wire

@Suite struct CipherSuiteLevelTests {
    /// The lists of appendix B of the guidelines 2025-05, written down as they are printed there.
    private static let good = ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
    private static let sufficient =
        ["TLS_AES_128_GCM_SHA256", "TLS_AES_128_CCM_SHA256"]
        + ["ECDSA", "RSA"].flatMap { signature in
            ["CHACHA20_POLY1305_SHA256", "AES_256_GCM_SHA384", "AES_128_GCM_SHA256"]
                .map { "TLS_ECDHE_\(signature)_WITH_\($0)" }
        } + ["TLS_ECDHE_ECDSA_WITH_AES_256_CCM", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"]
    private static let phaseOut =
        ["ECDHE_ECDSA", "ECDHE_RSA", "DHE_RSA"].flatMap { exchange in
            ["CAMELLIA_256_GCM_SHA384", "CAMELLIA_128_GCM_SHA256", "CAMELLIA_128_CBC_SHA256"]
                .map { "TLS_\(exchange)_WITH_\($0)" }
                + ["ARIA_256_GCM_SHA384", "ARIA_256_CBC_SHA384", "ARIA_128_GCM_SHA256", "ARIA_128_CBC_SHA256"]
                .map { "TLS_\(exchange)_WITH_\($0)" }
                + ["TLS_\(exchange)_WITH_AES_128_CBC_SHA256"]
        } + [
            "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384", "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256",
            "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_256_CCM",
            "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_DHE_RSA_WITH_AES_128_CCM",
        ]

    @Test func guidelinesOfTheNCSCAreFollowedSuiteBySuite() {
        for (raw, name) in CipherSuiteNames.all {
            guard let properties = CipherSuite(rawValue: raw).properties else { continue }
            let expected: CipherSuiteLevel =
                Self.good.contains(name)
                ? .good
                : Self.sufficient.contains(name)
                    ? .sufficient : Self.phaseOut.contains(name) ? .phaseOut : .insufficient
            #expect(properties.levelNCSC == expected, "\(name)")
        }
        #expect(Self.phaseOut.count == 35)
    }

    @Test(
        arguments: [
            (0xC02B, .good), (0xC030, .good), (0x1301, .good), (0x1303, .good), (0x1304, .sufficient),
            (0xCCA8, .sufficient), (0xC013, .sufficient), (0xC0AC, .sufficient), (0x009F, .phaseOut),
            (0x009C, .phaseOut), (0x00AA, .phaseOut), (0xC031, .phaseOut), (0xC012, .phaseOut), (0x0016, .phaseOut),
            (0x0005, .insufficient),
            (0x0003, .insufficient), (0x0009, .insufficient), (0xC006, .insufficient), (0xC0B4, .insufficient),
            (0x00A7, .insufficient), (0xD002, .sufficient),
        ] as [(UInt16, CipherSuiteLevel)])
    func recommendationsOfTheIETFAreFollowed(_ raw: UInt16, _ level: CipherSuiteLevel) {
        #expect(CipherSuite(rawValue: raw).properties?.levelRFC9325 == level)
    }

    @Test(
        arguments: [
            (0xC02B, .ecdsa, .sha256, true), (0xC030, .rsa, .sha384, true), (0x0032, .dss, .sha256, false),
            (0x0034, .none, .sha256, false), (0x008C, .psk, .sha256, false), (0x00AC, .rsa, .sha256, true),
            (0x1302, .certificateOrPSK, .sha384, true), (0x1306, .certificateOrPSK, .sha512, true),
            (0xC01E, .rsa, .sha256, false), (0xC01D, .password, .sha256, false), (0x0081, .gost, .gost, false),
            (0x0023, .kerberos, .sha256, false), (0xE053, .sm2, .sm3, true), (0xC02D, .ecdsa, .sha256, true),
        ] as [(UInt16, CipherSuiteProperties.Authentication, CipherSuiteProperties.Hash, Bool)])
    func authenticationAndHashFollowFromTheName(
        _ raw: UInt16, _ authentication: CipherSuiteProperties.Authentication, _ hash: CipherSuiteProperties.Hash,
        _ isAEAD: Bool
    ) throws {
        let properties = try #require(CipherSuite(rawValue: raw).properties)
        #expect(properties.authentication == authentication)
        #expect(properties.hash == hash)
        #expect(properties.isAEAD == isAEAD)
    }

    @Test func shortTagsAreKnown() {
        let short = CipherSuiteNames.all.filter { CipherSuite(rawValue: $0.0).properties?.hasShortTag == true }
        #expect(short.allSatisfy { $0.1.contains("_CCM_8") })
        #expect(short.count == CipherSuiteNames.all.count { $0.1.contains("_CCM_8") })
        #expect(!short.isEmpty)
    }
}

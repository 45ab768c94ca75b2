/// What a guideline says of a cipher suite, worst first.
public enum CipherSuiteLevel: Int, Comparable, Sendable, CaseIterable {
    /// It must not be used.
    case insufficient
    /// It should be replaced.
    case phaseOut
    case sufficient
    case good

    /// The word in reports.
    public var name: String {
        switch self {
        case .insufficient: "insufficient"
        case .phaseOut: "phase-out"
        case .sufficient: "sufficient"
        case .good: "good"
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension CipherSuiteProperties {
    /// By RFC 9325 §4.1 to §4.3: `good` is what it recommends, `phaseOut` what should not be negotiated,
    /// `insufficient` what must not be; `sufficient` all that it does not speak against.
    ///
    /// Anonymous suites lack the authentication that all of it presupposes (§5.1), and count as insufficient. RFC 10015
    /// has since forbidden static RSA and finite fields in TLS 1.2. Which versions of TLS a suite is used in is judged
    /// elsewhere.
    public var levelRFC9325: CipherSuiteLevel {
        if isNull || isAnonymous || isExport || keyBits < 112 || encryption == .rc4 { return .insufficient }
        if keyExchange == .tls13 { return isRecommendedCipher || encryption == .chacha20 ? .good : .sufficient }
        if encryption == .tripleDES { return .phaseOut }
        switch keyExchange {
        case .ecdhe: return hasCertificate && isRecommendedCipher ? .good : .sufficient
        // Finite fields (TLS_DHE_*, with or without a certificate), and whatever has no forward secrecy.
        case .dhe, .dhePsk: return .phaseOut
        default: return isForwardSecret == true ? .sufficient : .phaseOut
        }
    }

    /// By the Dutch NCSC's guidelines for TLS 2025-05, appendix B: what is not listed there is `insufficient`.
    public var levelNCSC: CipherSuiteLevel {
        if isExport || hasShortTag { return .insufficient }
        switch keyExchange {
        case .tls13: return levelTLS13
        case .ecdhe where hasCertificate: return levelEphemeral
        // Finite fields are on their way out, RSA the one signature listed with them.
        case .dhe where authentication == .rsa: return min(levelEphemeral, .phaseOut)
        default: return .insufficient
        }
    }

    private var levelTLS13: CipherSuiteLevel {
        switch (encryption, mode) {
        case (.aes, .gcm) where keyBits == 256, (.chacha20, .poly1305): .good
        case (.aes, .gcm), (.aes, .ccm): .sufficient
        default: .insufficient
        }
    }

    /// Of the encryption alone.
    private var levelEphemeral: CipherSuiteLevel {
        switch (encryption, mode) {
        case (.aes, .gcm), (.aes, .ccm), (.chacha20, .poly1305): .sufficient
        case (.aes, .cbc), (.camellia, .gcm), (.camellia, .cbc), (.aria, .gcm), (.aria, .cbc):
            mac == .sha1 ? .insufficient : .phaseOut
        default: .insufficient
        }
    }

    private var hasCertificate: Bool { authentication == .rsa || authentication == .ecdsa }

    private var isRecommendedCipher: Bool { encryption == .aes && mode == .gcm }
}

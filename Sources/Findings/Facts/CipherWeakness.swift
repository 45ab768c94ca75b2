import Sessions
import Wire

/// What is wrong with a cipher suite, worst first.
enum CipherWeakness: Sendable, Equatable {
    /// Nothing is encrypted (also where only integrity is protected).
    case null
    case export, des, rc2, rc4
    case tripleDES
    case cbcWithSHA1

    /// It takes a published attack to read it; where nothing is encrypted, it takes none.
    var isBreakable: Bool {
        switch self {
        case .export, .des, .rc2, .rc4: true
        case .null, .tripleDES, .cbcWithSHA1: false
        }
    }

    var text: String {
        switch self {
        case .null: "it encrypts nothing"
        case .export: "export keys of 40 or 56 bits can be tried out"
        case .des: "DES keys of 56 bits can be tried out"
        case .rc2: "RC2 is broken"
        case .rc4: "RC4 gives away what is sent again and again"
        case .tripleDES: "triple DES is on its way out"
        case .cbcWithSHA1: "CBC with SHA-1 is outdated"
        }
    }
}

extension CipherSuite {
    /// `nil` where nothing is known to be wrong with it.
    var weakness: CipherWeakness? { properties?.weakness }
}

extension CipherSuiteProperties {
    /// As that of the suite.
    var weakness: CipherWeakness? {
        if isNull { return .null }
        if isExport { return .export }
        switch encryption {
        case .des: return .des
        case .rc2: return .rc2
        case .rc4: return .rc4
        case .tripleDES: return .tripleDES
        default: return mode == .cbc && mac == .sha1 ? .cbcWithSHA1 : nil
        }
    }
}

extension TLSFacts {
    /// A Diffie-Hellman prime that a state can break (Logjam).
    var hasSmallPrime: Bool { serverKeyExchange?.value.dhPrimeBits.map { $0 > 0 && $0 <= 1024 } ?? false }
}

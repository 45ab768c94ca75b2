/// What became of the octets that a peer sent as its certificate.
public enum CertificateReading: Equatable, Sendable {
    case facts(CertificateFacts)
    /// Not to be understood; the digest still tells one from another.
    case unreadable(WireError, sha256: String)

    /// Certificates of a chain that are read; what was sent behind them is not.
    public static let maximumChain = 16

    public var facts: CertificateFacts? {
        if case .facts(let facts) = self { facts } else { nil }
    }

    /// Lower-case hexadecimal SHA-256 of the octets.
    public var sha256: String {
        switch self {
        case .facts(let facts): facts.sha256
        case .unreadable(_, let digest): digest
        }
    }
}

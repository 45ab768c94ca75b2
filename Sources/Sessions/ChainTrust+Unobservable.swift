import Wire

extension ChainTrust {
    /// Why it is not known; `nil` where it is.
    public var reason: Unobservable? {
        switch self {
        case .trusted, .untrusted: nil
        case .notChecked: .noAuthorities
        case .undecided(.unreadable): .unreadableCertificate
        case .undecided(.unsupportedAlgorithm): .unsupportedAlgorithm
        case .undecided(.unsupportedExtension): .unsupportedExtension
        case .undecided(.unsupportedName): .unsupportedName
        case .undecided(.tooLong): .budget
        }
    }
}

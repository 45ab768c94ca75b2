/// What came of following a server's certificates to an authority (RFC 5280 §6.1).
public enum ChainTrust: Hashable, Sendable {
    /// Nobody asked for it, or there are no authorities to follow them to.
    case notChecked
    /// They lead to an authority that is trusted, and everything on the way allows it. The leaf's own dates and names
    /// are not part of it.
    case trusted
    case untrusted(ChainFlaw)
    /// It cannot be told here.
    case undecided(ChainDoubt)
}

/// What keeps a chain from being trusted.
public enum ChainFlaw: String, Hashable, Sendable, CaseIterable {
    /// The leaf's issuer was not sent, and is no trusted authority.
    case incomplete
    /// They lead to a certificate that no trusted authority has signed.
    case unknownAuthority
    /// The issuer that one names was sent, or is trusted, and its key did not sign it.
    case notSignedByIssuer
    /// On the way to a trusted authority a certificate had expired, the leaf apart.
    case issuerExpired
    /// On the way to a trusted authority a certificate was not valid yet, the leaf apart.
    case issuerNotYetValid
    /// Extended key usage leaves out servers (RFC 5280 §4.2.1.12).
    case notForServers
    /// An authority may not vouch for the names in the leaf (RFC 5280 §4.2.1.10).
    case nameConstraints
    /// One that signed another is no authority (RFC 5280 §4.2.1.9 and §4.2.1.3), or stands too far from the leaf.
    case notAnAuthority
}

/// Why a chain could not be judged.
public enum ChainDoubt: String, Hashable, Sendable, CaseIterable {
    /// A certificate could not be read.
    case unreadable
    /// A key or a signature is of a kind that is not verified here.
    case unsupportedAlgorithm
    /// An extension that is critical, or a constraint, is of a kind that is not understood here.
    case unsupportedExtension
    /// Names that are equal to a reader (RFC 5280 §7.1), and differ in kinds of strings, letter case or spaces.
    case unsupportedName
    /// More certificates were sent than are kept.
    case tooLong
}

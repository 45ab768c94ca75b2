/// What a user wants to be told of, where that is a matter of degree.
public struct RuleSettings: Sendable, Hashable {
    /// Seconds before its end from which on a certificate is said to expire soon.
    public var expiringWithin: Int64
    /// Whose authorities the server's certificates were followed to.
    public var authorities = Authorities.machine

    public enum Authorities: Sendable {
        /// Those that the machine trusts: what the clients trust is not known.
        case machine
        /// Those that the user has named.
        case named
    }

    /// Renewal is due a month before the end in most set-ups: after nine days without, somebody should look.
    public static let standardDays = 21

    public init(expiringDays: Int = standardDays) {
        expiringWithin = Int64(min(max(0, expiringDays), 1_000_000)) * 86_400
    }
}

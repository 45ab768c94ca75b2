import Wire

/// How bad it is (EVE severity 4, 3, 2, 1, 1).
public enum Severity: Int, Comparable, Sendable, CaseIterable {
    case info, low, medium, high, critical

    public var name: String {
        switch self {
        case .info: "info"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }

    public init?(named name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
        self = match
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How sure a finding is: never more than its octets prove.
public enum Certainty: String, Comparable, Sendable, CaseIterable {
    case possible, likely, certain

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    /// From 0 to 2, the surer the more.
    var rank: Int {
        switch self {
        case .possible: 0
        case .likely: 1
        case .certain: 2
        }
    }
}

/// The catalogue's groups.
public enum RuleGroup: String, Sendable, CaseIterable {
    case plaintext = "Plaintext"
    case downgrade = "Downgrade and tampering"
    case tls = "TLS"
    case certificate = "Certificates"
    case policy = "Policy"
}

/// What a rule is, apart from its judgement: printed by `earshot explain`.
///
/// A class, so that a finding refers to it and copies none of its texts.
public final class RuleCard: Sendable {
    /// Permanent name, as in the catalogue.
    public let id: String
    /// Permanent and unique number: EVE's `alert.signature_id`.
    public let signatureID: Int
    public let group: RuleGroup
    /// One line: what the rule says when it fires.
    public let title: String
    /// The severity that the rule gives in the ordinary case; a finding may carry another.
    public let severity: Severity
    /// The highest certainty that the rule ever claims.
    public let certainty: Certainty
    /// For example `RFC 3207 §4`.
    public let citations: [String]
    /// What was seen, and why it matters: plain sentences.
    public let explanation: String
    /// What else would explain the same octets, and where the rule stays silent.
    public let alternatives: String
    /// What to do, in one line; warns where a step would push opportunistic senders back to plaintext.
    public let remediation: String
    /// The steps to it one by one: whose job each is, and what to paste.
    public let remedies: [Remedy]
    /// RFC 8460 §4.3 result type, where one fits.
    public let tlsrptResultType: String?
    /// Name of the capture that shows it.
    public let example: String

    public init(
        id: String, signatureID: Int, group: RuleGroup, title: String, severity: Severity, certainty: Certainty,
        citations: [String], explanation: String, alternatives: String, remediation: String,
        remedies: [Remedy] = [], tlsrptResultType: String? = nil, example: String
    ) {
        self.id = id
        self.signatureID = signatureID
        self.group = group
        self.title = title
        self.severity = severity
        self.certainty = certainty
        self.citations = citations
        self.explanation = explanation
        self.alternatives = alternatives
        self.remediation = remediation
        self.remedies = remedies
        self.tlsrptResultType = tlsrptResultType
        self.example = example
    }
}

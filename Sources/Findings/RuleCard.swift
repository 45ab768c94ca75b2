import Wire

/// How bad it is (EVE severity 4, 3, 2, 1, 1).
package enum Severity: Int, Comparable, Sendable, CaseIterable {
    case info, low, medium, high, critical

    package var name: String {
        switch self {
        case .info: "info"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }

    package init?(named name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
        self = match
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How sure a finding is: never more than its octets prove.
package enum Certainty: String, Comparable, Sendable, CaseIterable {
    case possible, likely, certain

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

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
package enum RuleGroup: String, Sendable, CaseIterable {
    case plaintext = "Plaintext"
    case downgrade = "Downgrade and tampering"
    case tls = "TLS"
    case certificate = "Certificates"
    case policy = "Policy"
}

/// What a rule is, apart from its judgement: printed by `earshot explain`.
///
/// A class, so that a finding refers to it and copies none of its texts.
package final class RuleCard: Sendable {
    /// Permanent name, as in the catalogue.
    package let id: String
    /// Permanent and unique number: EVE's `alert.signature_id`.
    package let signatureID: Int
    package let group: RuleGroup
    /// One line: what the rule says when it fires.
    package let title: String
    /// The severity that the rule gives in the ordinary case; a finding may carry another.
    package let severity: Severity
    /// The highest certainty that the rule ever claims.
    package let certainty: Certainty
    /// For example `RFC 3207 §4`.
    package let citations: [String]
    /// What was seen, and why it matters: plain sentences.
    package let explanation: String
    /// What else would explain the same octets, and where the rule stays silent.
    package let alternatives: String
    /// What to do, in one line; warns where a step would push opportunistic senders back to plaintext.
    package let remediation: String
    /// The steps to it one by one: whose job each is, and what to paste.
    package let remedies: [Remedy]
    /// RFC 8460 §4.3 result type, where one fits.
    package let tlsrptResultType: String?
    /// Name of the capture that shows it.
    package let example: String

    package init(
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

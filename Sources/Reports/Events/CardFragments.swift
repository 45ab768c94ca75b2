import Findings

/// What alerts of a rule with the same severity and certainty have in common, as JSON: written once.
final class CardFragments: Sendable {
    private let card: RuleCard
    private let severity: Severity
    private let certainty: Certainty
    /// The rule's id.
    let id: [UInt8]
    /// The members of `alert`.
    let signature: [UInt8]
    /// The members of `mail_tls` that say how it is judged.
    let judgement: [UInt8]
    /// The members `alternatives` and `remediation`, where a finding has the card's.
    let advice: [UInt8]

    init(_ card: RuleCard, _ severity: Severity, _ certainty: Certainty, _ privacy: Privacy) {
        self.card = card
        self.severity = severity
        self.certainty = certainty
        id = JSONWriter.fragment { $0.value(card.id) }
        signature = JSONWriter.fragment { Self.signature(card, severity, certainty, into: &$0) }
        judgement = JSONWriter.fragment { json in
            json.member("rule", card.id)
            json.member("severity", severity.name)
            json.member("certainty", certainty.rawValue)
        }
        advice = JSONWriter.fragment { json in
            json.member("alternatives", privacy.text(card.alternatives))
            json.member("remediation", privacy.text(card.remediation))
        }
    }

    /// EVE's `alert`, so that a SIEM that knows Suricata shows the finding as it shows others.
    private static func signature(
        _ card: RuleCard, _ severity: Severity, _ certainty: Certainty, into json: inout JSONWriter
    ) {
        json.member("gid", 1)
        json.member("signature_id", card.signatureID)
        json.member("rev", 1)
        json.member("signature", card.title)
        json.member("category", card.group.rawValue)
        json.member("severity", severity.eve)
        json.object("metadata") { json in
            json.member("rule", [card.id])
            json.member("severity", [severity.name])
            json.member("certainty", [certainty.rawValue])
            json.member("reference", card.citations)
        }
    }

    func fits(_ card: RuleCard, _ severity: Severity, _ certainty: Certainty) -> Bool {
        self.card === card && self.severity.rawValue == severity.rawValue && self.certainty == certainty
    }
}

extension Severity {
    /// EVE counts from 1, the worst.
    var eve: Int {
        switch self {
        case .critical, .high: 1
        case .medium: 2
        case .low: 3
        case .info: 4
        }
    }
}

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

    init(_ finding: Finding, _ privacy: Privacy) {
        let card = finding.card
        self.card = card
        severity = finding.severity
        certainty = finding.certainty
        id = JSONWriter.fragment { $0.value(card.id) }
        signature = JSONWriter.fragment { Self.signature(finding, into: &$0) }
        judgement = JSONWriter.fragment { json in
            json.member("rule", card.id)
            json.member("severity", finding.severity.name)
            json.member("certainty", finding.certainty.rawValue)
        }
        advice = JSONWriter.fragment { json in
            json.member("alternatives", privacy.text(card.alternatives))
            json.member("remediation", privacy.text(card.remediation))
        }
    }

    /// EVE's `alert`, so that a SIEM that knows Suricata shows the finding as it shows others.
    private static func signature(_ finding: Finding, into json: inout JSONWriter) {
        json.member("gid", 1)
        json.member("signature_id", finding.card.signatureID)
        json.member("rev", 1)
        json.member("signature", finding.card.title)
        json.member("category", finding.card.group.rawValue)
        json.member("severity", finding.severity.eve)
        json.object("metadata") { json in
            json.member("rule", [finding.card.id])
            json.member("severity", [finding.severity.name])
            json.member("certainty", [finding.certainty.rawValue])
            json.member("reference", finding.card.citations)
        }
    }

    func fits(_ finding: Finding) -> Bool {
        card === finding.card && severity.rawValue == finding.severity.rawValue && certainty == finding.certainty
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

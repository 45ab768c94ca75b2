import Findings

/// What every alert of a rule repeats of its card, as JSON: written once.
struct CardFragments: Sendable {
    private let signatureID: Int
    /// The members of `alert` before its severity.
    let signature: [UInt8]
    /// The member `reference`.
    let references: [UInt8]
    /// The members `alternatives` and `remediation`, where a finding has the card's.
    let advice: [UInt8]

    init(_ card: RuleCard, _ privacy: Privacy) {
        signatureID = card.signatureID
        signature = JSONWriter.fragment { json in
            json.member("gid", 1)
            json.member("signature_id", card.signatureID)
            json.member("rev", 1)
            json.member("signature", card.title)
            json.member("category", card.group.rawValue)
        }
        references = JSONWriter.fragment { $0.member("reference", card.citations) }
        advice = JSONWriter.fragment { json in
            json.member("alternatives", privacy.text(card.alternatives))
            json.member("remediation", privacy.text(card.remediation))
        }
    }

    static func of(_ card: RuleCard, in known: [Self], _ privacy: Privacy) -> Self {
        known.first { $0.signatureID == card.signatureID } ?? Self(card, privacy)
    }
}

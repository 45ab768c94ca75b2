import Findings
import Support
import Testing
import Trust
import Wire

@testable import Pipeline

/// A trap of the catalogue: a capture on which a rule speaks, and one that differs in as little as can be, on which it must
/// stay silent or say less.
struct Trap: CustomTestStringConvertible, Sendable {
    let rule: String
    /// What else would explain the octets.
    let name: String
    /// What the rule may say of the trap at most.
    let allowed: Allowed
    let firing: [Segment]
    let trap: [Segment]
    /// The authorities that the certificates of the firing capture are held against; `nil` for none.
    let trust: TrustStore?
    let bystanders: Bystanders

    /// The authorities for the trap's certificates.
    enum Bystanders: Sendable {
        case same, nobody
        case only(TrustStore)
    }

    enum Allowed: Sendable, CustomStringConvertible {
        case nothing
        /// Another certainty than in the firing capture, and no higher one than this.
        case atMost(Certainty)
        /// A severity no higher than this, and lower than in the firing capture.
        case severity(Severity)

        var description: String {
            switch self {
            case .nothing: "silent"
            case .atMost(let certainty): "at most \(certainty.rawValue)"
            case .severity(let severity): "at most \(severity.name)"
            }
        }
    }

    var testDescription: String { "\(rule): \(name)" }

    init(
        _ rule: String, _ name: String, _ allowed: Allowed = .nothing, fires firing: [Segment], trap: [Segment],
        trusting trust: TrustStore? = nil, _ bystanders: Bystanders = .same
    ) {
        self.rule = rule
        self.name = name
        self.allowed = allowed
        self.firing = firing
        self.trap = trap
        self.trust = trust
        self.bystanders = bystanders
    }

    /// What the rule says of the firing capture: the worst, where it speaks more than once.
    var spoken: Finding? { finding(in: firing, trusting: trust) }

    /// What it says of the trap.
    var heard: Finding? {
        switch bystanders {
        case .same: finding(in: trap, trusting: trust)
        case .nobody: finding(in: trap, trusting: nil)
        case .only(let store): finding(in: trap, trusting: store)
        }
    }

    private func finding(in segments: [Segment], trusting store: TrustStore?) -> Finding? {
        var sessions = Observer.observe(segments).sessions
        var chains = ChainJudge(store)
        for index in sessions.indices { chains.review(&sessions[index]) }
        var settings = RuleSettings()
        settings.authorities = .named
        return Observer.findings(sessions, settings: settings).filter { $0.card.id == rule }
            .max { ($0.severity, $0.certainty) < ($1.severity, $1.certainty) }
    }
}

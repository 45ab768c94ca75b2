import Findings
import Support
import Testing
import Wire

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
        _ rule: String, _ name: String, _ allowed: Allowed = .nothing, fires firing: [Segment], trap: [Segment]
    ) {
        self.rule = rule
        self.name = name
        self.allowed = allowed
        self.firing = firing
        self.trap = trap
    }

    /// What the rule says of a capture: the worst, where it speaks more than once.
    func finding(in segments: [Segment]) -> Finding? {
        Observer.findings(Observer.observe(segments).sessions)
            .filter { $0.card.id == rule }
            .max { $0.severity < $1.severity }
    }
}

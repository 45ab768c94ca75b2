import Findings
import Sessions
import Wire

/// A finding as the text report shows it: once in full, however often it was made.
struct FindingGroup: Sendable {
    let leading: Finding
    let count: Int
    /// The leading frames of the other examples.
    let alsoIn: [FrameNumber]
    /// Wireshark's display filter for the leading one.
    let filter: String?

    /// The same rule, severity and certainty in several sessions of a hop.
    init(_ group: Hop.GroupedFinding) {
        leading = group.leading
        count = group.count
        alsoIn = group.examples.dropFirst().compactMap { $0.finding.evidence.first?.frame }
        filter = group.examples.first.map { WiresharkFilter.connection($0.session.client, $0.session.server) }
    }

    /// A finding that needed several sessions: on a hop, or on the capture.
    init(_ finding: Finding, on hop: HopKey? = nil) {
        leading = finding
        count = 1
        alsoIn = []
        filter = hop.map { WiresharkFilter.hop($0) }
    }

    /// ` x3`, or nothing for one.
    var times: String { count > 1 ? " x\(Quantity.grouped(count))" : "" }

    /// What its rule only ever remarks on: nothing is wrong, and many sessions show it.
    var isRemark: Bool { leading.severity == .info && leading.card.severity == .info }

    static func isWorse(_ left: Self, than right: Self) -> Bool {
        let (left, right) = (left.leading, right.leading)
        if left.severity != right.severity { return left.severity > right.severity }
        if left.certainty != right.certainty { return left.certainty > right.certainty }
        return left.card.id < right.card.id
    }
}

/// A hop with all its findings, worst first.
struct HopEntry: Sendable {
    let hop: Hop
    let findings: [FindingGroup]

    /// - Parameter concluded: findings that needed several sessions of the hop.
    init(_ hop: Hop, concluded: [Finding]) {
        self.hop = hop
        let groups = hop.findings.map { FindingGroup($0) } + concluded.map { FindingGroup($0, on: hop.key) }
        findings = groups.sorted(by: FindingGroup.isWorse)
    }

    /// Nothing here asks for action.
    var isQuiet: Bool {
        switch hop.verdict {
        case .sealed, .idle, .local: findings.allSatisfy { $0.leading.severity == .info }
        default: false
        }
    }

    /// By verdict, then by the worst finding, then by size; the key settles the rest.
    static func isWorse(_ left: Self, than right: Self) -> Bool {
        if left.hop.verdict != right.hop.verdict { return left.hop.verdict < right.hop.verdict }
        if left.worst != right.worst { return left.worst > right.worst }
        if left.hop.sessions != right.hop.sessions { return left.hop.sessions > right.hop.sessions }
        return left.hop.key < right.hop.key
    }

    private var worst: Int { findings.first?.leading.severity.rawValue ?? -1 }
}

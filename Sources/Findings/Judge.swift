import Sessions
import Wire

/// Asks every rule: about each session, and about hops and the whole when the capture ends.
package struct Judge: Sendable {
    /// What the sessions judged so far have shown of the capture.
    package private(set) var observations = CaptureObservations()
    private let sessionRules: [any SessionRule.Type]
    private let hopRules: [any HopRule.Type]
    private let captureRules: [any CaptureRule.Type]
    private let suppressions: [Suppression]

    package init(rules: [any Rule.Type] = RuleBook.rules, suppressions: [Suppression] = []) {
        self.suppressions = suppressions
        let questions = rules.flatMap { $0.questions }
        sessionRules = questions.compactMap { if case .session(let rule) = $0 { rule } else { nil } }
        hopRules = questions.compactMap { if case .hop(let rule) = $0 { rule } else { nil } }
        captureRules = questions.compactMap { if case .capture(let rule) = $0 { rule } else { nil } }
    }

    /// Takes in a finished session, and judges it by itself and by what the capture has shown until now.
    package mutating func judge(_ session: MailSession) -> JudgedSession {
        observations.observe(session)
        return judge(session, observations)
    }

    /// Takes in what was noted of a session that others judge.
    package mutating func observe(_ note: CaptureObservations.Note) { observations.observe(note) }

    /// Judges a finished session that `observations` have taken in before.
    package func judge(_ session: MailSession, _ observations: CaptureObservations) -> JudgedSession {
        let left = Unsuppressed(
            findings(session, observations), suppressions,
            Suppression.Pair(client: session.client.address, server: session.server), at: session.transport.start)
        return JudgedSession(
            session: session, exposure: ExposureJudge.judge(session, observations),
            findings: left.findings, suppressed: left.suppressed)
    }

    /// Whether any rule asks about hops, so that they must be collected whatever is reported.
    package var asksAboutHops: Bool { !hopRules.isEmpty }

    /// What only shows when the capture has ended.
    package struct Conclusion: Sendable {
        /// Worst first.
        package let findings: [Finding]
        /// For each finding that the user does not want to hear, the entry that says so.
        package let suppressed: [Int]
    }

    /// Findings over a hop; `end` is the capture's.
    package func conclude(_ hop: Hop, at end: Timestamp) -> Conclusion {
        conclusion(
            hopRules.compactMap { Self.finding($0.card, $0.judge(hop, observations)) },
            Suppression.Pair(client: hop.key.client, server: hop.key.server), end)
    }

    /// Findings over the capture itself.
    package func conclude(at end: Timestamp) -> Conclusion {
        conclusion(captureRules.compactMap { Self.finding($0.card, $0.judge(observations)) }, nil, end)
    }

    private func conclusion(_ findings: [Finding], _ hop: Suppression.Pair?, _ end: Timestamp) -> Conclusion {
        let left = Unsuppressed(Self.worstFirst(findings), suppressions, hop, at: end)
        return Conclusion(findings: left.findings, suppressed: left.suppressed)
    }

    /// What can be told of a session that goes on, and will not be taken back.
    package func judgeOpen(_ session: MailSession) -> JudgedSession {
        guard !session.dependsOnObservations else {
            return JudgedSession(session: session, exposure: .undecided, findings: [])
        }
        // A handshake that fails in the end protects nothing and exposes nothing.
        let isEncrypted = session.tls?.completed == true
        let rules = sessionRules.filter { $0.isFinalEarly && (isEncrypted || !$0.needs.contains(.tls)) }
        let left = Unsuppressed(
            findings(session, CaptureObservations(), of: rules), suppressions,
            Suppression.Pair(client: session.client.address, server: session.server), at: session.transport.start)
        return JudgedSession(session: session, exposure: .undecided, findings: left.findings)
    }

    private func findings(_ session: MailSession, _ observations: CaptureObservations) -> [Finding] {
        findings(session, observations, of: sessionRules)
    }

    /// What is no mail is not judged.
    private func findings(
        _ session: MailSession, _ observations: CaptureObservations, of rules: [any SessionRule.Type]
    ) -> [Finding] {
        guard session.application != .notMail else { return [] }
        let traits = SessionTraits(session)
        return Self.worstFirst(
            rules.compactMap { rule in
                guard traits.isSuperset(of: rule.needs), case .finding(let draft) = rule.judge(session, observations)
                else { return nil }
                let told = session.isLocal ? draft.withinOneHost(rule.card) : draft
                return Finding(
                    rule.card, session.transport.ambiguousSegments > 0 ? told.readFromFragments(rule.card) : told,
                    on: session.role)
            })
    }

    private static func finding(_ card: RuleCard, _ judgement: Judgement) -> Finding? {
        guard case .finding(let draft) = judgement else { return nil }
        return Finding(card, draft)
    }

    /// Equal ones keep the order of the rule book.
    private static func worstFirst(_ findings: [Finding]) -> [Finding] {
        // Most sessions have one at most.
        guard findings.count > 1 else { return findings }
        return findings.enumerated()
            .sorted { left, right in
                let (first, second) = (left.element, right.element)
                if first.severity != second.severity { return first.severity > second.severity }
                if first.certainty != second.certainty { return first.certainty > second.certainty }
                return left.offset < right.offset
            }
            .map(\.element)
    }
}

extension Finding.Draft {
    /// Traffic within one host is no network hop: what was seen is told, and accuses nobody.
    fileprivate func withinOneHost(_ card: RuleCard) -> Self {
        var local = self
        let others = alternatives ?? card.alternatives
        local.severity = .info
        local.alternatives = ["Both ends are on one host: the octets crossed no network.", others]
            .filter { !$0.isEmpty }.joined(separator: " ")
        return local
    }

    /// Hosts differ in which octets of overlapping fragments they read, so nothing about them is certain.
    fileprivate func readFromFragments(_ card: RuleCard) -> Self {
        var doubtful = self
        let others = alternatives ?? card.alternatives
        if (certainty ?? card.certainty) == .certain { doubtful.certainty = .likely }
        doubtful.alternatives = [
            others, "Fragments of this session overlapped with different octets: its ends may have read other ones.",
        ].filter { !$0.isEmpty }.joined(separator: " ")
        return doubtful
    }
}

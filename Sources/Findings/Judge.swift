import Sessions
import Wire

/// Asks every rule about every session, and about the whole when the capture ends.
package struct Judge: Sendable {
    package private(set) var observations = CaptureObservations()
    private let sessionRules: [any SessionRule.Type]
    private let hopRules: [any HopRule.Type]
    private let captureRules: [any CaptureRule.Type]

    package init(rules: [any Rule.Type] = RuleBook.rules) {
        sessionRules = rules.compactMap { $0 as? any SessionRule.Type }
        hopRules = rules.compactMap { $0 as? any HopRule.Type }
        captureRules = rules.compactMap { $0 as? any CaptureRule.Type }
    }

    /// Judges a finished session by itself and by what the capture has shown until now.
    package mutating func judge(_ session: MailSession) -> JudgedSession {
        observations.observe(session)
        let findings = session.application == .notMail ? [] : findings(session)
        return JudgedSession(
            session: session, exposure: ExposureJudge.judge(session, observations), findings: findings)
    }

    /// What only shows when the capture has ended: findings over a hop.
    package func conclude(_ hop: Hop) -> [Finding] {
        Self.worstFirst(hopRules.compactMap { Self.finding($0, $0.judge(hop, observations)) })
    }

    /// What only shows when the capture has ended: findings over the capture itself.
    package func conclude() -> [Finding] {
        Self.worstFirst(captureRules.compactMap { Self.finding($0, $0.judge(observations)) })
    }

    private func findings(_ session: MailSession) -> [Finding] {
        Self.worstFirst(
            sessionRules.compactMap { rule in
                guard case .finding(let draft) = rule.judge(session, observations) else { return nil }
                return Finding(rule.card, session.isLocal ? draft.withinOneHost(rule.card) : draft)
            })
    }

    private static func finding(_ rule: any Rule.Type, _ judgement: Judgement) -> Finding? {
        guard case .finding(let draft) = judgement else { return nil }
        return Finding(rule.card, draft)
    }

    /// Equal ones keep the order of the rule book (the sort is stable).
    private static func worstFirst(_ findings: [Finding]) -> [Finding] {
        findings.sorted { ($0.severity, $0.certainty) > ($1.severity, $1.certainty) }
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
}

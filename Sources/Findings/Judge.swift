import Sessions
import Wire

/// Asks every rule: about each session, and about hops and the whole when the capture ends.
public struct Judge: Sendable {
    /// What the sessions judged so far have shown of the capture.
    public private(set) var observations: CaptureObservations
    private let sessionRules: [any SessionRule.Type]
    private let hopRules: [any HopRule.Type]
    private let captureRules: [any CaptureRule.Type]
    private let suppressions: [Suppression]

    public init(
        rules: [any Rule.Type] = RuleBook.rules, suppressions: [Suppression] = [],
        settings: RuleSettings = RuleSettings()
    ) {
        self.suppressions = suppressions
        observations = CaptureObservations(settings: settings)
        let questions = rules.flatMap { $0.questions }
        sessionRules = questions.compactMap { if case .session(let rule) = $0 { rule } else { nil } }
        hopRules = questions.compactMap { if case .hop(let rule) = $0 { rule } else { nil } }
        captureRules = questions.compactMap { if case .capture(let rule) = $0 { rule } else { nil } }
    }

    /// Takes in a finished session, and judges it by itself and by what the capture has shown until now.
    public mutating func judge(_ session: MailSession) -> JudgedSession {
        observations.observe(session)
        return judge(session, observations)
    }

    /// Takes in what was noted of a session that others judge.
    public mutating func observe(_ note: CaptureObservations.Note) { observations.observe(note) }

    /// Judges a finished session that `observations` have taken in before.
    public func judge(_ session: MailSession, _ observations: CaptureObservations) -> JudgedSession {
        let left = Unsuppressed(
            findings(session, observations), suppressions,
            Suppression.Pair(client: session.client.address, server: session.server), at: session.transport.start)
        return JudgedSession(
            session: session, exposure: ExposureJudge.judge(session, observations),
            findings: left.findings, suppressed: left.suppressed)
    }

    /// Whether any rule asks about hops, so that they must be collected whatever is reported.
    public var asksAboutHops: Bool { !hopRules.isEmpty }

    /// What only shows when the capture has ended.
    public struct Conclusion: Sendable {
        /// Worst first.
        public let findings: [Finding]
        /// For each finding that the user does not want to hear, the entry that says so.
        public let suppressed: [Int]
    }

    /// Findings over a hop; `end` is the capture's.
    public func conclude(_ hop: Hop, at end: Timestamp) -> Conclusion {
        conclusion(
            hopRules.compactMap { Self.finding($0.card, $0.judge(hop, observations)) },
            Suppression.Pair(client: hop.key.client, server: hop.key.server), end)
    }

    /// Findings over the capture itself.
    public func conclude(at end: Timestamp) -> Conclusion {
        conclusion(captureRules.compactMap { Self.finding($0.card, $0.judge(observations)) }, nil, end)
    }

    private func conclusion(_ findings: [Finding], _ hop: Suppression.Pair?, _ end: Timestamp) -> Conclusion {
        let left = Unsuppressed(Self.worstFirst(findings), suppressions, hop, at: end)
        return Conclusion(findings: left.findings, suppressed: left.suppressed)
    }

    /// What can be told of a session that goes on, and will not be taken back.
    public func judgeOpen(_ session: MailSession) -> JudgedSession {
        guard !session.dependsOnObservations else {
            return JudgedSession(session: session, exposure: .undecided, findings: [])
        }
        // A handshake that fails in the end protects nothing and exposes nothing.
        let isEncrypted = session.tls?.completed == true
        let rules = sessionRules.filter { $0.isFinalEarly && (isEncrypted || !$0.needs.contains(.tls)) }
        let left = Unsuppressed(
            findings(
                session, CaptureObservations(settings: observations.settings, sessionGoesOn: true), of: rules),
            suppressions,
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
                return Finding(rule.card, draft.told(of: session, rule.card), on: session.role)
            })
    }

    private static func finding(_ card: RuleCard, _ judgement: Judgement) -> Finding? {
        guard case .finding(let draft) = judgement else { return nil }
        return Finding(card, draft)
    }

    /// Equal ones keep the order of the rule book.
    private static func worstFirst(_ findings: [Finding]) -> [Finding] {
        guard findings.count > 1 else { return findings }
        // Their places are sorted: each move of a finding would count its references.
        var places = findings.indices.map { findings[$0].badness << 32 | $0 }
        var isSorted = true
        for index in places.indices.dropFirst() where places[index] < places[index - 1] { isSorted = false }
        if isSorted { return findings }
        places.sort()
        return places.map { findings[$0 & 0xFFFF_FFFF] }
    }
}

extension Finding {
    /// Smaller for what is worse, and among those for what is surer.
    fileprivate var badness: Int { (Severity.critical.rawValue - severity.rawValue) << 2 | (2 - certainty.rank) }
}

extension Finding.Draft {
    /// The draft with what the session as a whole says about it.
    fileprivate func told(of session: MailSession, _ card: RuleCard) -> Self {
        var told = self
        if session.isLocal { told = told.withinOneHost(card) }
        if let frame = session.transport.ambiguousSince { told = told.readFromFragments(since: frame, card) }
        if session.mayBeDecrypted, card.group == .plaintext { told = told.seenBehindInspection(card) }
        if let bare = session.smtp?.unusual?.bareLineFeed { told = told.readBehind(bare, card) }
        return told
    }

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
    fileprivate func readFromFragments(since frame: FrameNumber, _ card: RuleCard) -> Self {
        // What was seen before them is as certain as ever.
        guard evidence.contains(where: { $0.frame >= frame }) || evidence.isEmpty else { return self }
        return doubted(
            card, "Fragments of this session overlapped with different octets: its ends may have read other ones.")
    }

    /// Servers differ in whether a line feed alone ends a line, so from there on the dialogue may have been another.
    fileprivate func readBehind(_ bare: Excerpt, _ card: RuleCard) -> Self {
        guard let place = evidence.first, place.frame >= bare.frame else { return self }
        if place.side == bare.side, let offset = place.offset, offset < bare.offset { return self }
        return doubted(
            card,
            "A line of the client ended in LF without CR: the server may have read another dialogue from there on.")
    }

    /// A copy that was decrypted for the tap looks like SMTP in clear on a port where there is nothing but TLS.
    fileprivate func seenBehindInspection(_ card: RuleCard) -> Self {
        let isNamed = (alternatives ?? card.alternatives).contains("decrypted TLS")
        return doubted(
            card,
            isNamed
                ? ""
                : "On this port a tap that is handed decrypted TLS shows the same: nothing was in clear on the wire.")
    }

    private func doubted(_ card: RuleCard, _ why: String) -> Self {
        var doubtful = self
        if (certainty ?? card.certainty) == .certain { doubtful.certainty = .likely }
        doubtful.alternatives = [alternatives ?? card.alternatives, why].filter { !$0.isEmpty }.joined(separator: " ")
        return doubtful
    }
}

import Sessions
import Wire

/// Asks every rule: about each session, and about hops and the whole when the capture ends.
public struct Judge: Sendable {
    /// What the sessions judged so far have shown of the capture.
    public private(set) var observations: CaptureObservations
    private let sessionRules: [Question]
    /// Those that are asked of sessions that go on, too.
    private let earlyRules: [Question]
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
        sessionRules = questions.compactMap { if case .session(let rule) = $0 { Question(rule) } else { nil } }
        earlyRules = sessionRules.filter { $0.rule.isFinalEarly }
        hopRules = questions.compactMap { if case .hop(let rule) = $0 { rule } else { nil } }
        captureRules = questions.compactMap { if case .capture(let rule) = $0 { rule } else { nil } }
    }

    /// A rule, and what every session is held against before it is asked.
    private struct Question: Sendable {
        let rule: any SessionRule.Type
        let card: RuleCard
        let needs: SessionTraits
        let weighsConflicts: Bool

        init(_ rule: any SessionRule.Type) {
            self.rule = rule
            card = rule.card
            needs = rule.needs
            weighsConflicts = rule.weighsConflicts
        }
    }

    /// Takes in a finished session, and judges it by itself and by what the capture has shown until now.
    public mutating func judge(_ session: MailSession) -> JudgedSession {
        observations.observe(session)
        return judge(session, observations)
    }

    /// Takes in what was noted of a session that others judge.
    public mutating func observe(_ note: CaptureObservations.Note) { observations.observe(note) }

    /// Judges a finished session that `observations` have taken in before.
    public func judge(_ session: consuming MailSession, _ observations: CaptureObservations) -> JudgedSession {
        var judged = JudgedSession(unjudged: session)
        judge(&judged, observations)
        return judged
    }

    /// The same where the session lies.
    public func judge(_ judged: inout JudgedSession, _ observations: CaptureObservations) {
        let traits = SessionTraits(&judged.session)
        judged.mattersToHop = traits.contains(.retryAttempt)
        judged.exposure = ExposureJudge.judge(&judged.session, observations, traits)
        let left = unsuppressed(findings(judged.session, observations, of: sessionRules, traits), judged.session)
        judged.findings = left.findings
        judged.suppressed = left.suppressed
    }

    private func unsuppressed(_ findings: [Finding], _ session: borrowing MailSession) -> Unsuppressed {
        Unsuppressed(
            findings, suppressions, Suppression.Pair(client: session.client.address, server: session.server),
            at: session.transport.start)
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
        var sorted: [Finding] = []
        for finding in findings { Self.insert(finding, into: &sorted) }
        let left = Unsuppressed(sorted, suppressions, hop, at: end)
        return Conclusion(findings: left.findings, suppressed: left.suppressed)
    }

    /// What can be told of a session that goes on, and will not be taken back.
    public func judgeOpen(_ session: MailSession) -> JudgedSession {
        // What reads like a command may turn out to be one, or to be content.
        guard !session.dependsOnObservations, session.smtp?.unusual?.doubtfulCommand == nil else {
            return JudgedSession(session: session, exposure: .undecided, findings: [])
        }
        // A handshake that fails in the end protects nothing and exposes nothing.
        let isEncrypted = session.tls?.completed == true
        let found = findings(
            session, CaptureObservations(settings: observations.settings, sessionGoesOn: true),
            of: isEncrypted ? earlyRules : earlyRules.filter { !$0.needs.contains(.tls) }, SessionTraits(of: session))
        // Whether wrong checksums mean anything shows when the session is over.
        let sure = found.filter { finding in
            !session.transport.mayBeDamaged(finding.evidence) && session.transport.doubt(finding.evidence) == nil
        }
        return JudgedSession(session: session, exposure: .undecided, findings: unsuppressed(sure, session).findings)
    }

    /// What is no mail is not judged.
    private func findings(
        _ session: MailSession, _ observations: CaptureObservations, of questions: [Question], _ traits: SessionTraits
    ) -> [Finding] {
        guard !session.application.isForeign else { return [] }
        var findings: [Finding] = []
        for place in questions.indices where traits.isSuperset(of: questions[place].needs) {
            guard case .finding(let draft) = questions[place].rule.judge(session, observations) else { continue }
            let card = questions[place].card
            if findings.isEmpty { findings.reserveCapacity(Self.usualFindings) }
            Self.insert(
                Finding(
                    card,
                    session.isDoubtful(traits)
                        ? draft.told(of: session, card, weighsConflicts: questions[place].weighsConflicts) : draft,
                    on: session.role),
                into: &findings)
        }
        return findings
    }

    private static let usualFindings = 4

    private static func finding(_ card: RuleCard, _ judgement: Judgement) -> Finding? {
        guard case .finding(let draft) = judgement else { return nil }
        return Finding(card, draft)
    }

    /// Worst first; equal ones keep the order of the rule book. Where most of them belong is the end.
    private static func insert(_ finding: consuming Finding, into findings: inout [Finding]) {
        let badness = badness(finding)
        var place = findings.count
        while place > 0, badness < self.badness(findings.span[place - 1]) { place -= 1 }
        if place == findings.count { findings.append(finding) } else { findings.insert(finding, at: place) }
    }

    /// Smaller for what is worse, and among those for what is surer.
    private static func badness(_ finding: borrowing Finding) -> Int {
        (Severity.critical.rawValue - finding.severity.rawValue) << 2 | (2 - finding.certainty.rank)
    }
}

extension MailSession {
    /// The session as a whole may say something about what was found in it (`Finding.Draft.told`).
    fileprivate func isDoubtful(_ traits: SessionTraits) -> Bool {
        isLocal || transport.ambiguousSince != nil || transport.isDamaged || traits.contains(.contested)
            || traits.contains(.unusual) || mayBeDecrypted(traits)
    }
}

extension Finding.Draft {
    /// The draft with what the session as a whole says about it.
    fileprivate func told(of session: MailSession, _ card: RuleCard, weighsConflicts: Bool) -> Self {
        var told = self
        if session.isLocal { told = told.withinOneHost(card) }
        if let frame = session.transport.ambiguousSince { told = told.readFromFragments(since: frame, card) }
        if session.transport.isDamaged {
            let isHandshakeDamaged = card.id == TLSHandshakeFailed.card.id && session.isHandshakeDamaged
            told = told.readDamaged(session.transport, card, isHandshakeDamaged)
        }
        if !weighsConflicts, session.transport.isContested {
            if let doubt = session.transport.doubt(evidence) {
                told = told.contested(card, doubt)
            } else if card.restsOnHandshake, session.isHandshakeContested {
                told = told.contested(card, .contradicted)
            }
        }
        if session.mayBeDecrypted, card.group == .plaintext { told = told.seenBehindInspection(card) }
        if let unusual = session.smtp?.unusual {
            if let bare = unusual.bareLineFeed { told = told.readBehind(bare, card, Self.bareLineFeed) }
            if let bare = unusual.bareCarriageReturn { told = told.readBehind(bare, card, Self.bareCarriageReturn) }
            let isOfDialogue = card.group == .plaintext || card.group == .downgrade
            if isOfDialogue, let command = unusual.doubtfulCommand,
                told.isRead(behind: command, before: unusual.doubtEnd)
            {
                told = told.doubted(card, Self.doubtfulCommand)
                told.certainty = .possible
            }
        }
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

    /// A receiver drops a segment whose checksum is wrong, and may have been sent other octets in its place.
    fileprivate func readDamaged(
        _ transport: TransportFacts, _ card: RuleCard, _ isHandshakeDamaged: Bool
    ) -> Self {
        guard transport.mayBeDamaged(evidence) || isHandshakeDamaged else { return self }
        var doubtful = doubted(
            card,
            "A segment before it, or its own, has a wrong checksum, where others of its sender are right: its receiver may "
                + "have dropped it, and read something else in its place.")
        doubtful.certainty = .possible
        return doubtful
    }

    /// Anybody who sees the connection can send such octets; which of them its ends read cannot be told.
    fileprivate func contested(_ card: RuleCard, _ doubt: StreamDoubt) -> Self {
        let why =
            switch doubt {
            case .contradicted: Self.contradicted
            case .behindEnd: Self.behindEnd
            case .unanswered: Self.unanswered
            case .unheard: Self.unheard
            }
        var contested = doubted(card, why)
        contested.certainty = .possible
        return contested
    }

    private static let contradicted =
        "Other octets were sent for the same place of the stream: the receiver may have read those."
    private static let behindEnd =
        "Its sender had closed or reset the connection before it, and nobody acknowledged it: another may have sent it."
    private static let unanswered =
        "It came with a SYN that nobody answered, and that anybody can send in another's name."
    private static let unheard =
        "It stands behind octets that the capture lacks, and its receiver acknowledged neither: another may have sent it."
    private static let bareLineFeed =
        "A line of the client ended in LF without CR: the server may have read another dialogue from there on."
    private static let bareCarriageReturn =
        "A line of the client has a CR inside: the server may have read another dialogue from there on."
    private static let doubtfulCommand =
        "No reply shows that the client's line is a command: it may be a part of a message."

    /// Servers differ in what ends a line, so from there on the dialogue may have been another.
    fileprivate func readBehind(_ bare: Excerpt, _ card: RuleCard, _ why: String) -> Self {
        isRead(behind: bare) ? doubted(card, why) : self
    }

    /// Whether the worst of the evidence stands there or later.
    private func isRead(behind place: Excerpt, before end: Int64? = nil) -> Bool {
        guard let worst = evidence.first, worst.frame >= place.frame else { return false }
        // Of what rests on both sides, what the same side said tells.
        let own = worst.side == place.side ? worst : end == nil ? nil : evidence.first { $0.side == place.side }
        guard let offset = own?.offset else { return end == nil }
        return offset >= place.offset && offset < end ?? .max
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

extension RuleCard {
    /// What it tells of is what the handshake shows.
    fileprivate var restsOnHandshake: Bool {
        group == .tls || group == .certificate || id == TLSHandshakeFailed.card.id
    }
}

import Sessions
import Wire

/// A rule of the catalogue: one file, one card, one line in `RuleBook`.
public protocol Rule: Sendable {
    static var card: RuleCard { get }
    /// What it judges: a rule of one kind need not say so. Asked, since casting to a protocol is dear.
    static var questions: [RuleQuestion] { get }
}

/// A rule by what it judges.
public enum RuleQuestion: Sendable {
    case session(any SessionRule.Type)
    case hop(any HopRule.Type)
    case capture(any CaptureRule.Type)
}

/// A rule that one session suffices for.
public protocol SessionRule: Rule {
    /// What a session must have shown for a finding to be possible: without all of it the rule is not asked.
    static var needs: SessionTraits { get }

    /// What it finds in a session that goes on (`CaptureObservations.sessionGoesOn`) stands, whatever comes after: it may be
    /// told at once.
    static var isFinalEarly: Bool { get }

    /// Octets that contradict its evidence are a part of what it says.
    static var weighsConflicts: Bool { get }

    /// Judges a finished session. `observations` is what the capture had shown until then.
    static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement
}

extension SessionRule {
    public static var needs: SessionTraits { [] }
    public static var isFinalEarly: Bool { false }
    public static var weighsConflicts: Bool { false }
    public static var questions: [RuleQuestion] { [.session(Self.self)] }
}

/// A rule over everything that one client and one server did in the capture; asked when the capture ends.
public protocol HopRule: Rule {
    static func judge(_ hop: Hop, _ observations: CaptureObservations) -> Judgement
}

extension HopRule {
    public static var questions: [RuleQuestion] { [.hop(Self.self)] }
}

/// A rule over the capture as a whole; asked when the capture ends.
public protocol CaptureRule: Rule {
    static func judge(_ observations: CaptureObservations) -> Judgement
}

extension CaptureRule {
    public static var questions: [RuleQuestion] { [.capture(Self.self)] }
}

/// A rule's answer. "Not observed" is a result of its own, never a pass.
public enum Judgement: Sendable {
    /// The rule's question does not arise.
    case notApplicable
    /// The question arises, the capture cannot answer it.
    case notObserved(Unobservable)
    case pass
    case finding(Finding.Draft)
}

/// A rule's judgement on facts.
public struct Finding: Sendable {
    public let card: RuleCard
    public let severity: Severity
    public let certainty: Certainty
    private let draft: Draft
    /// What the server's port is for; `nil` where it is about more than one session.
    private let role: PortRole?

    /// What happened, in one plain sentence.
    public var sentence: String { draft.sentence }
    /// What proves it; the leading one is the frame to open. Empty only for findings over a whole capture.
    public var evidence: [Evidence] { draft.evidence }
    /// What else would explain it in this very case; empty where nothing would.
    public var alternatives: String { draft.alternatives ?? card.alternatives }
    /// What to do in this very case, in one line.
    public var remediation: String { draft.remediation ?? card.remediation }
    /// The steps to it that fit the case, one by one.
    public var remedies: [Remedy] { Remedy.fitting(draft.remedies ?? card.remedies, role) }
    /// RFC 8460 §4.3 result type, where one fits.
    public var tlsrptResultType: String? {
        switch draft.tlsrptResultType {
        case .ofCard: card.tlsrptResultType
        case .none: nil
        case .named(let type): type
        }
    }

    /// What a rule says; the card fills in the rest.
    public struct Draft: Sendable {
        public var sentence: String
        public var evidence: [Evidence]
        public var severity: Severity?
        public var certainty: Certainty?
        public var alternatives: String?
        public var remediation: String?
        /// Steps in place of the card's.
        public var remedies: [Remedy]?
        public var tlsrptResultType: ResultType

        public init(
            _ sentence: String, _ evidence: [Evidence], severity: Severity? = nil, certainty: Certainty? = nil,
            alternatives: String? = nil, remediation: String? = nil, remedies: [Remedy]? = nil,
            tlsrptResultType: ResultType = .ofCard
        ) {
            self.sentence = sentence
            self.evidence = evidence
            self.severity = severity
            self.certainty = certainty
            self.alternatives = alternatives
            self.remediation = remediation
            self.remedies = remedies
            self.tlsrptResultType = tlsrptResultType
        }
    }

    /// RFC 8460 §4.3 result type of a draft.
    public enum ResultType: Sendable, Equatable {
        case ofCard
        /// What happened in this very case is no failure that a report would count.
        case none
        case named(String)
    }

    /// Memory that its own text takes, roughly, in octets.
    var cost: Int {
        evidence.reduce(sentence.utf8.count) { $0 + 96 + ($1.octets?.full.utf8.count ?? 0) * 2 + $1.text.utf8.count }
    }

    /// `role` is what the server's port is for; `nil` where a finding is about more than one session.
    public init(_ card: RuleCard, _ draft: Draft, on role: PortRole? = nil) {
        self.card = card
        severity = draft.severity ?? card.severity
        certainty = draft.certainty ?? card.certainty
        self.draft = draft
        self.role = role
    }
}

/// A frame that proves something, the octets there where they can be quoted, and what they show.
public struct Evidence: Sendable {
    public let frame: FrameNumber
    public let side: Side?
    /// Offset in that side's stream, where known.
    public let offset: Int64?
    public let octets: QuotedText?
    /// What the octets show, in a few words.
    public let text: String

    public init(_ excerpt: Excerpt, _ text: String) {
        frame = excerpt.frame
        side = excerpt.side
        offset = excerpt.offset
        octets = excerpt.octets
        self.text = text
    }

    public init(
        frame: FrameNumber, side: Side? = nil, offset: Int64? = nil, octets: QuotedText? = nil, _ text: String
    ) {
        self.frame = frame
        self.side = side
        self.offset = offset
        self.octets = octets
        self.text = text
    }
}

/// What the capture as a whole has shown so far; grows while streaming, in constant memory.
public struct CaptureObservations: Sendable {
    /// Sessions in which TLS records followed the 220 to STARTTLS.
    public private(set) var startTLSThenTLS = 0
    /// Sessions in which the SMTP dialogue went on in clear after the 220 to STARTTLS, answered by the server.
    public private(set) var startTLSThenAnsweredPlaintext = 0
    /// The opening one of those.
    public private(set) var firstAnsweredPlaintext: Excerpt?
    /// What the user wants to be told of.
    public let settings: RuleSettings
    /// The session that is asked about goes on: what it has not shown yet may still come, so that nothing follows from it.
    public let sessionGoesOn: Bool

    public init(settings: RuleSettings = RuleSettings(), sessionGoesOn: Bool = false) {
        self.settings = settings
        self.sessionGoesOn = sessionGoesOn
    }

    /// A tap behind TLS inspection shows every STARTTLS session in clear, and none with TLS records.
    public var looksLikeDecryptedMirror: Bool {
        startTLSThenTLS == 0 && startTLSThenAnsweredPlaintext > 0
    }

    /// Takes in a finished session, before the rules judge it.
    public mutating func observe(_ session: MailSession) { observe(Note(session)) }

    /// Takes in what was noted of a finished session.
    public mutating func observe(_ note: Note) {
        switch note {
        case .nothing: break
        case .startTLSThenTLS: startTLSThenTLS += 1
        case .startTLSThenAnsweredPlaintext(let excerpt):
            startTLSThenAnsweredPlaintext += 1
            if firstAnsweredPlaintext == nil { firstAnsweredPlaintext = excerpt }
        }
    }

    /// What matters of a session for others.
    public enum Note: Sendable {
        case nothing, startTLSThenTLS
        case startTLSThenAnsweredPlaintext(Excerpt)

        public init(_ session: borrowing MailSession) {
            switch session.startTLS.afterReady {
            case .tls: self = .startTLSThenTLS
            case .plaintext(let excerpt, answered: true): self = .startTLSThenAnsweredPlaintext(excerpt)
            default: self = .nothing
            }
        }
    }
}

extension MailSession {
    /// What the capture shows besides could change the judgement: it must be judged when all before it were observed.
    public var dependsOnObservations: Bool {
        if case .plaintext(_, answered: true) = startTLS.afterReady { true } else { false }
    }
}

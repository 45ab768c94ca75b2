import Wire

/// The SMTP dialogue of a session as far as it crossed in clear (RFC 5321).
public struct SMTPFacts: Sendable, Equatable {
    /// The server's opening reply; its text without the code.
    public var greeting: Observed<SMTPReply>?
    /// The argument of the latest EHLO, HELO or LHLO.
    public var clientName: Observed<QuotedText>?
    /// Whether the client said EHLO or LHLO (`true`) or just HELO (`false`).
    public var isESMTP: Bool?
    /// The latest complete reply to EHLO that crossed in clear.
    public var ehlo: EHLOReply?
    /// Replies to EHLO that were refused (5xx).
    public var ehloRefused: Observed<SMTPReply>?
    public var authentications: [Authentication] = []
    /// Details of the first `maximumTransactions`; the counts below count all.
    public var transactions: [MailTransaction] = []
    public var mailCommands = 0
    public var rcptCommands = 0
    public var dataCommands = 0
    public var bdatCommands = 0
    public var startTLSCommands = 0
    /// The first MAIL command.
    public var firstMail: Excerpt?
    /// The first AUTH command.
    public var firstAuth: Excerpt?
    /// The first octets of the first message content (after 354, or of a BDAT chunk). The content itself is not kept.
    public var firstContent: Excerpt?
    /// Octets of message content that crossed in clear.
    public var contentOctets: UInt64 = 0
    /// Messages that the server took over (250 after content).
    public var messagesAccepted = 0
    public var quit: FrameNumber?
    /// Lines that are neither a known command nor a reply; their octets are not kept.
    public var unrecognizedLines = 0
    /// Lines that ended in LF without CR: two readers may see two different dialogues (SMTP smuggling).
    public var bareLineFeeds = 0
    /// The first content went by while the reply to DATA was not seen: what it was is inferred.
    public var contentInferred = false
    private var apart = Apart<UnusualFacts>()
    /// What few dialogues show; `nil` where nothing of it was seen.
    public var unusual: UnusualFacts? {
        get { apart.value }
        set { apart.value = newValue }
    }
    /// Asked of every session.
    public var hasUnusual: Bool { apart.isHeld }

    public static let maximumTransactions = 32
    public static let maximumRecipients = 100
    public static let maximumAuthentications = 32

    public init() {}
}

/// A complete reply (RFC 5321 §4.2): its code, and what is safe to quote of it.
public struct SMTPReply: Hashable, Sendable {
    public let code: ReplyCode
    /// Text of the closing line (of a greeting: the opening one) without the code; empty where quoting it could show a secret.
    public let text: QuotedText
    /// Octets of the closing line from the start of the server's stream.
    public let offset: Int64

    public init(code: ReplyCode, text: QuotedText, offset: Int64) {
        self.code = code
        self.text = text
        self.offset = offset
    }
}

/// A complete reply to EHLO (RFC 5321 §4.1.1.1) before TLS.
public struct EHLOReply: Sendable, Equatable {
    /// The frame that holds the closing line.
    public let frame: FrameNumber
    /// The keyword lines with their parameters, in order, each with its frame.
    public let keywords: [Excerpt]
    /// More keywords came than are kept (`budget`), or a line that cannot be read, or that stands where it does not belong: why what
    /// is not there may be in it all the same.
    public let cut: Unobservable?

    /// The leading words of `keywords` in capital letters.
    public var words: [String] { keywords.map(\.octets.keyword) }
    /// The line that offers STARTTLS (RFC 3207 §2), in any letter case.
    public let startTLS: Excerpt?
    public var offersStartTLS: Bool { if case .some = startTLS { true } else { false } }
    /// The lines that offer AUTH (RFC 4954 §3), or Exchange's word for it.
    public let authentication: [Excerpt]
    /// The line that looks most like a STARTTLS that was overwritten or misspelt, where none offers it.
    private let lookalike: Lookalike?

    private struct Lookalike: Sendable, Equatable {
        let place: UInt8
        let likeness: StartTLSLikeness
    }

    /// The same, and how much it does.
    public var startTLSLookalike: (line: Excerpt, likeness: StartTLSLikeness)? {
        lookalike.map { (keywords[Int($0.place)], $0.likeness) }
    }

    public init(frame: FrameNumber, keywords: [Excerpt], cut: Unobservable?) {
        self.frame = frame
        self.keywords = keywords
        self.cut = cut
        var startTLS: Int?
        var authentication: [Excerpt] = []
        for place in keywords.indices {
            let word = keywords[place].octets.keyword
            // Most words differ in their length.
            switch word.utf8.count {
            case 4 where word == "AUTH", 6 where word == "X-EXPS": authentication.append(keywords[place])
            case 8 where startTLS == nil && word == "STARTTLS": startTLS = place
            default: break
            }
        }
        self.startTLS = startTLS.map { keywords[$0] }
        self.authentication = authentication
        lookalike = startTLS == nil ? Self.lookalike(in: keywords) : nil
    }

    private static func lookalike(in keywords: [Excerpt]) -> Lookalike? {
        var best: Lookalike?
        for place in keywords.indices {
            guard keywords[place].octets.keyword.utf8.count == StartTLSLikeness.word.count,
                let likeness = StartTLSLikeness(keywords[place].octets.keyword.utf8Span.span), likeness > .length,
                best.map({ $0.likeness < likeness }) ?? true
            else { continue }
            best = Lookalike(place: UInt8(clamping: place), likeness: likeness)
        }
        return best
    }

    /// Whether a line begins with the word, which is in capital letters.
    public func offers(_ word: String) -> Bool {
        keywords.contains { $0.octets.keyword.utf8.count == word.utf8.count && $0.octets.keyword == word }
    }

    public static let maximumKeywords = 64
    /// Kept however many keywords stand before them: STARTTLS, and Exchange's word for it.
    static let offersOfTLS: Set = ["STARTTLS", "X-ANONYMOUSTLS"]
}

/// One AUTH exchange in clear (RFC 4954). The secret itself is never kept, nor its length.
public struct Authentication: Sendable, Equatable {
    public var mechanism: SASLMechanism
    /// The AUTH command, its secret left out.
    public var command: Excerpt
    /// The octets' place where a response of the client was seen first, the octets left out.
    public var response: Excerpt?
    public var hasInitialResponse: Bool
    /// Lines that the client sent after the command.
    public var clientLines = 0
    /// The server had refused the command, and they are what the client had sent without waiting for that.
    public var isInferred = false
    public var outcome: Outcome = .unanswered
    public var reply: Observed<ReplyCode>?

    public enum Outcome: String, Sendable {
        /// 235.
        case accepted
        /// 4xx or 5xx.
        case refused
        /// The client sent `*`.
        case cancelled
        case unanswered
    }

    public init(mechanism: SASLMechanism, command: Excerpt, hasInitialResponse: Bool) {
        self.mechanism = mechanism
        self.command = command
        self.hasInitialResponse = hasInitialResponse
    }
}

/// One mail transaction (RFC 5321 §3.3) in clear.
public struct MailTransaction: Sendable, Equatable {
    public var mail: Excerpt
    public var sender: QuotedText
    public var mailReply: Observed<ReplyCode>?
    /// At most `SMTPFacts.maximumRecipients`.
    public var recipients: [QuotedText] = []
    public var rcptCommands = 0
    public var rcptAccepted = 0
    /// Where its content began, if it did.
    public var content: FrameNumber?
    public var contentOctets: UInt64 = 0
    /// The reply to the end of the content.
    public var contentReply: Observed<ReplyCode>?

    public init(mail: Excerpt, sender: QuotedText) {
        self.mail = mail
        self.sender = sender
    }
}

/// The STARTTLS exchange (RFC 3207).
public struct StartTLSFacts: Sendable, Equatable {
    /// Whether a complete EHLO reply in clear offered it; the frame of the offering line, or of the
    /// first reply's closing line where none did.
    public var offered: Observed<Bool>?
    /// The MAIL or AUTH command, or the content, that the client sent first in clear once it was told what is offered.
    public var unusedBy: Excerpt?
    /// The first STARTTLS command.
    public var request: Excerpt?
    /// The word that the first request had.
    public var verb = SMTPVerb.startTLS
    /// How often the client asked.
    public var requests = 0
    /// The final line of the reply to the latest request that was answered.
    public var reply: Observed<SMTPReply>?
    /// Octets that followed the STARTTLS command before the server had answered it, and are no TLS record.
    public var pipelined: Excerpt?
    /// What the client sent next after the 220.
    public var afterReady: AfterReady = .nothing
    /// What the client did after a refusal.
    public var afterRefusal: AfterRefusal = .nothing
    /// Both sides began TLS (a ClientHello and a ServerHello, or records mid-stream).
    public var completed = false

    public enum AfterReady: Sendable, Equatable {
        /// Nothing more, or the connection ended.
        case nothing
        /// Octets are missing just there.
        case notObservable
        /// A TLS record or an SSLv2-compatible hello.
        case tls(FrameNumber)
        /// QUIT in clear: a probe.
        case quit(FrameNumber)
        /// Octets that are no TLS record; `answered` says that the server went on in SMTP.
        case plaintext(Excerpt, answered: Bool)
    }

    public enum AfterRefusal: String, Sendable {
        /// Nothing more was seen, or the connection ended.
        case nothing
        case quit
        /// STARTTLS again.
        case retried
        /// MAIL or AUTH in clear.
        case continuedInClear
    }

    public init() {}
}

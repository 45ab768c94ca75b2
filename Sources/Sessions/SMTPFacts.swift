import Wire

/// The SMTP dialogue of a session as far as it crossed in clear (RFC 5321).
package struct SMTPFacts: Sendable {
    /// The server's opening reply; its text without the code.
    package var greeting: Observed<SMTPReply>?
    /// The argument of the latest EHLO, HELO or LHLO.
    package var clientName: Observed<QuotedText>?
    /// Whether the client said EHLO or LHLO (`true`) or just HELO (`false`).
    package var isESMTP: Bool?
    /// The latest complete reply to EHLO that crossed in clear.
    package var ehlo: EHLOReply?
    /// Replies to EHLO that were refused (5xx).
    package var ehloRefused: Observed<SMTPReply>?
    package var authentications: [Authentication] = []
    /// Details of the first `maximumTransactions`; the counts below count all.
    package var transactions: [MailTransaction] = []
    package var mailCommands = 0
    package var rcptCommands = 0
    package var dataCommands = 0
    package var bdatCommands = 0
    package var startTLSCommands = 0
    /// The first MAIL command.
    package var firstMail: Excerpt?
    /// The first AUTH command.
    package var firstAuth: Excerpt?
    /// The first octets of the first message content (after 354, or of a BDAT chunk). The content itself is not kept.
    package var firstContent: Excerpt?
    /// Octets of message content that crossed in clear.
    package var contentOctets: UInt64 = 0
    /// Messages that the server took over (250 after content).
    package var messagesAccepted = 0
    package var quit: FrameNumber?
    /// Lines that are neither a known command nor a reply; their octets are not kept.
    package var unrecognizedLines = 0
    /// Lines that ended in LF without CR: two readers may see two different dialogues (SMTP smuggling).
    package var bareLineFeeds = 0
    /// The first content went by while the reply to DATA was not seen: what it was is inferred.
    package var contentInferred = false
    private var apart = Apart<UnusualFacts>()
    /// What few dialogues show; `nil` where nothing of it was seen.
    package var unusual: UnusualFacts? {
        get { apart.value }
        set { apart.value = newValue }
    }

    package static let maximumTransactions = 32
    package static let maximumRecipients = 100
    package static let maximumAuthentications = 32

    package init() {}
}

/// A complete reply (RFC 5321 §4.2): its code, and what is safe to quote of it.
package struct SMTPReply: Hashable, Sendable {
    package let code: ReplyCode
    /// Text of the closing line (of a greeting: the opening one) without the code; empty where quoting it could show a secret.
    package let text: QuotedText
    /// Octets of the closing line from the start of the server's stream.
    package let offset: Int64

    package init(code: ReplyCode, text: QuotedText, offset: Int64) {
        self.code = code
        self.text = text
        self.offset = offset
    }
}

/// A complete reply to EHLO (RFC 5321 §4.1.1.1) before TLS.
package struct EHLOReply: Sendable {
    /// The frame that holds the closing line.
    package let frame: FrameNumber
    /// The keyword lines with their parameters, in order, each with its frame.
    package let keywords: [Excerpt]
    /// More keywords came than are kept.
    package let isCut: Bool

    /// The leading words of `keywords` in capital letters.
    package var words: [String] { keywords.map(\.octets.keyword) }
    /// The line that offers STARTTLS (RFC 3207 §2), in any letter case.
    package let startTLS: Excerpt?

    package init(frame: FrameNumber, keywords: [Excerpt], isCut: Bool) {
        self.frame = frame
        self.keywords = keywords
        self.isCut = isCut
        startTLS = keywords.first { $0.octets.keyword == "STARTTLS" }
    }

    package static let maximumKeywords = 64
}

/// One AUTH exchange in clear (RFC 4954). The secret itself is never kept, nor its length.
package struct Authentication: Sendable {
    package var mechanism: SASLMechanism
    /// The AUTH command, its secret left out.
    package var command: Excerpt
    /// The octets' place where a response of the client was seen first, the octets left out.
    package var response: Excerpt?
    package var hasInitialResponse: Bool
    /// Lines that the client sent after the command.
    package var clientLines = 0
    package var outcome: Outcome = .unanswered
    package var reply: Observed<ReplyCode>?

    package enum Outcome: String, Sendable {
        /// 235.
        case accepted
        /// 4xx or 5xx.
        case refused
        /// The client sent `*`.
        case cancelled
        case unanswered
    }

    package init(mechanism: SASLMechanism, command: Excerpt, hasInitialResponse: Bool) {
        self.mechanism = mechanism
        self.command = command
        self.hasInitialResponse = hasInitialResponse
    }
}

/// One mail transaction (RFC 5321 §3.3) in clear.
package struct MailTransaction: Sendable {
    package var mail: Excerpt
    package var sender: QuotedText
    package var mailReply: Observed<ReplyCode>?
    /// At most `SMTPFacts.maximumRecipients`.
    package var recipients: [QuotedText] = []
    package var rcptCommands = 0
    package var rcptAccepted = 0
    /// Where its content began, if it did.
    package var content: FrameNumber?
    package var contentOctets: UInt64 = 0
    /// The reply to the end of the content.
    package var contentReply: Observed<ReplyCode>?

    package init(mail: Excerpt, sender: QuotedText) {
        self.mail = mail
        self.sender = sender
    }
}

/// The STARTTLS exchange (RFC 3207).
package struct StartTLSFacts: Sendable {
    /// Whether the latest complete EHLO reply in clear offered it; the frame of the offering line, or of the
    /// reply's closing line where it did not.
    package var offered: Observed<Bool>?
    /// The first STARTTLS command.
    package var request: Excerpt?
    /// The word that the first request had.
    package var verb = SMTPVerb.startTLS
    /// How often the client asked.
    package var requests = 0
    /// The final line of the reply to the latest request that was answered.
    package var reply: Observed<SMTPReply>?
    /// Octets that followed the STARTTLS command before the server had answered it, and are no TLS record.
    package var pipelined: Excerpt?
    /// What the client sent next after the 220.
    package var afterReady: AfterReady = .nothing
    /// What the client did after a refusal.
    package var afterRefusal: AfterRefusal = .nothing
    /// Both sides began TLS (a ClientHello and a ServerHello, or records mid-stream).
    package var completed = false

    package enum AfterReady: Sendable {
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

    package enum AfterRefusal: String, Sendable {
        /// Nothing more was seen, or the connection ended.
        case nothing
        case quit
        /// STARTTLS again.
        case retried
        /// MAIL or AUTH in clear.
        case continuedInClear
    }

    package init() {}
}

import Wire

/// What few dialogues show: each the opening time only, so that its memory is bounded.
public struct UnusualFacts: Sendable, Equatable {
    /// A MAIL command with REQUIRETLS (RFC 8689 §2) that crossed in clear.
    public var requireTLS: Excerpt?
    /// RCPT where no MAIL was seen before it.
    public var firstRecipient: Excerpt?
    /// A 530 whose text names STARTTLS.
    public var demandForTLS: Excerpt?
    /// An unknown command of eight letters, right behind EHLO.
    public var unknownCommand: UnknownCommand?
    /// HELO was accepted after EHLO had been refused.
    public var heloAccepted: FrameNumber?
    /// What had been accepted in clear when STARTTLS was.
    public var stateBeforeTLS: StateBeforeTLS?
    /// Octets of the server in clear behind the 220 to STARTTLS.
    public var behindReady: Excerpt?
    /// The alert that ended a handshake before another one began.
    public var earlierFailure: SentAlert?
    /// The client's command in clear behind a handshake that had failed.
    public var returnToClear: Excerpt?
    /// The client's line, or the dot in its content, that ended in LF without CR.
    public var bareLineFeed: Excerpt?
    /// A carriage return inside a line of the client, behind which nothing is read.
    public var bareCarriageReturn: Excerpt?
    /// What was read as a command of the client, and may as well be message content: octets before it are missing.
    public var doubtfulCommand: Excerpt?
    /// From where on in the client's stream commands are known to be such again.
    public var doubtEnd: Int64?
    /// The client's last line never ended and has a carriage return inside, or a command is longer than is read of a line; or client
    /// and server changed their roles.
    public var hidesOctets = false
    public var xClient: XClient?
    /// XFORWARD.
    public var xForward: FrameNumber?
    /// The client spoke LMTP (RFC 2033).
    public var isLMTP = false

    /// A command that no RFC names where STARTTLS belongs.
    public struct UnknownCommand: Sendable, Equatable {
        public let line: Excerpt
        public let likeness: StartTLSLikeness
        public var reply: Observed<ReplyCode>?

        public init(line: Excerpt, likeness: StartTLSLikeness, reply: Observed<ReplyCode>? = nil) {
            self.line = line
            self.likeness = likeness
            self.reply = reply
        }
    }

    /// A command that was accepted in clear before STARTTLS was (RFC 3207 §4.2).
    public struct StateBeforeTLS: Sendable, Equatable {
        public let command: Excerpt
        /// A login, or a transaction that was neither finished nor given up: it would last if the server kept it.
        public let isOpen: Bool

        public init(command: Excerpt, isOpen: Bool) {
            self.command = command
            self.isOpen = isOpen
        }
    }

    /// XCLIENT and what the server said to it; a 220 begins the dialogue anew.
    public struct XClient: Sendable, Equatable {
        public let frame: FrameNumber
        public var reply: ReplyCode?
    }

    public init() {}
}

extension SMTPFacts {
    /// Takes note of something that few dialogues show.
    mutating func note(_ change: (inout UnusualFacts) -> Void) {
        var facts = unusual ?? UnusualFacts()
        change(&facts)
        unusual = facts
    }
}

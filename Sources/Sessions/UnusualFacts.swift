import Wire

/// What few dialogues show: each the opening time only, so that its memory is bounded.
package struct UnusualFacts: Sendable {
    /// A MAIL command with REQUIRETLS (RFC 8689 §2) that crossed in clear.
    package var requireTLS: Excerpt?
    /// RCPT where no MAIL was seen before it.
    package var firstRecipient: Excerpt?
    /// A 530 whose text names STARTTLS.
    package var demandForTLS: Excerpt?
    /// An unknown command of eight letters, right behind EHLO.
    package var unknownCommand: UnknownCommand?
    /// HELO was accepted after EHLO had been refused.
    package var heloAccepted: FrameNumber?
    /// What had been accepted in clear when STARTTLS was.
    package var stateBeforeTLS: StateBeforeTLS?
    /// Octets of the server in clear behind the 220 to STARTTLS.
    package var behindReady: Excerpt?
    /// The alert that ended a handshake before another one began.
    package var earlierFailure: SentAlert?
    /// The client's command in clear behind a handshake that had failed.
    package var returnToClear: Excerpt?
    /// The client's line, or the dot in its content, that ended in LF without CR.
    package var bareLineFeed: Excerpt?
    package var xClient: XClient?
    /// XFORWARD.
    package var xForward: FrameNumber?
    /// The client spoke LMTP (RFC 2033).
    package var isLMTP = false

    /// A command that no RFC names where STARTTLS belongs.
    package struct UnknownCommand: Sendable {
        package let line: Excerpt
        package let likeness: StartTLSLikeness
        package var reply: Observed<ReplyCode>?

        package init(line: Excerpt, likeness: StartTLSLikeness, reply: Observed<ReplyCode>? = nil) {
            self.line = line
            self.likeness = likeness
            self.reply = reply
        }
    }

    /// A command that was accepted in clear before STARTTLS was (RFC 3207 §4.2).
    package struct StateBeforeTLS: Sendable {
        package let command: Excerpt
        /// A login, or a transaction that was neither finished nor given up: it would last if the server kept it.
        package let isOpen: Bool

        package init(command: Excerpt, isOpen: Bool) {
            self.command = command
            self.isOpen = isOpen
        }
    }

    /// XCLIENT and what the server said to it; a 220 begins the dialogue anew.
    package struct XClient: Sendable {
        package let frame: FrameNumber
        package var reply: ReplyCode?
    }

    package init() {}
}

extension SMTPFacts {
    /// Takes note of something that few dialogues show.
    mutating func note(_ change: (inout UnusualFacts) -> Void) {
        var facts = unusual ?? UnusualFacts()
        change(&facts)
        unusual = facts
    }
}

import Wire

/// Commands whose replies have not been seen yet, in the order of sending (RFC 2920: replies come in that order).
struct PendingReplies: Sendable, Equatable {
    /// What a reply will answer. Numbers are indices into the session's facts.
    enum Command: Equatable, Sendable {
        case greeting
        case hello(SMTPVerb)
        case startTLS
        case auth(Int)
        case mail(Int)
        case rcpt(Int)
        case data(Int?)
        /// The end of content, or a BDAT chunk.
        case content(Int?, isLast: Bool)
        case quit
        /// XCLIENT: a 220 greets anew.
        case xClient
        case reset
        /// TURN or ATRN: who was the client is the server from then on.
        case turn
        /// A command that no RFC names, where STARTTLS belongs.
        case unknown
        case other
    }

    struct Entry: Sendable, Equatable {
        let command: Command
        /// How far the client had received the server's stream when it sent the command.
        let sentAt: Int64?
    }

    private(set) var entries: [Entry] = []
    /// Commands that were given up, since more were under way than are kept.
    private(set) var overflowed = false

    /// Real clients pipeline a transaction of some hundred recipients.
    static let maximum = 1024

    /// Octets of memory that they take.
    var cost: Int { entries.count * MemoryLayout<Entry>.stride }
    var isEmpty: Bool { entries.isEmpty }
    var first: Command? { entries.first?.command }

    mutating func append(_ command: Command, sentAt: Int64?) {
        guard entries.count < Self.maximum else {
            entries = []
            overflowed = true
            return
        }
        entries.append(Entry(command: command, sentAt: sentAt))
    }

    /// More than one reply answers a command.
    mutating func putBack(_ command: Command) { entries.insert(Entry(command: command, sentAt: nil), at: 0) }

    func contains(_ matches: (Command) -> Bool) -> Bool { entries.contains { matches($0.command) } }

    /// The command that a reply with `code` answers. `isReliable` says that no octets are missing so far.
    ///
    /// Some codes answer one kind of command only, which puts the pairing right again after a loss.
    mutating func take(for code: ReplyCode, isReliable: Bool) -> Command? {
        if case .greeting = first, code.isPositive, code != .serviceReady { entries.removeFirst() }
        // In the order in which they are frequent.
        switch code {
        case .ok: return takeForOK(isReliable: isReliable)
        case .serviceReady:
            return takeFirst { command in
                switch command {
                case .greeting, .startTLS, .xClient: true
                default: false
                }
            }
        case .closing:
            return takeFirst { if case .quit = $0 { true } else { false } } ?? takeFirst { _ in true }
        case .startMailInput: return takeFirst { if case .data = $0 { true } else { false } }
        case .authContinue, .authenticated: return takeFirst { if case .auth = $0 { true } else { false } }
        default: return takeFirst { _ in true }
        }
    }

    /// Replies up to `offset` of the server's stream are lost: so are the commands that they would have answered.
    mutating func loseReplies(before offset: Int64) {
        entries.removeAll { ($0.sentAt ?? -1) < offset }
    }

    mutating func removeAll() { entries = [] }

    /// No server answers AUTH or STARTTLS with 250, and few DATA: such a reply answers a command behind them, and
    /// theirs was lost. `nil`, and nothing changes, where there is none behind them.
    private mutating func takeForOK(isReliable: Bool) -> Command? {
        takeFirst { command in
            switch command {
            case .auth, .startTLS: false
            case .data: isReliable
            default: true
            }
        }
    }

    /// The first command of a kind; those before it stay unanswered. `nil`, and nothing changes, where there is none.
    private mutating func takeFirst(_ matches: (Command) -> Bool) -> Command? {
        guard let index = entries.firstIndex(where: { matches($0.command) }) else { return nil }
        let command = entries[index].command
        entries.removeFirst(index + 1)
        return command
    }
}

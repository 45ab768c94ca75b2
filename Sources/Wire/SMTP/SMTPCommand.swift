/// A client's command line (RFC 5321 §4.1). Values that could be secrets are not in it.
public struct SMTPCommand: Sendable {
    public let verb: SMTPVerb
    public let argument: Argument
    /// The command as it may be quoted: known verbs and harmless arguments only.
    public private(set) var quoted: QuotedText
    /// MAIL with REQUIRETLS (RFC 8689 §2).
    public private(set) var requiresTLS = false
    /// An unrecognized verb that stands alone and has the length of STARTTLS.
    public private(set) var likeness: StartTLSLikeness?

    public enum Argument: Sendable {
        case none
        /// The client's name (EHLO, HELO, LHLO).
        case name(QuotedText)
        /// MAIL or RCPT: the mailbox between the angle brackets.
        case path(QuotedText)
        /// BDAT: the chunk's size in octets.
        case chunk(size: Int64, isLast: Bool)
        /// AUTH: whether a non-empty initial response followed.
        case sasl(SASLMechanism, hasInitialResponse: Bool)
        /// Something stood where the grammar allows nothing, or it could not be read.
        case unexpected
    }

    /// Reads a line without its CRLF. Every line is a command; one that no RFC names has the verb `.unrecognized`.
    public init(parsing line: Span<UInt8>) {
        var words = WordReader(line)
        let leading = words.next()
        verb = SMTPVerb(leading)
        let rest = words.rest
        switch verb {
        case .ehlo, .helo, .lhlo: (argument, quoted) = Self.hello(verb, rest)
        case .mail, .rcpt: (argument, quoted, requiresTLS) = Self.path(verb, rest)
        case .bdat: (argument, quoted) = Self.chunk(rest)
        case .auth, .xExps: (argument, quoted) = Self.sasl(verb, rest)
        default:
            argument = rest.isEmpty ? .none : .unexpected
            quoted = QuotedText(verb == .unrecognized ? "(unrecognized command, not shown)" : verb.rawValue)
            if verb == .unrecognized, rest.isEmpty { likeness = StartTLSLikeness(leading) }
        }
    }

    /// A name is one word; what stands behind it is nothing that a client says, and not shown.
    private static func hello(_ verb: SMTPVerb, _ rest: Span<UInt8>) -> (Argument, QuotedText) {
        var words = WordReader(rest)
        let name = QuotedText(words.next(), limit: 255)
        let more = words.rest.isEmpty ? "" : " …"
        return (
            .name(name),
            QuotedText(
                full: "\(verb.rawValue) \(name.full)\(more)", masked: "\(verb.rawValue) \(name.masked)\(more)")
        )
    }

    /// Without the name that a client gave itself, where its line may be no command.
    public var withoutName: Self {
        guard case .name = argument else { return self }
        var command = self
        command.quoted = QuotedText("\(verb.rawValue) …")
        return command
    }

    /// `FROM:<path> parameters` or `TO:<path> parameters`; blanks and missing brackets are taken as servers do.
    private static func path(_ verb: SMTPVerb, _ rest: Span<UInt8>) -> (Argument, QuotedText, requiresTLS: Bool) {
        let keyword = verb == .mail ? "FROM:" : "TO:"
        guard verb == .mail ? rest.starts(withASCII: "FROM") : rest.starts(withASCII: "TO"),
            let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon <= keyword.utf8.count + 1
        else { return (.unexpected, QuotedText("\(verb.rawValue) …"), false) }
        let path = trimmed(rest.extracting(droppingFirst: colon + 1))
        let (mailbox, isMasked, parameters) = Self.mailbox(path)
        let full = quote(verb, mailbox.full, parameters.full)
        let masked = quote(verb, mailbox.masked, parameters.masked)
        let quoted =
            isMasked && !parameters.masked.utf8.contains(UInt8(ascii: "@"))
            ? QuotedText(full: full, knownToBeMasked: masked, keyword: verb.rawValue)
            : QuotedText(full: full, masked: masked)
        return (.path(mailbox), quoted, verb == .mail && parameters.requiresTLS)
    }

    /// Piece by piece: an interpolation takes ten times as long.
    private static func quote(_ verb: SMTPVerb, _ mailbox: String, _ parameters: String) -> String {
        var text = ""
        text.reserveCapacity(16 + mailbox.utf8.count + parameters.utf8.count)
        text += verb == .mail ? "MAIL FROM:<" : "RCPT TO:<"
        text += mailbox
        text += ">"
        text += parameters
        return text
    }

    /// The mailbox, whether it is masked for good, and the parameters behind it.
    private static func mailbox(_ path: Span<UInt8>) -> (QuotedText, isMasked: Bool, Parameters) {
        var start = 0
        var end = path.count
        if path.count > 0, path[0] == UInt8(ascii: "<") {
            start = 1
            end = path.firstIndex(of: UInt8(ascii: ">")) ?? path.count
        } else if let blank = path.firstIndex(of: ASCII.space) {
            end = blank
        }
        let name = Escaping.text(path.extracting(min(start, end)..<end), limit: 320)
        let after = path.extracting(droppingFirst: min(path.count, end + 1))
        let masked = AddressMask.maskingMailbox(name)
        // Nearly every mailbox is as simple as that.
        guard AddressMask.isMaskedOnce(name) else {
            return (QuotedText(full: name, masked: masked), false, parameters(after))
        }
        return (QuotedText(full: name, knownToBeMasked: masked), true, parameters(after))
    }

    /// ESMTP parameters as they may be quoted.
    private struct Parameters {
        var full = ""
        var masked = ""
        var requiresTLS = false
    }

    /// Values that name people are masked (ORCPT, ENVID, AUTH), harmless ones stay.
    private static func parameters(_ octets: Span<UInt8>) -> Parameters {
        var words = WordReader(octets)
        var result = Parameters()
        for _ in 0..<16 {
            let word = words.next()
            guard !word.isEmpty else { break }
            if word.count == 10, word.starts(withASCII: "REQUIRETLS") { result.requiresTLS = true }
            let text = Escaping.text(word, limit: 128)
            let equals = text.utf8.firstIndex(of: UInt8(ascii: "="))
            guard isHarmless(text.utf8[..<(equals ?? text.endIndex)]) else {
                // A word alone that is no parameter may be anything.
                result.full += equals == nil ? " •••" : " " + text
                result.masked += equals.map { " " + text[..<$0] + "=•••" } ?? " •••"
                continue
            }
            result.full += " " + text
            result.masked += " " + text
        }
        return result
    }

    /// In any letter case.
    private static func isHarmless(_ keyword: Substring.UTF8View) -> Bool {
        harmless.contains { known in
            known.utf8.count == keyword.count && keyword.elementsEqual(known.utf8) { ASCII.upper($0) == $1 }
        }
    }

    static let harmless: [String] = [
        "SIZE", "BODY", "SMTPUTF8", "REQUIRETLS", "RET", "NOTIFY", "BY", "MT-PRIORITY", "HOLDFOR", "HOLDUNTIL",
    ]

    /// `BDAT size [LAST]` (RFC 3030 §2).
    private static func chunk(_ rest: Span<UInt8>) -> (Argument, QuotedText) {
        var words = WordReader(rest)
        let digits = words.next()
        var size: Int64 = 0
        guard !digits.isEmpty else { return (.unexpected, QuotedText("BDAT")) }
        for index in digits.indices {
            guard let digit = ASCII.digit(digits[index]) else { return (.unexpected, QuotedText("BDAT …")) }
            let (product, overflow) = size.multipliedReportingOverflow(by: 10)
            let (sum, beyond) = product.addingReportingOverflow(Int64(digit))
            guard !overflow, !beyond else { return (.unexpected, QuotedText("BDAT …")) }
            size = sum
        }
        let word = words.next()
        let isLast = word.count == 4 && word.starts(withASCII: "LAST")
        return (.chunk(size: size, isLast: isLast), QuotedText("BDAT \(size)\(isLast ? " LAST" : "")"))
    }

    /// `AUTH mechanism [initial-response]` (RFC 4954 §4). `=` is an empty initial response.
    private static func sasl(_ verb: SMTPVerb, _ rest: Span<UInt8>) -> (Argument, QuotedText) {
        var words = WordReader(rest)
        let mechanism = SASLMechanism(named: Escaping.text(words.next(), limit: 20))
        let response = words.next()
        let isEmpty = response.isEmpty || response.count == 1 && response[0] == UInt8(ascii: "=")
        return (
            .sasl(mechanism, hasInitialResponse: !isEmpty),
            QuotedText("\(verb.rawValue) \(mechanism.name)\(isEmpty ? "" : " •••")")
        )
    }

    @_lifetime(copy octets)
    private static func trimmed(_ octets: Span<UInt8>) -> Span<UInt8> {
        var start = 0
        var end = octets.count
        while start < end, ASCII.isBlank(octets[start]) { start += 1 }
        while end > start, ASCII.isBlank(octets[end - 1]) { end -= 1 }
        return octets.extracting(start..<end)
    }
}

/// Takes words off a line, blanks between them.
private struct WordReader: ~Escapable {
    private(set) var rest: Span<UInt8>

    @_lifetime(copy octets)
    init(_ octets: Span<UInt8>) {
        rest = octets
        skipBlanks()
    }

    /// The next word; empty at the end. MAIL and RCPT may lack the blank behind them, so a colon ends no word.
    @_lifetime(copy self)
    mutating func next() -> Span<UInt8> {
        var end = 0
        while end < rest.count, !ASCII.isBlank(rest[end]) { end += 1 }
        let word = rest.extracting(first: end)
        rest = rest.extracting(droppingFirst: end)
        skipBlanks()
        return word
    }

    private mutating func skipBlanks() {
        var start = 0
        while start < rest.count, ASCII.isBlank(rest[start]) { start += 1 }
        rest = rest.extracting(droppingFirst: start)
    }
}

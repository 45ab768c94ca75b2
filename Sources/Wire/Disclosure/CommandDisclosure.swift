/// A client's command line as it may be shown, each octet in its place.
enum CommandDisclosure {
    /// As many octets as the line has; 0 for each that is hidden.
    static func octets(_ line: Span<UInt8>, _ command: SMTPCommand, isCertain: Bool) -> [UInt8] {
        var shown = Canvas(line)
        let leading = shown.word(from: 0)
        if command.verb == .unrecognized {
            // A word that was overwritten in place, or nearly STARTTLS.
            if isCertain, let likeness = command.likeness, likeness > .length { shown.show(leading) }
            return shown.octets
        }
        guard leading.count == command.verb.rawValue.utf8.count else { return shown.octets }
        shown.show(leading)
        let rest = shown.skipBlanks(from: leading.upperBound)
        switch (command.verb, command.argument) {
        case (.ehlo, .name), (.helo, .name), (.lhlo, .name):
            if isCertain { shown.showText(shown.word(from: rest)) }
        case (.mail, .path), (.rcpt, .path): showPath(&shown, from: rest, isCertain)
        case (.bdat, .chunk(_, let isLast)):
            let size = shown.word(from: rest)
            shown.show(size)
            if isLast { shown.show(shown.word(from: shown.skipBlanks(from: size.upperBound))) }
        case (.auth, .sasl(let mechanism, let hasResponse)), (.xExps, .sasl(let mechanism, let hasResponse)):
            let word = shown.word(from: rest)
            showMechanism(&shown, word, mechanism)
            let response = shown.skipBlanks(from: word.upperBound)
            if !hasResponse { shown.show(shown.word(from: response)) }
        default: break
        }
        return shown.octets
    }

    private static func showMechanism(_ shown: inout Canvas, _ word: Range<Int>, _ mechanism: SASLMechanism) {
        guard mechanism != .unrecognized else { return }
        let name = mechanism.name.utf8.prefix { $0 != UInt8(ascii: "*") }
        guard name.count == mechanism.name.utf8.count ? word.count == name.count : word.count > name.count else {
            return
        }
        shown.show(word.lowerBound..<word.lowerBound + name.count)
    }

    /// `FROM:<path> parameters` or `TO:<path> parameters`, as `SMTPCommand` reads them.
    private static func showPath(_ shown: inout Canvas, from start: Int, _ isCertain: Bool) {
        guard let colon = shown.first(UInt8(ascii: ":"), from: start) else { return }
        // The command was read, so that nothing but the keyword and blanks stand before it.
        shown.show(start..<colon + 1)
        var position = shown.skipBlanks(from: colon + 1)
        let end: Int
        if position < shown.count, shown.line(position) == UInt8(ascii: "<") {
            shown.show(position..<position + 1)
            position += 1
            end = shown.first(UInt8(ascii: ">"), from: position) ?? shown.count
            if end < shown.count { shown.show(end..<end + 1) }
        } else {
            end = shown.word(from: position).upperBound
        }
        if isCertain { showMailbox(&shown, position..<end) }
        position = shown.skipBlanks(from: min(shown.count, end + 1))
        for _ in 0..<16 {
            let word = shown.word(from: position)
            guard !word.isEmpty else { return }
            showParameter(&shown, word, isCertain)
            position = shown.skipBlanks(from: word.upperBound)
        }
    }

    /// The leading character of the name, and the domain.
    private static func showMailbox(_ shown: inout Canvas, _ place: Range<Int>) {
        guard let at = shown.last(UInt8(ascii: "@"), in: place) else { return }
        if at > place.lowerBound { shown.show(place.lowerBound..<place.lowerBound + 1) }
        var end = at + 1
        while end < place.upperBound, isDomainOctet(shown.line(end)) { end += 1 }
        shown.show(at..<end)
    }

    /// Of a name, or of an address in brackets (RFC 5321 §4.1.3).
    private static func isDomainOctet(_ octet: UInt8) -> Bool {
        ASCII.isLetter(octet) || ASCII.digit(octet) != nil || "-.[]:".utf8.contains(octet)
    }

    private static func showParameter(_ shown: inout Canvas, _ word: Range<Int>, _ isCertain: Bool) {
        let equals = shown.first(UInt8(ascii: "="), from: word.lowerBound).flatMap { word.contains($0) ? $0 : nil }
        let keyword = shown.upperText(word.lowerBound..<(equals ?? word.upperBound))
        if SMTPCommand.harmless.contains(keyword), isCertain {
            shown.show(word)
        } else if known.contains(keyword), let equals {
            shown.show(word.lowerBound..<equals + 1)
        }
    }

    /// Their values name people.
    private static let known: Set<String> = ["ORCPT", "ENVID", "AUTH"]
}

extension SMTPCommand {
    /// A server that repeats it repeats nothing that must not be shown.
    var isHarmless: Bool {
        switch (verb, argument) {
        case (.ehlo, .name), (.helo, .name), (.lhlo, .name): true
        case (.startTLS, .none), (.quit, .none), (.noop, .none), (.rset, .none), (.help, .none): true
        default: false
        }
    }
}

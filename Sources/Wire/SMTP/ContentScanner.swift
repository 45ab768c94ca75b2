/// Looks for the end of message content after DATA (RFC 5321 §4.1.1.4) without keeping any of it.
///
/// The end is `<CRLF>.<CRLF>`. The same with bare line feeds is noted, since some servers end the content there and
/// others do not (SMTP smuggling); which one it was, the server's reply tells.
package struct ContentScanner: Sendable {
    private var state = State.lineStart
    /// The line before the current one, or the dot's, ended in LF without CR.
    private var isBare = false
    /// A lone dot between line ends of which at least one was bare has gone by.
    package private(set) var sawBareEnd = false
    /// Octets of the content so far, its end included.
    package private(set) var octets: UInt64 = 0

    private enum State: Sendable {
        case text, carriageReturn, lineStart, dot, dotCarriageReturn
    }

    package init() {}

    /// Scans on. Answers how many octets belong to the content where it ends in them, else `nil`: all of them do.
    ///
    /// `acceptsBare` says that a dot between bare line feeds ends the content, too.
    package mutating func scan(_ input: Span<UInt8>, acceptsBare: Bool) -> Int? {
        for index in input.indices {
            let octet = input[index]
            if state == .text, octet != ASCII.lineFeed, octet != ASCII.carriageReturn { continue }
            if step(octet), !isBare || acceptsBare {
                octets += UInt64(index + 1)
                return index + 1
            }
        }
        octets += UInt64(input.count)
        return nil
    }

    /// Octets are missing: whether a line began just there is not known.
    package mutating func skip(_ count: Int64) {
        state = .text
        octets += UInt64(max(0, count))
    }

    /// Answers whether `octet` completes a lone dot on a line.
    private mutating func step(_ octet: UInt8) -> Bool {
        switch (state, octet) {
        case (.dot, ASCII.carriageReturn): state = .dotCarriageReturn
        case (.dot, ASCII.lineFeed):
            isBare = true
            return endLine()
        case (.dotCarriageReturn, ASCII.lineFeed): return endLine()
        case (.carriageReturn, ASCII.lineFeed):
            state = .lineStart
            isBare = false
        case (_, ASCII.lineFeed):
            state = .lineStart
            isBare = true
        case (_, ASCII.carriageReturn): state = .carriageReturn
        case (.lineStart, UInt8(ascii: ".")): state = .dot
        default: state = .text
        }
        return false
    }

    private mutating func endLine() -> Bool {
        if isBare { sawBareEnd = true }
        state = .lineStart
        return true
    }
}

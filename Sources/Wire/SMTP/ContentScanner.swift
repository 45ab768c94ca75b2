/// Looks for the end of message content after DATA (RFC 5321 §4.1.1.4) without keeping any of it.
///
/// The end is `<CRLF>.<CRLF>`. The same with bare line feeds is noted, since some servers end the content there and
/// others do not (SMTP smuggling); which one it was, the server's reply tells.
public struct ContentScanner: Sendable, Equatable {
    private var state = State.lineStart
    /// The line before the current one ended in LF without CR.
    private var isBare = false
    /// A lone dot between line ends of which at least one was bare has gone by.
    public private(set) var sawBareEnd = false
    /// Where in the input that was scanned last the octet stands that completed the leading one of them.
    public private(set) var bareEnd: Int?
    /// It ended at a dot with a bare line feed at one of its sides.
    public private(set) var endsBare = false
    /// Its end was seen.
    private var isClosed = false
    /// Octets of the content so far, its end included.
    public private(set) var octets: UInt64 = 0

    private enum State: Sendable {
        case text, carriageReturn, lineStart, dot, dotCarriageReturn
    }

    public init() {}

    /// Nothing but what may be the end of empty content, or is that: a client that pipelines, and whose recipients were all
    /// refused, sends just that (RFC 2920 §3.1).
    public var isEmpty: Bool {
        switch (state, octets) {
        case (.dot, 1), (.dotCarriageReturn, 2): true
        default: isClosed && (octets == 3 && !endsBare || octets == 2)
        }
    }

    /// Scans on. Answers how many octets belong to the content where it ends in them, else `nil`: all of them do.
    ///
    /// `acceptsBare` says that a dot between bare line feeds ends the content, too.
    public mutating func scan(_ input: Span<UInt8>, acceptsBare: Bool) -> Int? {
        bareEnd = nil
        var index = 0
        while index < input.count {
            if state == .text {
                index = skipText(input, from: index)
            } else {
                let sawBareEnd = sawBareEnd
                let dot = step(input[index])
                if self.sawBareEnd, !sawBareEnd { bareEnd = index }
                index += 1
                guard let dot, dot == .closed || acceptsBare else { continue }
                endsBare = dot == .bare
                isClosed = true
                octets += UInt64(index)
                return index
            }
        }
        octets += UInt64(input.count)
        return nil
    }

    /// Goes on behind the end of a line that a dot or another line's end may follow, or to the end of the input. Of all other octets
    /// none is looked at but those around line feeds.
    private mutating func skipText(_ input: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while let end = input.firstIndex(of: ASCII.lineFeed, from: index) {
            index = end + 1
            // Most lines begin with text, and nothing can end in them.
            if index < input.count, input[index] > UInt8(ascii: ".") { continue }
            state = .lineStart
            isBare = end == start || input[end - 1] != ASCII.carriageReturn
            return index
        }
        if input[input.count - 1] == ASCII.carriageReturn { state = .carriageReturn }
        return input.count
    }

    /// Octets are missing: whether a line began just there is not known.
    public mutating func skip(_ count: Int64) {
        state = .text
        octets += UInt64(max(0, count))
    }

    /// How a lone dot on a line stands between its line ends.
    private enum LoneDot {
        /// `<CRLF>.<CRLF>`.
        case closed
        /// A line feed without a carriage return is at one of its sides.
        case bare
    }

    /// Answers whether `octet` completes a lone dot on a line.
    private mutating func step(_ octet: UInt8) -> LoneDot? {
        switch (state, octet) {
        case (.dot, ASCII.carriageReturn): state = .dotCarriageReturn
        case (.dot, ASCII.lineFeed): return endLoneDot(bare: true)
        case (.dotCarriageReturn, ASCII.lineFeed): return endLoneDot(bare: false)
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
        return nil
    }

    /// The dot's line has ended, and `bare` says how: the next line begins there.
    private mutating func endLoneDot(bare: Bool) -> LoneDot {
        let dot = isBare || bare ? LoneDot.bare : .closed
        if dot == .bare { sawBareEnd = true }
        state = .lineStart
        isBare = bare
        return dot
    }
}

/// One line of a reply, viewed in place (RFC 5321 §4.2).
///
///     Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
public struct SMTPReplyLine: ~Escapable {
    public let code: ReplyCode
    /// The line that closes the reply.
    public let isLast: Bool
    /// Without blanks, and carriage returns of its end, on either side.
    public let text: Span<UInt8>

    @_lifetime(copy octets)
    public init(parsing octets: Span<UInt8>) throws(WireError) {
        guard octets.count >= 3 else {
            throw WireError(.malformed("reply line under three octets"), layer: .smtp, offset: 0)
        }
        var value = 0
        for index in 0..<3 {
            guard let digit = ASCII.digit(octets[index]) else {
                throw WireError(.malformed("reply code is not a number"), layer: .smtp, offset: index)
            }
            value = value * 10 + digit
        }
        guard value >= 200, value < 600 else {
            throw WireError(.malformed("reply code out of range"), layer: .smtp, offset: 0)
        }
        let separator = octets.count > 3 ? octets[3] : ASCII.space
        guard ASCII.isBlank(separator) || separator == UInt8(ascii: "-") else {
            throw WireError(.malformed("no space or hyphen after the reply code"), layer: .smtp, offset: 3)
        }
        code = ReplyCode(UInt16(value))
        isLast = separator != UInt8(ascii: "-")
        var start = min(4, octets.count)
        var end = octets.count
        while end > start, ASCII.isBlank(octets[end - 1]) || octets[end - 1] == ASCII.carriageReturn { end -= 1 }
        while start < end, ASCII.isBlank(octets[start]) { start += 1 }
        text = octets.extracting(start..<end)
    }
}

import Wire

/// What stands in the place of octets that are not quoted.
extension QuotedText {
    static let tlsRecord = QuotedText("(TLS record)")
    static let unfinishedCommand = QuotedText("(unfinished command, not shown)")
    static let behindStartTLS = QuotedText("(octets behind STARTTLS, not shown)")
    static let response = QuotedText("••• (response, not shown)")
    static let content = QuotedText("(message content, not kept)")
    static let behindReady = QuotedText("(octets behind the 220, not shown)")
    static let demandForTLS = QuotedText("(text that names STARTTLS, not shown)")
    static let bareLineFeed = QuotedText("(line that ends in LF alone)")
    static let bareCarriageReturn = QuotedText("(carriage return inside a line)")
    static let doubtfulCommand = QuotedText("(what reads like a command, and may be message content)")
    static let bareDot = QuotedText("(dot between bare line feeds)")
}

import Wire

/// What stands in the place of octets that are not quoted.
extension QuotedText {
    static let tlsRecord = QuotedText("(TLS record)")
    static let unfinishedCommand = QuotedText("(unfinished command, not shown)")
    static let behindStartTLS = QuotedText("(octets behind STARTTLS, not shown)")
    static let response = QuotedText("••• (response, not shown)")
    static let content = QuotedText("(message content, not kept)")
}

/// A server's line as it may be shown, each octet in its place.
public enum ReplyDisclosure {
    /// As many octets as the line has; 0 for each that is hidden. `showsText` says that the server knows nothing yet that
    /// must not be shown.
    static func octets(_ line: Span<UInt8>, showsText: Bool) -> [UInt8] {
        var shown = Canvas(line)
        guard let reply = try? SMTPReplyLine(parsing: line) else { return shown.octets }
        let start = min(4, line.count)
        shown.show(0..<start)
        let text = start..<line.count
        if showsText {
            shown.showText(text)
            return shown.octets
        }
        let behindStatus = showStatus(&shown, text)
        switch reply.code {
        case .ok: showCapability(&shown, from: start)
        case .authContinue: if prompts.contains(shown.text(text)) { shown.show(text) }
        case .encryptionNeeded: showWord("STARTTLS", &shown, from: behindStatus)
        default: break
        }
        return shown.octets
    }

    /// The enhanced status code (RFC 3463 §2), of the class that the reply code has. Answers where it ends.
    private static func showStatus(_ shown: inout Canvas, _ text: Range<Int>) -> Int {
        let word = shown.word(from: text.lowerBound)
        let parts = shown.text(word).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 1, let leading = parts[0].utf8.first, leading == shown.line(0),
            parts[1...].allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { ASCII.digit($0) != nil } })
        else { return text.lowerBound }
        shown.show(word)
        return shown.skipBlanks(from: word.upperBound)
    }

    /// A registered keyword of a reply to EHLO, and those of its parameters that are registered, too.
    private static func showCapability(_ shown: inout Canvas, from start: Int) {
        let word = shown.word(from: start)
        let equals = shown.first(UInt8(ascii: "="), from: start).flatMap { word.contains($0) ? $0 : nil }
        let keyword = shown.upperText(word.lowerBound..<(equals ?? word.upperBound))
        guard keywords.contains(keyword) else { return }
        shown.show(word.lowerBound..<(equals.map { $0 + 1 } ?? word.upperBound))
        var next = equals.map { $0 + 1 } ?? shown.skipBlanks(from: word.upperBound)
        while true {
            let parameter = shown.word(from: next)
            guard !parameter.isEmpty else { return }
            let text = shown.upperText(parameter)
            let isNamed = keyword == "AUTH" && SASLMechanism(named: text).name == text
            let isSize = keyword == "SIZE" && text.utf8.allSatisfy { ASCII.digit($0) != nil } && text.utf8.count <= 12
            if isNamed || isSize { shown.show(parameter) }
            next = shown.skipBlanks(from: parameter.upperBound)
        }
    }

    private static func showWord(_ wanted: String, _ shown: inout Canvas, from start: Int) {
        let length = wanted.utf8.count
        var place = start
        while place + length <= shown.count {
            if shown.upperText(place..<place + length) == wanted {
                shown.show(place..<place + length)
                place += length
            } else {
                place += 1
            }
        }
    }

    /// What nearly all servers ask with in LOGIN: "Username:" and "Password:".
    private static let prompts: Set<String> = ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"]

    /// Keywords of SMTP service extensions (IANA), and those that real servers have besides.
    private static let keywords: Set<String> = [
        "PIPELINING", "SIZE", "VRFY", "EXPN", "ETRN", "ATRN", "HELP", "STARTTLS", "AUTH", "8BITMIME", "BINARYMIME",
        "CHUNKING", "ENHANCEDSTATUSCODES", "DSN", "SMTPUTF8", "REQUIRETLS", "DELIVERBY", "MT-PRIORITY",
        "FUTURERELEASE", "BURL", "LIMITS", "NO-SOLICITING", "CHECKPOINT", "CONNEG", "CONPERM", "MTRK", "SUBMITTER",
        "XCLIENT", "XFORWARD", "X-EXPS", "X-ANONYMOUSTLS", "XEXCH50", "XRDST", "XVERP", "XSHADOW", "X-LINK2STATE",
        "TURN", "SEND", "SOML", "SAML", "VERP", "PRDR", "RRVS",
    ]
}

extension ReplyDisclosure {
    /// Lines of a server in another copy than the one that was read: whoever sent it, nothing of them is shown but codes,
    /// registered keywords, and a word that was overwritten in the place of STARTTLS.
    public static func copy(_ octets: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        while start < octets.count {
            let end = octets.firstIndex(of: ASCII.lineFeed, from: start).map { $0 + 1 } ?? octets.count
            let whole = octets.extracting(start..<end)
            let line = SMTPLine(whole).octets
            result += Self.octets(line, showsText: false)
            showOverwrittenWord(of: line, in: &result, at: start)
            for index in line.count..<whole.count { result.append(whole[index]) }
            start = end
        }
        return result
    }

    private static func showOverwrittenWord(of line: Span<UInt8>, in shown: inout [UInt8], at start: Int) {
        guard let reply = try? SMTPReplyLine(parsing: line), reply.code == .ok else { return }
        guard let likeness = StartTLSLikeness(reply.text), likeness > .length else { return }
        for index in 4..<line.count { shown[start + index] = line[index] }
    }
}

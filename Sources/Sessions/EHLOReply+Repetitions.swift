import Wire

extension EHLOReply {
    /// Of lines that may repeat what the client said, those that hold no secret: keywords that are known, with numbers and mechanisms
    /// that are, and such as were overwritten.
    var withoutRepetitions: Self {
        let harmless = keywords.filter { Self.isHarmless($0.octets.full) }
        let isWhole = harmless.count == keywords.count
        return Self(frame: frame, keywords: harmless, cut: isWhole ? cut : cut ?? .unclearReply)
    }

    private static func isHarmless(_ line: String) -> Bool {
        let words = line.uppercased().split { $0 == " " || $0 == "=" }
        guard let keyword = words.first else { return true }
        guard known.contains(String(keyword)) else {
            return words.count == 1 && keyword.dropLast().allSatisfy { $0 == "X" || $0 == "*" }
        }
        return words.dropFirst().allSatisfy { word in
            word.allSatisfy { $0.isASCII && $0.isNumber } || SASLMechanism(named: String(word)).name == word
        }
    }

    /// The registry's (IANA "SMTP Service Extensions"), and those of Exchange and Postfix.
    private static let known: Set<String> = [
        "PIPELINING", "SIZE", "STARTTLS", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME", "DSN",
        "SMTPUTF8", "UTF8SMTP", "AUTH", "ETRN", "ATRN", "TURN", "HELP", "VRFY", "EXPN", "DELIVERBY", "MTRK", "BURL",
        "FUTURERELEASE", "CHECKPOINT", "CONPERM", "CONNEG", "MT-PRIORITY", "RRVS", "REQUIRETLS", "LIMITS", "SUBMITTER",
        "PRDR", "XCLIENT", "XFORWARD", "X-ANONYMOUSTLS", "X-EXPS", "X-LINK2STATE", "XEXCH50", "XRDST", "XOORG",
        "XSHADOW",
    ]
}

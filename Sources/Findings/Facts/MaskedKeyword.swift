import Sessions
import Wire

/// A line of the EHLO reply that stands where STARTTLS belongs and was overwritten on the way.
struct MaskedKeyword {
    let line: Excerpt
    /// `certain` where the letters cannot be a keyword, `likely` where they could be a spelling mistake.
    let certainty: Certainty

    /// `nil` where STARTTLS is offered, or no line looks like it.
    init?(_ reply: EHLOReply?) {
        guard let reply, reply.startTLS == nil else { return nil }
        let masked = zip(reply.keywords, reply.words).compactMap { Self($0, keyword: $1) }
        guard let best = masked.max(by: { $0.certainty < $1.certainty }) else { return nil }
        self = best
    }

    private init?(_ line: Excerpt, keyword: String) {
        guard keyword.utf8.count == Self.word.count else { return nil }
        self.line = line
        let letters = Array(keyword.utf8)
        // Servers may draw lines of dashes; no keyword was there to be overwritten.
        guard letters.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else { return nil }
        if Self.equalLetters(letters) >= Self.word.count - 2 {
            certainty = .certain
        } else if zip(letters, Self.word).count(where: { $0 != $1 }) <= 2 {
            certainty = .likely
        } else {
            return nil
        }
    }

    private static let word = Array("STARTTLS".utf8)

    /// How often the most frequent letter stands in a keyword. No registered keyword of eight letters has one more
    /// than three times.
    private static func equalLetters(_ letters: [UInt8]) -> Int {
        letters.map { letter in letters.count { $0 == letter } }.max() ?? 0
    }
}

extension EHLOReply {
    /// The words that a reply of this length could hold besides STARTTLS and does not list.
    var otherKeywordsOfEight: [String] {
        ["8BITMIME", "SMTPUTF8", "CHUNKING"].filter { !words.contains($0) }
    }
}

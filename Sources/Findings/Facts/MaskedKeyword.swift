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

    /// Servers may draw lines of dashes; no keyword was there to be overwritten.
    private init?(_ line: Excerpt, keyword: String) {
        switch StartTLSLikeness(keyword.utf8Span.span) {
        case .overwritten?: certainty = .certain
        case .nearly?: certainty = .likely
        case .length?, nil: return nil
        }
        self.line = line
    }
}

extension EHLOReply {
    /// The words that a reply of this length could hold besides STARTTLS and does not list.
    var otherKeywordsOfEight: [String] {
        ["8BITMIME", "SMTPUTF8", "CHUNKING"].filter { !words.contains($0) }
    }
}

import Sessions
import Wire

/// A line of the EHLO reply that stands where STARTTLS belongs and was overwritten on the way.
struct MaskedKeyword {
    let line: Excerpt
    /// `certain` where the letters cannot be a keyword, `likely` where they could be a spelling mistake.
    let certainty: Certainty

    /// `nil` where STARTTLS is offered, or no line looks like it.
    init?(_ reply: EHLOReply?) {
        guard let (line, likeness) = reply?.startTLSLookalike else { return nil }
        switch likeness {
        case .overwritten: certainty = .certain
        case .nearly: certainty = .likely
        case .length: return nil
        }
        self.line = line
    }
}

extension EHLOReply {
    /// The words that a reply of this length could hold besides STARTTLS and does not list.
    var otherKeywordsOfEight: [String] {
        ["8BITMIME", "SMTPUTF8", "CHUNKING"].filter { !offers($0) }
    }
}

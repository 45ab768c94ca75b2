/// A word of eight letters that stands where STARTTLS belongs: how much it looks like one that was overwritten.
public enum StartTLSLikeness: Sendable, Comparable {
    /// Its length alone.
    case length
    /// Two letters off at most: it could be a spelling mistake.
    case nearly
    /// Six letters of one kind at least, as devices write that overwrite in place. No registered keyword of eight
    /// letters has one more than three times.
    case overwritten

    public static let word = Array("STARTTLS".utf8)

    /// `nil` where the word is no eight letters, or is STARTTLS itself. In any letter case.
    public init?(_ octets: Span<UInt8>) {
        guard octets.count == Self.word.count else { return nil }
        var differing = 0
        var most = 0
        for index in octets.indices {
            guard ASCII.isLetter(octets[index]) else { return nil }
            let letter = ASCII.upper(octets[index])
            if letter != Self.word[index] { differing += 1 }
            var equal = 0
            for other in octets.indices where ASCII.upper(octets[other]) == letter { equal += 1 }
            most = max(most, equal)
        }
        guard differing > 0 else { return nil }
        self = most >= Self.word.count - 2 ? .overwritten : differing <= 2 ? .nearly : .length
    }
}

/// Quoted texts by their octets: greetings, keywords and replies are the same in most sessions.
public struct TextCache: Sendable {
    private var known = OctetCache<QuotedText>(slots: 2048, longest: 256)
    /// Memory of all texts that were made, roughly, in octets.
    public private(set) var octetsMade = 0

    public init() {}

    /// At most 256 of the octets as text.
    public mutating func text(_ octets: Span<UInt8>) -> QuotedText {
        if octets.isEmpty { return .empty }
        if let text = known.find(octets) { return text }
        let text = QuotedText(octets, limit: 256)
        known.insert(octets, text)
        octetsMade += text.cost
        return text
    }
}

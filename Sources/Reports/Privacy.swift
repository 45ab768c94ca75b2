import Wire

/// Decides how much of a text may be shown; everything that a report prints passes through here.
struct Privacy: Sendable {
    let showAddresses: Bool

    /// Octets of the wire.
    func text(_ quoted: QuotedText) -> String { quoted.text(showingAddresses: showAddresses) }

    /// A sentence that a rule or a certificate gave: it may repeat an address.
    func text(_ sentence: String) -> String {
        showAddresses ? sentence : AddressMask.masking(sentence)
    }

    /// The same for a terminal: nothing in it moves the cursor or turns the direction of writing.
    func line(_ sentence: String) -> String { Escaping.text(text(sentence), limit: Self.longest) }

    func line(_ quoted: QuotedText) -> String { Escaping.text(text(quoted), limit: Self.longest) }

    private static let longest = 4096
}

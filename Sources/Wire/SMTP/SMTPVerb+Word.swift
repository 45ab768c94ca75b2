extension SMTPVerb {
    /// The verb that `word` spells, in any letter case.
    public init(_ word: Span<UInt8>) {
        guard word.count >= 4, word.count <= Letters.maximum else {
            self = .unrecognized
            return
        }
        let letters = Letters(word)
        self = Self.names.first { $0.letters == letters }?.verb ?? .unrecognized
    }

    private static let names = allCases.filter { $0 != .unrecognized }.map { verb in
        (letters: Letters(Array(verb.rawValue.utf8).span), verb: verb)
    }

    /// A word of at most 16 octets as two numbers, its letters in capitals.
    private struct Letters: Equatable {
        private let count: Int
        private var leading: UInt64 = 0
        private var closing: UInt64 = 0

        static let maximum = 16

        init(_ word: Span<UInt8>) {
            count = word.count
            for index in 0..<min(8, word.count) { leading = leading << 8 | UInt64(ASCII.upper(word[index])) }
            for index in 8..<max(8, min(Self.maximum, word.count)) {
                closing = closing << 8 | UInt64(ASCII.upper(word[index]))
            }
        }
    }
}

/// Octets of the wire as text that is safe to show: printable ASCII and valid UTF-8 stay, all else is `\xNN`.
///
/// Two readings are kept where they differ: `masked` hides the people in it (mailbox names), `full` shows them.
/// Neither ever holds a secret: those are left out before a `QuotedText` is made.
///
/// Many facts quote the same text, so copies share one storage.
public struct QuotedText: Sendable {
    private final class Storage: Sendable {
        let full: String
        let masked: String
        let keyword: String

        init(_ full: String, _ masked: String, keyword: String? = nil) {
            self.full = full
            self.masked = masked
            self.keyword = keyword ?? QuotedText.keyword(of: full)
        }
    }

    private let storage: Storage

    public var full: String { storage.full }
    public var masked: String { storage.masked }
    /// The leading word in capital letters, up to a blank, a tab or `=`, at most `maximumKeyword` octets of it.
    public var keyword: String { storage.keyword }

    public static let empty = QuotedText("")

    /// Leading octets of a line that are looked at for its word: registered keywords are far shorter.
    public static let maximumKeyword = 64

    /// Text whose mailbox names are found by their `@`.
    public init(_ full: String) { storage = Storage(full, AddressMask.masking(full)) }

    public init(full: String, masked: String) { storage = Storage(full, AddressMask.masking(masked)) }

    /// Text of which it is known that `AddressMask.masking` would leave `masked` as it is, and what its leading word is.
    init(full: String, knownToBeMasked masked: String, keyword: String? = nil) {
        storage = Storage(full, masked, keyword: keyword)
    }

    /// The octets, escaped, at most `limit` of them.
    public init(_ octets: Span<UInt8>, limit: Int = 256) {
        self.init(Escaping.text(octets, limit: limit))
    }

    /// Octets of memory that both readings take, roughly.
    public var cost: Int { 2 * full.utf8.count + 32 }

    public func text(showingAddresses: Bool) -> String { showingAddresses ? full : masked }

    /// Both are one and the same in memory, so that what was made of one stands for the other.
    public func isIdentical(to other: Self) -> Bool { storage === other.storage }

    /// A number that tells it from others while it lives.
    public var identity: UInt64 { UInt64(UInt(bitPattern: ObjectIdentifier(storage)) >> 4) }

    /// A tab is escaped by now.
    private static func endsKeyword(_ octets: Span<UInt8>, at index: Int) -> Bool {
        switch octets[index] {
        case ASCII.space, UInt8(ascii: "="): true
        case UInt8(ascii: "\\"): index + 1 < octets.count && octets[index + 1] == UInt8(ascii: "t")
        default: false
        }
    }

    private static func keyword(of text: String) -> String {
        let octets = text.utf8Span.span
        var end = 0
        var (isSpelledSo, isASCII) = (true, true)
        while end < min(octets.count, maximumKeyword), !endsKeyword(octets, at: end) {
            isSpelledSo = isSpelledSo && ASCII.upper(octets[end]) == octets[end]
            isASCII = isASCII && octets[end] < 0x80
            end += 1
        }
        if isSpelledSo, end == octets.count { return text }
        if isSpelledSo, isASCII { return String(Substring(text.utf8.prefix(end))) }
        var word: [UInt8] = []
        word.reserveCapacity(end)
        for index in 0..<end { word.append(ASCII.upper(octets[index])) }
        return String(decoding: word, as: UTF8.self)
    }
}

extension QuotedText: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.storage === right.storage || left.full == right.full && left.masked == right.masked
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(full) }
}

extension QuotedText: CustomStringConvertible {
    public var description: String { full }
}

/// Makes octets of the wire printable (terminal, HTML, JSON): no control character survives.
public enum Escaping {
    /// At most `limit` octets as text; what was cut off is shown as `…`.
    public static func text(_ octets: Span<UInt8>, limit: Int = 256) -> String {
        let shown = min(octets.count, max(0, limit))
        // Nearly all text of the wire is this.
        if shown == octets.count, isPlain(octets), let plain = try? UTF8Span(validating: octets) {
            return String(copying: plain)
        }
        var result: [UInt8] = []
        result.reserveCapacity(shown + 4)
        var index = 0
        while index < shown {
            let octet = octets[index]
            if octet >= 0x20, octet < 0x7F {
                result.append(octet)
                index += 1
            } else if octet >= 0xC2, let (scalar, length) = scalar(in: octets, at: index), isPrintable(scalar) {
                result.append(copying: octets.extracting(index..<index + length))
                index += length
            } else {
                result += escapes[Int(octet)]
                index += 1
            }
        }
        if shown < octets.count { result += Array("…".utf8) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Text that some other decoder already made, with its control and format characters escaped.
    public static func text(_ string: String, limit: Int = 1024) -> String {
        var result = ""
        for (count, scalar) in string.unicodeScalars.enumerated() {
            if count == limit { return result + "…" }
            if scalar.value >= 0x20 && scalar.value < 0x7F || scalar.value > 0x9F && isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else if scalar.value < 0x100 {
                result += String(decoding: escapes[Int(scalar.value)], as: UTF8.self)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    /// Nothing but printable ASCII. Without a way out in the middle, so that many octets are looked at a time.
    private static func isPlain(_ octets: Span<UInt8>) -> Bool {
        var others: UInt8 = 0
        for index in octets.indices { others |= octets[index] &- 0x20 > 0x5E ? 1 : 0 }
        return others == 0
    }

    /// How each octet is written that cannot stand for itself.
    private static let escapes: [[UInt8]] = (0...UInt8.max).map { octet in
        switch octet {
        case ASCII.carriageReturn: Array("\\r".utf8)
        case ASCII.lineFeed: Array("\\n".utf8)
        case ASCII.tab: Array("\\t".utf8)
        default: Array("\\x\(Hex.text([octet]))".utf8)
        }
    }

    /// The scalar whose valid UTF-8 form starts at `index` (RFC 3629 §4), and its length in octets.
    private static func scalar(in octets: Span<UInt8>, at index: Int) -> (Unicode.Scalar, Int)? {
        let lead = octets[index]
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
        guard length > 0, index + length <= octets.count else { return nil }
        var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
        for step in 1..<length {
            guard octets[index + step] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(octets[index + step] & 0x3F)
        }
        let shortest: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
        guard value >= shortest[length], let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    /// Letters and signs only: no C1 control, no direction override, no invisible or private character.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator, .nonspacingMark, .enclosingMark:
            false
        default: true
        }
    }
}

/// Hides who is written to: `alice@example.org` becomes `a•••@example.org`.
public enum AddressMask {
    /// Every run of mailbox characters before an `@` keeps its leading character alone.
    public static func masking(_ text: String) -> String {
        let octets = text.utf8Span.span
        guard var place = octets.firstIndex(of: at) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(octets.count + 8)
        var end = 0
        while true {
            var start = result.count
            result.append(copying: octets.extracting(end..<place))
            if let before = (end..<place).last(where: { !isMailboxOctet(octets[$0]) }) { start += before + 1 - end }
            if start < result.count {
                start = min(start, startOfQuotation(in: result) ?? start)
                result.removeLast(result.count - endOfLeading(in: result, from: start))
                result += dots
            }
            result.append(at)
            end = place + 1
            guard let next = octets.firstIndex(of: at, from: end) else { break }
            place = next
        }
        result.append(copying: octets.extracting(droppingFirst: end))
        return String(decoding: result, as: UTF8.self)
    }

    private static let dots = Array("•••".utf8)

    /// Makes 0 of what `masking` leaves out, in `shown`, which is what of `octets` is shown.
    static func hideNames(in shown: inout [UInt8], _ octets: Span<UInt8>, _ place: Range<Int>) {
        var start = place.lowerBound
        for index in place {
            if octets[index] == at, start < index {
                if octets[index - 1] == UInt8(ascii: "\"") {
                    var opening = index - 2
                    while opening >= place.lowerBound, octets[opening] != UInt8(ascii: "\"") { opening -= 1 }
                    if opening >= place.lowerBound { start = min(start, opening) }
                }
                for hidden in start + 1..<index { shown[hidden] = 0 }
            }
            if octets[index] != at, !isMailboxOctet(octets[index]) { start = index + 1 }
            if octets[index] == at { start = index + 1 }
        }
    }

    /// Where the quoted local part that ends here begins: it may hold blanks (RFC 5321 §4.1.2).
    private static func startOfQuotation(in octets: [UInt8]) -> Int? {
        guard octets.last == UInt8(ascii: "\"") else { return nil }
        return octets.dropLast().lastIndex(of: UInt8(ascii: "\""))
    }

    /// Where the character that begins at `start` ends: behind its UTF-8 continuation octets.
    private static func endOfLeading(in octets: [UInt8], from start: Int) -> Int {
        var end = start + 1
        while end < octets.count, octets[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    /// A mailbox that is known to be one: all before its last `@` is the name, whatever characters it has.
    public static func maskingMailbox(_ mailbox: String) -> String {
        let octets = mailbox.utf8Span.span
        guard let at = octets.indices.last(where: { octets[$0] == at }) else { return mailbox.isEmpty ? "" : "•••" }
        var result: [UInt8] = []
        result.reserveCapacity(octets.count + 8)
        result.append(copying: octets.extracting(first: min(at, lengthOfLeading(mailbox))))
        result += dots
        result.append(copying: octets.extracting(droppingFirst: at))
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether `masking` leaves what `maskingMailbox` makes of a mailbox as it is, in any text where no mailbox octet stands
    /// before it and no other `@` behind it: its leading character is one that names may have.
    static func isMaskedOnce(_ mailbox: String) -> Bool {
        let octets = mailbox.utf8Span.span
        return octets.count > 1 && octets[0] < 0x80 && octets[0] != at && octets[1] < 0x80 && isMailboxOctet(octets[0])
    }

    /// How many octets the leading character takes.
    private static func lengthOfLeading(_ text: String) -> Int {
        let octets = text.utf8Span.span
        // What is no ASCII may join what stands before it.
        if octets.count > 1, octets[0] >= 0x20, octets[0] < 0x7F, octets[1] < 0x7F { return 1 }
        return text.prefix(1).utf8.count
    }

    private static let at = UInt8(ascii: "@")

    private static let marks: [Bool] = (0...UInt8.max).map { "!#$%&'*+-/=?^_`{|}~.\\\"".utf8.contains($0) }

    /// Characters of a dot-string (RFC 5321 §4.1.2), of an encoded quotation, or of an internationalized mailbox
    /// (RFC 6531 §3.3).
    private static func isMailboxOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: marks[Int(octet)]
        }
    }
}

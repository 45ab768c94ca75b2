import Wire

/// Builds JSON (RFC 8259) octet by octet: members in the order of the calls, always valid UTF-8, no dictionaries.
///
/// Objects and arrays are closures, so that every bracket is closed. `member` writes `null` for a missing value
/// (not observed); `memberIfPresent` leaves it out (does not apply).
public struct JSONWriter: Sendable {
    public private(set) var octets: [UInt8] = []
    private var needsComma = false

    public init() {}

    init(capacity: Int) { octets.reserveCapacity(capacity) }

    /// Begins anew and keeps the storage.
    public mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Lets `body` write behind what `octets` holds; what this writer held is kept.
    public mutating func append(to octets: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
        let comma = needsComma
        swap(&self.octets, &octets)
        needsComma = false
        body(&self)
        swap(&self.octets, &octets)
        needsComma = comma
    }

    /// One object on a line of its own (JSON Lines).
    public mutating func line(_ body: (inout JSONWriter) -> Void) {
        object(body)
        octets.append(0x0A)
        needsComma = false
    }

    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    public mutating func value(_ text: String) {
        separate()
        quote(text)
    }

    public mutating func value(_ number: some BinaryInteger) {
        separate()
        if number < 0 { octets.append(UInt8(ascii: "-")) }
        octets.append(decimal: UInt64(truncatingIfNeeded: number.magnitude))
    }

    /// A string that `body` writes, of characters that need no escape.
    public mutating func string(_ body: (inout [UInt8]) -> Void) {
        separate()
        octets.append(UInt8(ascii: "\""))
        body(&octets)
        octets.append(UInt8(ascii: "\""))
    }

    /// Members, or a value, as another writer wrote them before.
    public mutating func fragment(_ written: [UInt8]) {
        guard !written.isEmpty else { return }
        separate()
        octets += written
    }

    /// The same, of a piece of what was written.
    public mutating func fragment(_ written: ArraySlice<UInt8>) {
        guard !written.isEmpty else { return }
        separate()
        octets += written
    }

    /// Members that were written before, but for what `body` writes in their midst, of characters that need no escape.
    public mutating func fragment(
        _ leading: ArraySlice<UInt8>, _ body: (inout [UInt8]) -> Void, _ trailing: ArraySlice<UInt8>
    ) {
        separate()
        octets += leading
        body(&octets)
        octets += trailing
    }

    /// What `body` writes, by itself.
    public static func fragment(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        body(&writer)
        return writer.octets
    }

    /// Members for later, and where they stand in `octets`.
    mutating func piece(_ body: (inout JSONWriter) -> Void) -> Range<Int> {
        let start = octets.count
        needsComma = false
        body(&self)
        return start..<octets.count
    }

    /// The same of what is no member.
    mutating func text(_ body: (inout [UInt8]) -> Void) -> Range<Int> {
        let start = octets.count
        body(&octets)
        return start..<octets.count
    }

    public mutating func value(_ truth: Bool) {
        separate()
        octets.append(truth ? "true" : "false")
    }

    public mutating func null() {
        separate()
        octets.append("null")
    }

    /// A member's name, of characters that need no escape; its value follows.
    public mutating func key(_ name: StaticString) {
        let comma = needsComma
        // At once, so that it is looked only once whether there is room: names are half of all that is written.
        octets.append(addingCapacity: name.utf8CodeUnitCount + 4) { output in
            if comma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(name)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// The same where the name is not the program's own.
    public mutating func key(named name: String) {
        value(name)
        octets.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        octets.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        octets.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { octets.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        octets.append(UInt8(ascii: "\""))
        JSONEscaping.append(text, to: &octets)
        octets.append(UInt8(ascii: "\""))
    }
}

extension [UInt8] {
    /// The number's decimal digits.
    mutating func append(decimal number: UInt64) {
        append(addingCapacity: 20) { $0.append(decimal: number) }
    }

    /// Sixteen lower-case hexadecimal digits.
    mutating func append(hexadecimal number: UInt64) {
        append(addingCapacity: 16) { output in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number &>> UInt64(60 &- 4 &* place)) & 0xF
                output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
    }
}

extension OutputSpan<UInt8> {
    /// The number's decimal digits.
    @_lifetime(self: copy self)
    mutating func append(decimal number: UInt64) {
        if number < 100 {
            if number >= 10 { append(UInt8(truncatingIfNeeded: 0x30 + number / 10)) }
            return append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
        }
        let (high, low) = number.quotientAndRemainder(dividingBy: 100_000_000)
        if high > 0 { append(decimal: high) }
        // Digits come lowest first, and wait in one word, each above those that go before it.
        var rest = low
        var digits: UInt64 = 0
        var count = 0
        repeat {
            digits = digits << 8 | (0x30 + rest % 10)
            rest /= 10
            count += 1
        } while rest > 0 || high > 0 && count < 8
        while count > 0 {
            append(UInt8(truncatingIfNeeded: digits))
            digits >>= 8
            count -= 1
        }
    }

    /// The number's closing two decimal digits.
    mutating func append(twoDigits number: Int) {
        let number = UInt8(truncatingIfNeeded: number % 100)
        append(0x30 + number / 10)
        append(0x30 + number % 10)
    }
}

extension JSONWriter {
    // MARK: Names that need no escape, which is not looked for: members that every session has

    /// EVE's `timestamp`.
    public mutating func member(_ name: StaticString, time: Timestamp) {
        key(name)
        string { CalendarTime(time).appendEVE(to: &$0) }
    }

    public mutating func member(_ name: StaticString, number: some BinaryInteger) {
        key(name)
        value(number)
    }

    public mutating func member(_ name: StaticString, truth: Bool) {
        key(name)
        value(truth)
    }

    public mutating func member(_ name: StaticString, text: String) {
        key(name)
        value(text)
    }

    /// A text of the program, of characters that need no escape.
    public mutating func member(_ name: StaticString, word: StaticString) {
        let comma = needsComma
        octets.append(addingCapacity: name.utf8CodeUnitCount + word.utf8CodeUnitCount + 6) { output in
            if comma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(name)
            output.append("\":\"")
            output.append(word)
            output.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// A value as it was written before.
    public mutating func member(_ name: StaticString, written value: [UInt8]) {
        key(name)
        fragment(value)
    }

    public mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    public mutating func array(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        array(body)
    }

    // MARK: Any names

    public mutating func member(_ name: String, _ text: String?) {
        key(named: name)
        if let text { value(text) } else { null() }
    }

    public mutating func member(_ name: String, _ number: (some BinaryInteger)?) {
        key(named: name)
        if let number { value(number) } else { null() }
    }

    public mutating func member(_ name: String, _ truth: Bool?) {
        key(named: name)
        if let truth { value(truth) } else { null() }
    }

    public mutating func memberIfPresent(_ name: String, _ text: String?) {
        if let text { member(name, text) }
    }

    public mutating func memberIfPresent(_ name: String, _ number: (some BinaryInteger)?) {
        if let number { member(name, number) }
    }

    public mutating func member(_ name: String, _ texts: [String]?) {
        key(named: name)
        guard let texts else { return null() }
        array { json in
            for text in texts { json.value(text) }
        }
    }
}

/// Builds JSON (RFC 8259) octet by octet: members in the order of the calls, always valid UTF-8, no dictionaries.
///
/// Objects and arrays are closures, so that every bracket is closed. `member` writes `null` for a missing value
/// (not observed); `memberIfPresent` leaves it out (does not apply).
package struct JSONWriter {
    package private(set) var octets: [UInt8] = []
    private var needsComma = false

    package init() {}

    /// Begins anew and keeps the storage.
    package mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Lets `body` write behind what `octets` holds; what this writer held is kept.
    package mutating func append(to octets: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
        let comma = needsComma
        swap(&self.octets, &octets)
        needsComma = false
        body(&self)
        swap(&self.octets, &octets)
        needsComma = comma
    }

    /// One object on a line of its own (JSON Lines).
    package mutating func line(_ body: (inout JSONWriter) -> Void) {
        object(body)
        octets.append(0x0A)
        needsComma = false
    }

    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    package mutating func value(_ text: String) {
        separate()
        quote(text)
    }

    package mutating func value(_ number: some BinaryInteger) {
        separate()
        octets.append(contentsOf: String(number).utf8)
    }

    package mutating func value(_ truth: Bool) {
        separate()
        octets.append(contentsOf: (truth ? "true" : "false").utf8)
    }

    package mutating func null() {
        separate()
        octets.append(contentsOf: "null".utf8)
    }

    /// A member's name; its value follows.
    package mutating func key(_ name: String) {
        separate()
        quote(name)
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

extension JSONWriter {
    package mutating func member(_ name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    package mutating func member(_ name: String, _ number: (some BinaryInteger)?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: String, _ truth: Bool?) {
        key(name)
        if let truth { value(truth) } else { null() }
    }

    package mutating func memberIfPresent(_ name: String, _ text: String?) {
        if let text { member(name, text) }
    }

    package mutating func memberIfPresent(_ name: String, _ number: (some BinaryInteger)?) {
        if let number { member(name, number) }
    }

    package mutating func member(_ name: String, _ texts: [String]?) {
        key(name)
        guard let texts else { return null() }
        array { json in
            for text in texts { json.value(text) }
        }
    }

    package mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    package mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
        key(name)
        array(body)
    }
}

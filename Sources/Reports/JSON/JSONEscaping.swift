import Wire

/// The inside of a JSON string (RFC 8259 §7).
///
/// Beyond what JSON asks for, every control and format character is escaped (DEL, C1, direction overrides, U+2028,
/// U+2029): a line can be printed on a terminal or pasted into a script, and it reads as it was.
enum JSONEscaping {
    private static let digits = Array("0123456789abcdef".utf8)

    static func append(_ text: String, to octets: inout [UInt8]) {
        let plain = text.utf8Span.span
        // Nearly all text stands for itself.
        if isPlain(plain) { octets.append(copying: plain) } else { escape(text, to: &octets) }
    }

    /// Printable ASCII without quote and backslash. Without a way out in the middle, so that many octets are looked at
    /// at a time.
    private static func isPlain(_ octets: Span<UInt8>) -> Bool {
        var special: UInt8 = 0
        for index in octets.indices {
            let octet = octets[index]
            special |= octet &- 0x20 > 0x5E ? 1 : 0
            special |= octet == 0x22 ? 1 : 0
            special |= octet == 0x5C ? 1 : 0
        }
        return special == 0
    }

    private static func escape(_ text: String, to octets: inout [UInt8]) {
        let source = text.utf8Span.span
        var index = 0
        while index < source.count {
            guard source[index] >= 0x80 else {
                append(ascii: source[index], to: &octets)
                index += 1
                continue
            }
            let scalar = text.unicodeScalars[text.utf8.index(text.startIndex, offsetBy: index)]
            let end = index + UTF8.width(scalar)
            if isInvisible(scalar) {
                for unit in String(scalar).utf16 { append(unit: unit, to: &octets) }
            } else {
                octets.append(copying: source.extracting(index..<end))
            }
            index = end
        }
    }

    private static func append(ascii octet: UInt8, to octets: inout [UInt8]) {
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            octets.append(UInt8(ascii: "\\"))
            octets.append(octet)
        case 0x20..<0x7F: octets.append(octet)
        case 0x0A: octets.append(contentsOf: "\\n".utf8)
        case 0x0D: octets.append(contentsOf: "\\r".utf8)
        case 0x09: octets.append(contentsOf: "\\t".utf8)
        default: append(unit: UInt16(octet), to: &octets)
        }
    }

    private static func append(unit: UInt16, to octets: inout [UInt8]) {
        octets.append(contentsOf: "\\u".utf8)
        for shift: UInt16 in [12, 8, 4, 0] { octets.append(digits[Int(unit >> shift & 0xF)]) }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        // Names of mailboxes are masked with it.
        if scalar == "•" { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
        default: false
        }
    }
}

extension [UInt8] {
    /// Appends an integer in network order, or in the order of small machines.
    package mutating func append<Number: FixedWidthInteger>(integer: Number, littleEndian: Bool = false) {
        let count = Number.bitWidth / 8
        for index in 0..<count {
            let place = littleEndian ? index : count - 1 - index
            append(UInt8(truncatingIfNeeded: integer >> Number(8 * place)))
        }
    }

    /// The Internet checksum of the octets (RFC 1071), an odd one padded with zero.
    package var internetChecksum: UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: count, by: 2) {
            sum += UInt32(self[index]) << 8 | (index + 1 < count ? UInt32(self[index + 1]) : 0)
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }

    /// Octets of hexadecimal digits; blanks between them are skipped.
    package init(hex text: String) {
        let digits = text.unicodeScalars.compactMap { scalar in
            scalar.properties.isASCIIHexDigit ? UInt8(String(scalar), radix: 16) : nil
        }
        precondition(digits.count.isMultiple(of: 2), "odd number of hexadecimal digits")
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

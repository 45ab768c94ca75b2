/// Octets as hexadecimal text.
public enum Hex {
    /// Two lower-case digits an octet, nothing between them.
    public static func text(_ octets: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * octets.underestimatedCount)
        for octet in octets {
            digits.append(digit(octet >> 4))
            digits.append(digit(octet & 0x0F))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

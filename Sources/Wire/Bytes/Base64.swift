/// RFC 4648 §4.
public enum Base64 {
    /// What a line stands for; `nil` where it is no base64, or stands for nothing.
    public static func decoded(_ line: Span<UInt8>) -> [UInt8]? {
        guard !line.isEmpty, line.count % 4 == 0 else { return nil }
        var end = line.count
        while end > line.count - 2, line[end - 1] == UInt8(ascii: "=") { end -= 1 }
        var octets: [UInt8] = []
        octets.reserveCapacity(line.count / 4 * 3)
        var (bits, count): (UInt32, Int) = (0, 0)
        for index in 0..<end {
            guard let value = value(line[index]) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return octets
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

extension IPAddress {
    /// The address that a host is named by: dotted decimal, RFC 4291 §2.2 text, or an SMTP address literal
    /// (RFC 5321 §4.1.3) such as `[IPv6:2001:db8::1]`. `nil` for everything else.
    public init?(literal text: String) {
        // Nearly all that is asked about are names, which end in a letter and hold no colon.
        guard let last = text.utf8.last,
            last == UInt8(ascii: "]") || ASCII.digit(last) != nil || text.utf8.contains(UInt8(ascii: ":"))
        else { return nil }
        var text = text[...]
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = text.dropFirst().dropLast()
            if text.prefix(5).lowercased() == "ipv6:" { text = text.dropFirst(5) }
        }
        if let octets = Self.octetsV4(text) {
            self.init(v4: octets)
        } else if let groups = Self.groupsV6(text) {
            self.init(high: Self.word(groups.prefix(4)), low: Self.word(groups.suffix(4)))
        } else {
            return nil
        }
    }

    private static func word(_ groups: ArraySlice<UInt16>) -> UInt64 { groups.reduce(0) { $0 << 16 | UInt64($1) } }

    private static func octetsV4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.count <= 3, part.utf8.allSatisfy({ ASCII.digit($0) != nil }), let octet = UInt8(part) else {
                return nil
            }
            value = value << 8 | UInt32(octet)
        }
        return value
    }

    private static func groupsV6(_ text: Substring) -> [UInt16]? {
        guard text.utf8.count <= 45, text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = halves.first, let front = groups(first, isEnd: halves.count == 1) else { return nil }
        guard halves.count > 1 else { return front.count == 8 ? front : nil }
        guard halves.count == 2, let back = groups(halves[1], isEnd: true), front.count + back.count < 8 else {
            return nil
        }
        return front + Array(repeating: 0, count: 8 - front.count - back.count) + back
    }

    /// Groups of hexadecimal digits; the last may be an IPv4 address if the whole text ends with it.
    private static func groups(_ text: Substring, isEnd: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isEnd, index == parts.count - 1, let octets = octetsV4(part) {
                groups += [UInt16(octets >> 16), UInt16(octets & 0xFFFF)]
            } else {
                guard (1...4).contains(part.utf8.count), part.first != "+", part.first != "-",
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }
}

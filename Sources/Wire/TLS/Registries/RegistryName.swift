/// How a code point without a name is shown: `0x1a2b`.
enum RegistryName {
    static func hex(_ value: UInt16) -> String { hex(UInt64(value), digits: 4) }

    static func hex(_ value: UInt8) -> String { hex(UInt64(value), digits: 2) }

    static func hex(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

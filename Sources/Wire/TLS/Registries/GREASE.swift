/// Code points without meaning that clients sprinkle over their hellos (RFC 8701 §2).
public enum GREASE {
    /// Whether `value` is one of 0x0A0A, 0x1A1A … 0xFAFA.
    public static func contains(_ value: UInt16) -> Bool {
        value & 0x0F0F == 0x0A0A && value >> 8 == value & 0xFF
    }
}

/// The random of a ServerHello (RFC 8446 §4.1.3), as four big-endian words.
public struct HelloRandom: Hashable, Sendable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    /// No random at all: it means nothing.
    public static let none = Self()

    private init() {}

    /// The leading 32 octets.
    public init(_ octets: Span<UInt8>) {
        for index in 0..<min(32, octets.count) {
            let octet = UInt64(octets[index])
            switch index >> 3 {
            case 0: first = first << 8 | octet
            case 1: second = second << 8 | octet
            case 2: third = third << 8 | octet
            default: fourth = fourth << 8 | octet
            }
        }
    }

    /// SHA-256 of "HelloRetryRequest": the message asks for another ClientHello (RFC 8446 §4.1.4).
    public var asksForRetry: Bool {
        first == 0xCF21_AD74_E59A_6111 && second == 0xBE1D_8C02_1E65_B891 && third == 0xC2A2_1116_7ABB_8C5E
            && fourth == 0x079E_09E2_C8A8_339C
    }

    /// What the last octets say about the server's own ceiling: "DOWNGRD" and a number.
    public var downgradeSentinel: DowngradeSentinel? {
        guard fourth >> 8 == 0x44_4F57_4E47_5244 else { return nil }
        return fourth & 0xFF == 1 ? .tls12 : fourth & 0xFF == 0 ? .tls11OrBelow : nil
    }
}

/// What the random of a ServerHello means (RFC 8446 §4.1.3); its octets are not kept.
public struct HelloRandom: Hashable, Sendable {
    /// The message asks for another ClientHello (RFC 8446 §4.1.4).
    public let asksForRetry: Bool
    /// What its last octets say about the server's own ceiling.
    public let downgradeSentinel: DowngradeSentinel?

    /// No random at all: it means nothing.
    public static let none = Self()

    private init() {
        asksForRetry = false
        downgradeSentinel = nil
    }

    /// The leading 32 octets, which are there.
    public init(_ octets: Span<UInt8>) {
        let last = octets.u64(at: 24)
        // SHA-256 of "HelloRetryRequest".
        asksForRetry =
            octets.u64(at: 0) == 0xCF21_AD74_E59A_6111 && octets.u64(at: 8) == 0xBE1D_8C02_1E65_B891
            && octets.u64(at: 16) == 0xC2A2_1116_7ABB_8C5E && last == 0x079E_09E2_C8A8_339C
        // "DOWNGRD" and a number.
        downgradeSentinel =
            switch (last >> 8 == 0x44_4F57_4E47_5244, last & 0xFF) {
            case (true, 1): .tls12
            case (true, 0): .tls11OrBelow
            default: nil
            }
    }
}

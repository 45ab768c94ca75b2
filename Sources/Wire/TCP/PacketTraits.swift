/// Fields of a packet that follow from the host that sent it and the way it went: a packet forged elsewhere seldom has
/// them all right.
public struct PacketTraits: Sendable, Hashable {
    /// Time to live or hop limit; `nil` where the packet came in fragments.
    public let hopLimit: UInt8?
    /// Of the IPv4 header.
    public let identification: UInt16?
    /// As it stands in the TCP header, not scaled.
    public let window: UInt16
    /// The sender's clock (RFC 7323 §3.2); `nil` where the option is absent.
    public let timestamp: UInt32?

    public init(hopLimit: UInt8?, identification: UInt16?, window: UInt16, timestamp: UInt32?) {
        self.hopLimit = hopLimit
        self.identification = identification
        self.window = window
        self.timestamp = timestamp
    }
}

extension Span<UInt8> {
    /// The value of the timestamp option among TCP's options (RFC 7323 §3.2).
    var timestampOption: UInt32? {
        guard let place = option(8), self[place + 1] == 10 else { return nil }
        return u32(at: place + 2)
    }

    /// Where an option begins that lies whole among TCP's options (RFC 9293 §3.1), or IPv4's (RFC 791 §3.1); it has two octets or
    /// more.
    @inline(__always)
    func option(_ wanted: UInt8) -> Int? {
        var index = 0
        while index < count {
            let kind = self[index]
            if kind == 0 { return nil }
            if kind == 1 {
                index += 1
                continue
            }
            guard index + 1 < count else { return nil }
            let length = Int(self[index + 1])
            guard length >= 2, index + length <= count else { return nil }
            if kind == wanted { return index }
            index += length
        }
        return nil
    }
}

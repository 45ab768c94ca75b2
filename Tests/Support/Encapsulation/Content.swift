import Wire

/// A packet or a frame on its way into others.
package struct Content: Sendable {
    /// What a link or a tunnel calls it: the number of an IP version, a tag, or 0x6558 for a whole Ethernet frame.
    package var etherType: UInt16
    package var octets: [UInt8]

    package init(_ etherType: UInt16, _ octets: [UInt8]) {
        self.etherType = etherType
        self.octets = octets
    }

    package static let ipv4: UInt16 = 0x0800
    package static let ipv6: UInt16 = 0x86DD
    package static let frame: UInt16 = 0x6558
}

/// Puts content into a header, or into several packets. The side is the one that sends: a tunnel's ends change places
/// with it. The number is another for every packet.
package typealias Wrapping = @Sendable (_ content: Content, _ from: Side, _ number: UInt32) -> [Content]

/// An identifier that each direction has for itself.
package struct PerSide: Sendable {
    let client: UInt32
    let server: UInt32

    package init(client: UInt32, server: UInt32) {
        self.client = client
        self.server = server
    }

    subscript(side: Side) -> UInt32 { side == .client ? client : server }
}

/// Everything that Earshot takes off, as its standard writes it.
package enum Wrap {}

extension [UInt8] {
    /// `integer` in network order.
    static func of<Number: FixedWidthInteger>(_ integer: Number) -> Self {
        var octets: [UInt8] = []
        octets.append(integer: integer)
        return octets
    }
}

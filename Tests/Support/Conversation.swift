import Wire

/// A TCP conversation between a client and a server: numbers, acknowledgements and times follow from what is said.
package struct Conversation: Sendable {
    package let client: Endpoint
    package let server: Endpoint
    package private(set) var segments: [Segment] = []
    private var next: [Side: UInt32]
    /// Time of the next segment, in nanoseconds since 1970.
    package var time: Int64
    /// What passes between two segments, in nanoseconds.
    package var step: Int64 = 1_000_000

    /// 2026-11-23T15:34:00Z.
    package static let start: Int64 = 1_795_448_040_000_000_000

    package init(
        port: UInt16 = 25, clientPort: UInt16 = 34004, clientISN: UInt32 = 1_000_000, serverISN: UInt32 = 5_000_000,
        isV6: Bool = false, at time: Int64 = start
    ) {
        let addresses =
            isV6
            ? (IPAddress(high: 0x2001_0DB8_0000_0000, low: 0x0A), IPAddress(high: 0x2001_0DB8_0000_0000, low: 0x19))
            : (IPAddress(v4: 0xC000_020A), IPAddress(v4: 0xC000_0219))
        client = Endpoint(addresses.0, clientPort)
        server = Endpoint(addresses.1, port)
        next = [.client: clientISN, .server: serverISN]
        self.time = time
    }

    /// SYN, SYN+ACK, ACK.
    package mutating func open() {
        send([], from: .client, flags: .syn, acknowledging: false)
        send([], from: .server, flags: [.syn, .ack])
        send([], from: .client, flags: .ack)
    }

    package mutating func send(_ octets: [UInt8], from side: Side) { send(octets, from: side, flags: .ack) }

    /// Lines of the client; CRLF is added to each.
    package mutating func c(_ lines: String...) { send(Self.octets(lines), from: .client) }

    /// Lines of the server; CRLF is added to each.
    package mutating func s(_ lines: String...) { send(Self.octets(lines), from: .server) }

    /// Octets that go by without being captured.
    package mutating func lose(_ count: Int, from side: Side) {
        next[side, default: 0] &+= UInt32(count)
        time += step
    }

    package mutating func close(by side: Side = .client) {
        send([], from: side, flags: [.fin, .ack])
        send([], from: side.other, flags: [.fin, .ack])
        send([], from: side, flags: .ack)
    }

    package mutating func reset(by side: Side) { send([], from: side, flags: [.rst, .ack]) }

    package mutating func send(_ octets: [UInt8], from side: Side, flags: TCPFlags, acknowledging: Bool = true) {
        let number = next[side] ?? 0
        segments.append(
            Segment(
                from: side, client: client, server: server, sequence: number,
                acknowledgment: acknowledging ? next[side.other] ?? 0 : 0, flags: flags, payload: octets, time: time))
        let ends = (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
        next[side] = number &+ UInt32(octets.count + ends)
        time += step
    }

    package static func octets(_ lines: [String]) -> [UInt8] { lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] } }

    /// A conversation that was written down whole: `build` says what is said between the handshake and the FINs.
    package static func segments(
        port: UInt16 = 25, clientISN: UInt32 = 1_000_000, serverISN: UInt32 = 5_000_000,
        _ build: (inout Conversation) -> Void
    ) -> [Segment] {
        var conversation = Conversation(port: port, clientISN: clientISN, serverISN: serverISN)
        conversation.open()
        build(&conversation)
        conversation.close()
        return conversation.segments
    }
}

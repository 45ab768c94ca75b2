/// What a load balancer puts in front of a connection that it hands on: whose connection it was (the PROXY protocol of
/// HAProxy, versions 1 and 2, `doc/proxy-protocol.txt`).
public struct ProxyHeader: Sendable, Hashable {
    public let version: Int
    /// `nil` where the connection is the balancer's own (a health check), or of a kind without ports.
    public let client: Endpoint?
    public let server: Endpoint?
    /// Its octets.
    public let length: Int

    public enum Reading: Sendable, Equatable {
        case none
        /// More octets are needed to tell.
        case incomplete
        case header(ProxyHeader)
    }

    /// Octets that have to be there at most before a header can be told; what follows them in it is skipped.
    public static let maximumRead = max(maximumLine, 16 + 36)
    /// Version 1: one line (§2.1).
    private static let maximumLine = 107

    /// Reads the leading octets of a client.
    public static func read(_ octets: Span<UInt8>) -> Reading {
        if let begins = octets.begins(with: signature) { return begins ? binary(octets) : .incomplete }
        if let begins = octets.begins(with: word) { return begins ? line(octets) : .incomplete }
        return .none
    }

    private static let word = Array("PROXY ".utf8)
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    // MARK: Version 1

    /// `PROXY TCP4 192.0.2.10 192.0.2.25 34004 25`, or `PROXY UNKNOWN …`.
    private static func line(_ octets: Span<UInt8>) -> Reading {
        guard let end = octets.firstIndex(of: ASCII.lineFeed) else {
            return octets.count < maximumLine ? .incomplete : .none
        }
        guard end < maximumLine, octets[end - 1] == ASCII.carriageReturn else { return .none }
        let text = Escaping.text(octets.extracting(first: end - 1), limit: maximumLine)
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words[1] == "UNKNOWN" {
            return .header(ProxyHeader(version: 1, client: nil, server: nil, length: end + 1))
        }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6", let client = endpoint(words[2], words[4]),
            let server = endpoint(words[3], words[5])
        else { return .none }
        return .header(ProxyHeader(version: 1, client: client, server: server, length: end + 1))
    }

    private static func endpoint(_ address: String, _ port: String) -> Endpoint? {
        guard let address = IPAddress(literal: address), port.utf8.allSatisfy({ ASCII.digit($0) != nil }),
            let port = UInt16(port)
        else { return nil }
        return Endpoint(address, port)
    }

    // MARK: Version 2

    /// Signature, version and command, family and transport, length, addresses (§2.2).
    private static func binary(_ octets: Span<UInt8>) -> Reading {
        guard octets.count >= 16 else { return .incomplete }
        guard octets[12] >> 4 == 2, octets[12] & 15 <= 1 else { return .none }
        let rest = Int(octets[14]) << 8 | Int(octets[15])
        let size = octets[13] >> 4 == 1 ? 4 : octets[13] >> 4 == 2 ? 16 : 0
        let isLocal = octets[12] & 15 == 0
        guard !isLocal, size > 0, octets[13] & 15 == 1 else {
            return .header(ProxyHeader(version: 2, client: nil, server: nil, length: 16 + rest))
        }
        guard rest >= 2 * size + 4 else { return .none }
        guard octets.count >= 16 + 2 * size + 4 else { return .incomplete }
        func number(_ start: Int, _ count: Int) -> UInt64 {
            (start..<start + count).reduce(0) { $0 << 8 | UInt64(octets[$1]) }
        }
        func address(_ start: Int) -> IPAddress {
            size == 4
                ? IPAddress(v4: UInt32(truncatingIfNeeded: number(start, 4)))
                : IPAddress(high: number(start, 8), low: number(start + 8, 8))
        }
        let ports = 16 + 2 * size
        return .header(
            ProxyHeader(
                version: 2, client: Endpoint(address(16), UInt16(truncatingIfNeeded: number(ports, 2))),
                server: Endpoint(address(16 + size), UInt16(truncatingIfNeeded: number(ports + 2, 2))),
                length: 16 + rest))
    }
}

extension ProxyHeader {
    /// Takes out what tells it from others, or puts it back.
    public mutating func exchange(_ particulars: inout Particulars) {
        var (client, server, length) = (client, server, length)
        client?.exchange(&particulars)
        server?.exchange(&particulars)
        particulars.exchange(&length)
        self = Self(version: version, client: client, server: server, length: length)
    }
}

extension Endpoint {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        var (high, low, port) = (address.high, address.low, port)
        particulars.exchange(&high)
        particulars.exchange(&low)
        particulars.exchange(&port)
        let isV6 = address.isV6
        self = Self(
            isV6 ? IPAddress(high: high, low: low) : IPAddress(v4: UInt32(truncatingIfNeeded: low)), port)
    }
}

extension Span<UInt8> {
    /// `nil` where they differ; `false` where there are too few octets to tell.
    fileprivate func begins(with expected: [UInt8]) -> Bool? {
        for index in 0..<Swift.min(count, expected.count) where self[index] != expected[index] { return nil }
        return count >= expected.count
    }
}

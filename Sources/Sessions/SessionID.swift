import Crypto
import Wire

/// A session's identity: a hash of its 5-tuple and both initial sequence numbers, so that the same session has the
/// same id in every file, order and sensor. Where no SYN was seen, its opening second takes their place.
public enum SessionID: Hashable, Sendable, CustomStringConvertible {
    case known(SessionHash)
    /// What is hashed when somebody asks: most reports show no session by its id.
    case of(client: Endpoint, server: Endpoint, Opening)

    /// What tells a connection from others between the same ends.
    public enum Opening: Hashable, Sendable {
        /// Initial sequence numbers; 0 for one that was not seen.
        case numbers(client: UInt32, server: UInt32)
        /// Seconds since 1970.
        case second(Int64)
    }

    public init(high: UInt64, low: UInt64) { self = .known(SessionHash(high: high, low: low)) }

    public var hash: SessionHash {
        switch self {
        case .known(let hash): hash
        case .of(let client, let server, let opening): SessionHash(client, server, opening)
        }
    }

    public var description: String { hash.description }
}

/// The leading 128 bits of the hash.
public struct SessionHash: Hashable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    fileprivate init(_ client: Endpoint, _ server: Endpoint, _ opening: SessionID.Opening) {
        var octets: [UInt8] = []
        octets.append(addingCapacity: 64) { output in
            output.append(client)
            output.append(server)
            output.append(IPHeader.tcp)
            switch opening {
            case .numbers(let client, let server):
                output.append(integer: client)
                output.append(integer: server)
            case .second(let second): output.append(integer: second)
            }
        }
        var (high, low) = (UInt64(0), UInt64(0))
        for (index, octet) in SHA256.hash(data: octets).enumerated() where index < 16 {
            if index < 8 { high = high << 8 | UInt64(octet) } else { low = low << 8 | UInt64(octet) }
        }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Self.hex(high) + Self.hex(low) }

    /// EVE's `flow_id`: 53 bits, exact in every JSON reader.
    public var flowID: UInt64 { low & 0x1F_FFFF_FFFF_FFFF }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension OutputSpan<UInt8> {
    @_lifetime(self: copy self)
    fileprivate mutating func append(_ endpoint: Endpoint) {
        append(endpoint.address.isV6 ? 6 : 4)
        append(integer: endpoint.address.high)
        append(integer: endpoint.address.low)
        append(integer: endpoint.port)
    }

    /// Appends an integer in network order.
    @_lifetime(self: copy self)
    fileprivate mutating func append<Number: FixedWidthInteger>(integer: Number) {
        var shift = Number.bitWidth - 8
        while shift >= 0 {
            append(UInt8(truncatingIfNeeded: integer >> Number(shift)))
            shift -= 8
        }
    }
}

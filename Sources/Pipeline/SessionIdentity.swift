import Crypto
import Sessions
import Wire

extension TrackedConnection {
    /// The finished session; `nil` where no octets were ever read.
    func finishedSession() -> MailSession? {
        reader?.session.finish(
            id: identity, client: client, server: server, path: path, role: role, transport: transport)
    }

    /// Hash of the 5-tuple and of both initial sequence numbers; of the opening second where no SYN was seen.
    private var identity: SessionID {
        var octets: [UInt8] = []
        for endpoint in [client, server] {
            octets.append(endpoint.address.isV6 ? 6 : 4)
            octets.append(integer: endpoint.address.high)
            octets.append(integer: endpoint.address.low)
            octets.append(integer: endpoint.port)
        }
        octets.append(IPHeader.tcp)
        if order.status.sawStart {
            octets.append(integer: order.client.initial?.rawValue ?? 0)
            octets.append(integer: order.server.initial?.rawValue ?? 0)
        } else {
            octets.append(integer: transport.start.seconds)
        }
        let digest = SHA256.hash(data: octets)
        let words = digest.reduce(into: (UInt64(0), UInt64(0), 0)) { words, octet in
            if words.2 < 8 { words.0 = words.0 << 8 | UInt64(octet) }
            if words.2 >= 8, words.2 < 16 { words.1 = words.1 << 8 | UInt64(octet) }
            words.2 += 1
        }
        return SessionID(high: words.0, low: words.1)
    }
}

extension [UInt8] {
    /// Appends an integer in network order.
    fileprivate mutating func append<Number: FixedWidthInteger>(integer: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: integer >> Number(shift)))
        }
    }
}

import Crypto
import Sessions
import Wire

extension TrackedConnection {
    /// The finished session.
    func session(_ reader: OpenReader, _ key: FlowKey) -> MailSession {
        let client = clientIsLow ? key.low : key.high
        let server = clientIsLow ? key.high : key.low
        return reader.session.finish(
            id: identity(client, server), client: client, server: server, path: path, role: role,
            transport: transport)
    }

    /// Hash of the 5-tuple and of both initial sequence numbers; of the opening second where no SYN was seen.
    private func identity(_ client: Endpoint, _ server: Endpoint) -> SessionID {
        var octets: [UInt8] = []
        octets.reserveCapacity(64)
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
        var (high, low) = (UInt64(0), UInt64(0))
        for (index, octet) in digest.enumerated() where index < 16 {
            if index < 8 { high = high << 8 | UInt64(octet) } else { low = low << 8 | UInt64(octet) }
        }
        return SessionID(high: high, low: low)
    }
}

extension [UInt8] {
    /// Appends an integer in network order.
    fileprivate mutating func append<Number: FixedWidthInteger>(integer: Number) {
        var shift = Number.bitWidth - 8
        while shift >= 0 {
            append(UInt8(truncatingIfNeeded: integer >> Number(shift)))
            shift -= 8
        }
    }
}

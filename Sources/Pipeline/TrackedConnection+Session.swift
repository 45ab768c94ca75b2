import Sessions
import Wire

extension TrackedConnection {
    /// The finished session of its reader.
    mutating func session(_ key: FlowKey) -> MailSession {
        let client = clientIsLow ? key.low : key.high
        let server = clientIsLow ? key.high : key.low
        return readers[0].session.finish(
            id: .of(client: client, server: server, opening), client: client, server: server, path: path, role: role,
            transport: transport)
    }

    /// Both initial sequence numbers; the opening second where no SYN was seen.
    private var opening: SessionID.Opening {
        guard order.status.sawStart else { return .second(transport.start.seconds) }
        return .numbers(client: order.client.initial?.rawValue ?? 0, server: order.server.initial?.rawValue ?? 0)
    }
}

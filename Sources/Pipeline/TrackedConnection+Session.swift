import Sessions
import Wire

extension TrackedConnection {
    /// Says how it ended; `lost` is until when the capture lost packets.
    mutating func noteOutcome(_ ended: ConnectionState, lostUntil lost: Timestamp?) {
        transport.capture = quality
        transport.state = state(ended: ended)
        transport.mayLackPackets = mayLackPackets(lostUntil: lost)
        if transport.hasOctetsBehindEnd { transport.forgetOutlivedEnds(order) }
        if transport.state == .reset { transport.noteOctetsBehindReset(order) }
        if order.status.isOpeningUnanswered { transport.isUnanswered = true }
        if transport.isDamaged { forgetUnlikelyDamage() }
    }

    /// The finished session; the reader hands over what it has. Mutating, although it changes nothing: a connection that
    /// lies in an array is copied to be asked.
    mutating func session(_ key: FlowKey) -> MailSession {
        let client = clientIsLow ? key.low : key.high
        let server = clientIsLow ? key.high : key.low
        return readers[0].session.finish(
            id: .of(client: client, server: server, opening), client: client, server: server, path: path, role: role,
            transport: transport)
    }

    /// Wrong checksums of a sender that shows hardly any right ones say nothing: its card fills them in, or joins segments.
    private mutating func forgetUnlikelyDamage() {
        if !clientChecksums.isLikely { transport.forgetDamage(of: .client) }
        if !serverChecksums.isLikely { transport.forgetDamage(of: .server) }
    }

    /// Both initial sequence numbers; the opening second where no SYN was seen.
    private var opening: SessionID.Opening {
        guard order.status.sawStart else { return .second(transport.start.seconds) }
        return .numbers(client: order.client.initial?.rawValue ?? 0, server: order.server.initial?.rawValue ?? 0)
    }
}

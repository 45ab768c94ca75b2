import Sessions
import Wire

extension TrackedConnection {
    /// Says how it ended; `lost` is until when the capture lost packets.
    mutating func noteOutcome(_ ended: ConnectionState, lostUntil lost: Timestamp?) {
        transport.capture = quality
        transport.state = state(ended: ended)
        transport.mayLackPackets = mayLackPackets(lostUntil: lost)
        transport.forgetHeard(order)
        if transport.hasOctetsBehindEnd { transport.forgetOutlivedEnds(order) }
        if transport.state == .reset { transport.noteOctetsBehindReset(order) }
        if order.status.isOpeningUnanswered { transport.isUnanswered = true }
        if transport.isDamaged { forgetUnlikelyDamage() }
    }

    /// How much of the connection the capture holds.
    var quality: CaptureQuality {
        if !order.status.clientIsSeen || !order.status.serverIsSeen {
            return hasPayload ? .oneSided : order.status.sawStart ? .halfOpen : .midStream
        }
        return order.status.sawStart ? .complete : .midStream
    }

    /// Whether packets of it may be missing though no number tells. `lost` is until when the capture lost any.
    func mayLackPackets(lostUntil lost: Timestamp?) -> Bool {
        // The FINs of both sides stand behind all that was said.
        if order.status.isFinished { return false }
        if let lost, transport.start <= lost { return true }
        guard transport.reset != nil, let last = transport.resets.last, let offset = last.offset else { return false }
        // Numbers alone: a stream refers to what it holds.
        let (delivered, finOffset) =
            last.side == .client
            ? (order.client.delivered, order.client.finOffset) : (order.server.delivered, order.server.finOffset)
        // A FIN has a number of its own.
        return offset > max(delivered, finOffset.map { $0 &+ 1 } ?? 0)
    }

    func state(ended: ConnectionState) -> ConnectionState {
        // A reset behind both FINs, or before them, ended nothing.
        if order.status.isFinished { return .closed }
        if transport.reset != nil { return .reset }
        return ended
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

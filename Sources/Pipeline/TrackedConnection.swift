import Sessions
import Wire

/// A connection under observation: its order, its facts, and who is who.
final class TrackedConnection {
    let client: Endpoint
    let server: Endpoint
    /// What its opening packet was wrapped in.
    let path: NetworkPath
    let role: PortRole
    var order = TCPConnection()
    /// Apart, since most connections of a flood of SYNs never come to have one.
    var reader: OpenReader?
    var transport: TransportFacts
    /// By the capture's clock.
    var lastSeen: Timestamp
    /// When it may be forgotten after it was closed; `nil` while it is open.
    var closesAt: Timestamp?
    /// A SYN that may begin another connection between the same ends.
    var successor: TCPSequence?
    /// Held octets that are counted in the total.
    var countedCost = 0
    /// The reader's cost that is counted in the total.
    var countedState = 0

    final class OpenReader {
        var session: SessionReader

        init(_ session: SessionReader) { self.session = session }
    }

    init(
        client: Endpoint, server: Endpoint, path: NetworkPath, role: PortRole, start: Timestamp, frame: FrameNumber,
        now: Timestamp
    ) {
        self.client = client
        self.server = server
        self.path = path
        self.role = role
        transport = TransportFacts(start: start, frame: frame)
        lastSeen = now
    }

    /// Both ends were heard, or it was joined while under way: not merely an unanswered SYN.
    var isEstablished: Bool {
        order.status.serverIsSeen && order.status.clientIsSeen || hasPayload || !order.status.sawStart
    }

    var hasPayload: Bool { reader != nil }

    func side(of segment: borrowing TCPSegment) -> Side {
        segment.source == client ? .client : .server
    }

    /// Counts a packet, and notes how the connection ends.
    func count(_ segment: borrowing TCPSegment, from side: Side, octets: Int, frame: FrameNumber, at time: Timestamp) {
        if side == .client {
            transport.toServer.packets += 1
            transport.toServer.octets &+= UInt64(octets)
        } else {
            transport.toClient.packets += 1
            transport.toClient.octets &+= UInt64(octets)
        }
        transport.lastFrame = max(transport.lastFrame, frame)
        transport.end = max(transport.end, time)
        if segment.missing > 0 { transport.truncatedSegments += 1 }
        if segment.flags.contains(.fin), transport.fin == nil { transport.fin = Observed(side, in: frame) }
        if segment.flags.contains(.rst), transport.reset == nil, order.believes(segment, from: side) {
            transport.reset = Observed(side, in: frame)
        }
    }

    func noteGap(_ count: Int64, at offset: Int64, of side: Side) {
        transport.gapCount += 1
        if transport.gaps.count < TransportFacts.maximumGaps {
            transport.gaps.append(Gap(side: side, offset: offset, length: count))
        }
    }

    /// How much of the connection the capture holds.
    var quality: CaptureQuality {
        if !order.status.clientIsSeen || !order.status.serverIsSeen {
            return hasPayload ? .oneSided : order.status.sawStart ? .halfOpen : .midStream
        }
        return order.status.sawStart ? .complete : .midStream
    }

    func state(ended: ConnectionState) -> ConnectionState {
        if transport.reset != nil { return .reset }
        if order.status.isFinished { return .closed }
        return ended
    }
}

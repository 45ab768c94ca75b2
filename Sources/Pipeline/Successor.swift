import Sessions
import Wire

/// What may become another connection between the same ends: seen on their ports, with numbers that are not the known
/// one's.
struct Successor: Sendable, Equatable {
    /// Who showed it last.
    private(set) var side: Side
    /// The numbers that each side uses next; `nil` where nothing was seen of them.
    private(set) var client: TCPSequence?
    private(set) var server: TCPSequence?
    /// Its SYN, or the answer to it.
    private(set) var opening: HalfOpenConnection?
    /// Any of it brought octets.
    private var hasOctets = false
    /// Packets of the known connection by then.
    private let packets: UInt64

    init(_ segment: borrowing TCPSegment, from side: Side, opening: HalfOpenConnection?, behind packets: UInt64) {
        self.side = side
        self.opening = opening
        self.packets = packets
        note(segment)
    }

    /// What one takes, in octets.
    static let cost = MemoryLayout<Self>.stride + 32

    /// The number behind the client's SYN, where that is what opened it.
    var awaited: TCPSequence? { side == .client && server == nil ? client : nil }

    /// Whether a segment of `side` has numbers that go with what was seen of it, and the known connection, of which there were
    /// `packets`, has not gone on meanwhile.
    func isContinued(by segment: borrowing TCPSegment, from side: Side, behind packets: UInt64) -> Bool {
        guard packets == self.packets else { return false }
        let (own, other) = side == .client ? (client, server) : (server, client)
        return Self.fits(segment.sequence, own) && Self.fits(segment.acknowledgment, other)
    }

    /// More of it than acknowledgements and FINs was seen, which may be late ones of a connection before the known one.
    func isBegun(by segment: borrowing TCPSegment) -> Bool {
        hasOctets || opening != nil || !segment.payload.isEmpty
    }

    /// Takes note of a segment that goes on with it.
    mutating func follow(_ segment: borrowing TCPSegment, from side: Side) {
        self.side = side
        note(segment)
    }

    private mutating func note(_ segment: borrowing TCPSegment) {
        hasOctets = hasOctets || !segment.payload.isEmpty
        let acknowledgment = segment.flags.contains(.ack) ? segment.acknowledgment : nil
        switch side {
        case .client: (client, server) = (segment.end, acknowledgment)
        case .server: (client, server) = (acknowledgment, segment.end)
        }
    }

    private static func fits(_ sequence: TCPSequence, _ known: TCPSequence?) -> Bool {
        known.map { abs(sequence.distance(from: $0)) <= TCPReassembler.window } ?? true
    }
}

extension TrackedConnection {
    /// What a segment is to a connection between its ends.
    enum Relation {
        case same
        /// It is none of it, and nothing is known of the one that it may belong to.
        case stranger
        /// It belongs to another one, which began with what is told, if that was seen.
        case another(HalfOpenConnection?)
    }

    /// Whether a segment has numbers of another connection. One such segment anybody can send who knows nothing of either;
    /// so the other side must go on with it, where both are seen. And the known one must have fallen silent: a tap may show
    /// two connections at a time that some device has made of one.
    mutating func isSucceededWithoutSYN(
        by segment: borrowing TCPSegment, _ opening: HalfOpenConnection?, at now: Timestamp
    ) -> Bool {
        let side = side(of: segment)
        guard closesAt != nil || now.since(lastSeen) >= Self.silence else { return false }
        guard let known = successors.first, known.isContinued(by: segment, from: side, behind: packets) else {
            successors = [Successor(segment, from: side, opening: opening, behind: packets)]
            return false
        }
        let isAnswered = known.side != side || !order.status.clientIsSeen || !order.status.serverIsSeen
        if isAnswered, known.isBegun(by: segment) { return true }
        successors[0].follow(segment, from: side)
        return false
    }

    /// Packets of both sides.
    var packets: UInt64 { transport.toServer.packets &+ transport.toClient.packets }

    /// Longer than taps reorder, in nanoseconds.
    private static let silence: Int64 = 1_000_000_000
}

/// Both directions of one TCP connection, kept in order each and towards each other (RFC 9293).
///
/// A segment is handed on when everything before it in its own stream was, and everything that it acknowledges in the
/// other: so a reply never overtakes the command that it answers, however the tap reordered them. What is waited for
/// in vain becomes a gap.
public struct TCPConnection: Sendable, Equatable {
    public internal(set) var client = TCPStream()
    public internal(set) var server = TCPStream()

    /// Cost of held octets over which holes are given up at once, in octets.
    public static let heldBudget = 512 << 10

    /// What callers ask after each packet; kept apart, since reading it copies nothing.
    public internal(set) var status = Status()
    private var copies = RecentPackets()

    public struct Status: Sendable, Equatable {
        /// Something is held or missing, so that `nextReady` may have an answer.
        public fileprivate(set) var hasWork = false
        /// The FINs of both sides were reached, or that of the only side that is captured.
        public fileprivate(set) var isFinished = false
        /// One of the opening SYNs was seen, so both streams are known from their start.
        public fileprivate(set) var sawStart = false
        /// Any packet of the client, of the server, was seen.
        public fileprivate(set) var clientIsSeen = false
        public fileprivate(set) var serverIsSeen = false
        /// Octets of a SYN were read that nobody has answered.
        public fileprivate(set) var isOpeningUnanswered = false
        /// Nothing more is remembered, and what is there only until it is acknowledged.
        public internal(set) var isForgetting = false
        /// Nothing is remembered any more.
        public internal(set) var hasForgotten = false
        fileprivate var held: Int32 = 0

        /// Octets held back, with their cost.
        public var heldCost: Int { Int(held) }
    }

    public init() {}

    /// What to do with a segment's payload.
    public enum Arrival: Equatable, Sendable {
        /// Parse it where it lies, without its first `skip` octets; it starts at `offset` then.
        case deliver(skip: Int, offset: Int64, acknowledged: Int64?)
        /// It was copied and waits.
        case held
        /// It was copied and waits for a direction of which nothing was seen yet, as what came before it does.
        case awaitsOther
        /// It brings nothing new.
        case duplicate
        /// The capture holds the same packet twice.
        case copy
        /// It carries no octets.
        case empty
        /// It cannot belong to this connection, or no receiver takes it.
        case outOfWindow

        /// It is a segment of this connection.
        public var isTaken: Bool {
            if case .outOfWindow = self { false } else { true }
        }

        /// Octets of it were there before, in another packet.
        public var repeatsOctets: Bool {
            switch self {
            case .deliver(let skip, _, _): skip > 0
            case .duplicate: true
            case .held, .awaitsOther, .copy, .empty, .outOfWindow: false
            }
        }

        /// Octets of it are read, at once or later.
        public var bringsOctets: Bool {
            switch self {
            case .deliver, .held, .awaitsOther: true
            case .duplicate, .copy, .empty, .outOfWindow: false
            }
        }
    }

    /// What can be handed on after a segment was taken.
    public enum Ready: Sendable {
        /// A held piece, without its first `skip` octets.
        case octets(HoldBack.Piece, skip: Int, from: Side)
        /// `count` octets that will never be seen, starting at `offset`.
        case gap(count: Int64, offset: Int64, from: Side)
        /// Two copies of the same place are not the same octets.
        case conflict(Conflict, from: Side)
    }

    // What is asked of one side is asked of its stream: by way of the subscript it would be copied, or kept in memory of its
    // own while it is looked at.

    /// Where a sequence number stands in a side's stream.
    @inline(__always)
    public func offset(of sequence: TCPSequence, in side: Side) -> Int64? {
        switch side {
        case .client: client.offset(of: sequence)
        case .server: server.offset(of: sequence)
        }
    }

    /// Where what its peer acknowledges stands in a side's stream.
    public func offset(ofAcknowledgment sequence: TCPSequence, in side: Side) -> Int64? {
        switch side {
        case .client: client.isPlaced ? client.offset(ofAcknowledgment: sequence) : nil
        case .server: server.isPlaced ? server.offset(ofAcknowledgment: sequence) : nil
        }
    }

    /// How many octets of a side's stream were delivered or given up.
    @inline(__always)
    public func delivered(of side: Side) -> Int64 {
        switch side {
        case .client: client.delivered
        case .server: server.delivered
        }
    }

    /// How far a side's stream is known to have been received by its peer, as an offset.
    @inline(__always)
    public func acknowledged(of side: Side) -> Int64 {
        switch side {
        case .client: client.acknowledged
        case .server: server.acknowledged
        }
    }

    /// Where the FIN of a side stands, as an offset.
    @inline(__always)
    public func finOffset(of side: Side) -> Int64? {
        switch side {
        case .client: client.finOffset
        case .server: server.finOffset
        }
    }

    private func isReady(_ side: Side) -> Bool {
        switch side {
        case .client: client.isReady
        case .server: server.isReady
        }
    }

    private func isSeen(_ side: Side) -> Bool {
        switch side {
        case .client: client.isSeen
        case .server: server.isSeen
        }
    }

    /// Changed in place.
    subscript(side: Side) -> TCPStream {
        @inline(__always) get {
            switch side {
            case .client: client
            case .server: server
            }
        }
        @inline(__always) _modify {
            switch side {
            case .client: yield &client
            case .server: yield &server
            }
        }
    }

    /// Takes note of a packet that was accepted in another form, so that a copy of it is recognized.
    public mutating func noteSeen(_ packet: PacketPrint) { copies.append(packet) }

    /// Takes a segment, stamped `time`. Where the answer is `.deliver`, the octets count as delivered. What is waited
    /// for is waited for by the capture's clock: a stamp may be absurd.
    public mutating func accept(
        _ segment: borrowing TCPSegment, from side: Side, frame: FrameNumber, at time: Timestamp, now: Timestamp
    ) -> Arrival {
        let packet = PacketPrint(segment, at: time)
        if let arrival = side == .client
            ? Self.step(segment, &client, &server) : Self.step(segment, &server, &client)
        {
            copies.append(packet)
            return arrival
        }
        if side == .client
            ? Self.isBareAcknowledgement(segment, &client, &server)
            : Self.isBareAcknowledgement(segment, &server, &client)
        {
            if copies.contains(packet) { return .copy }
            copies.append(packet)
            return .empty
        }
        defer { updateStatus() }
        if copies.contains(packet), !mayConflict(segment, side) { return .copy }
        copies.append(packet)
        guard isAcceptable(segment, side) else { return .outOfWindow }
        if side == .client {
            Self.observe(segment, &client, &server, at: now)
        } else {
            Self.observe(segment, &server, &client, at: now)
        }
        guard segment.payload.count + segment.missing > 0, !segment.flags.contains(.rst) else { return .empty }
        let acknowledged = segment.flags.contains(.ack) ? acknowledgedOffset(segment, side) : nil
        switch place(segment, side, acknowledged) {
        case .deliver(let skip):
            if skip > 0 { compare(segment, side, frame) }
            return deliver(segment, skip, side, acknowledged, now)
        case .hold(let offset):
            if segment.flags.contains(.syn), delivered(of: side) == 0 { self[side].doubtOpening() }
            self[side].hold(segment, at: offset, frame: frame, acknowledged: acknowledged)
            return isReady(side) && !isSeen(side.other) ? .awaitsOther : .held
        case .duplicate:
            compare(segment, side, frame)
            return .duplicate
        case .outOfWindow: return .outOfWindow
        }
    }

    /// The usual case: octets that are next in line and acknowledge nothing that is missing, on a connection where
    /// nothing is waited for. `nil` where it is another one.
    @inline(__always)
    private static func step(
        _ segment: borrowing TCPSegment, _ stream: inout TCPStream, _ other: inout TCPStream
    ) -> Arrival? {
        guard segment.flags.isDisjoint(with: .notPlain), segment.flags.contains(.ack), segment.missing == 0,
            segment.payload.count > 0, stream.isSmooth, other.isSmooth, segment.sequence == stream.order.next
        else { return nil }
        let behind = segment.acknowledgment.distance(from: other.order.next)
        guard behind <= 0, behind >= -TCPReassembler.window else { return nil }
        let acknowledged = other.delivered + behind
        other.noteAcknowledged(acknowledged)
        let offset = stream.delivered
        let said = min(acknowledged, other.acknowledged)
        stream.step(over: segment.payload.count, acknowledging: said)
        return .deliver(skip: 0, offset: offset, acknowledged: said)
    }

    /// The other usual case: nothing but an acknowledgement of what was delivered, where nothing is waited for. It is noted.
    @inline(__always)
    private static func isBareAcknowledgement(
        _ segment: borrowing TCPSegment, _ stream: inout TCPStream, _ other: inout TCPStream
    ) -> Bool {
        guard segment.payload.count + segment.missing == 0, segment.flags.isDisjoint(with: .notPlain),
            segment.flags.contains(.ack), stream.isSmooth, other.isSmooth, other.isConfirmed,
            segment.sequence == stream.order.next
        else { return false }
        let behind = segment.acknowledgment.distance(from: other.order.next)
        guard behind <= 0, behind >= -TCPReassembler.window else { return false }
        other.noteAcknowledged(other.delivered + behind)
        return true
    }

    /// What is next in line, if anything is. `forced` ends all waiting: at the end of the connection or of its budget.
    public mutating func nextReady(at time: Timestamp, forced: Bool) -> Ready? {
        defer { updateStatus() }
        if forced {
            client.giveUpOpening()
            server.giveUpOpening()
            status.isOpeningUnanswered = client.isOpeningUnanswered || server.isOpeningUnanswered
        }
        if let conflict = client.takeConflict() { return .conflict(conflict, from: .client) }
        if let conflict = server.takeConflict() { return .conflict(conflict, from: .server) }
        if client.isReady, !mustWait(client.readyAcknowledges, .client) { return take(.client, time) }
        if server.isReady, !mustWait(server.readyAcknowledges, .server) { return take(.server, time) }
        if let side = sideOfRetransmission(at: time, forced: forced) { return take(side, time) }
        if client.giveUpUnseen(at: time, forced: forced) || server.giveUpUnseen(at: time, forced: forced) {
            return nextReady(at: time, forced: forced)
        }
        if let count = client.hole(at: time, demanded: server.readyAcknowledges, forced: forced) {
            return giveUp(count, .client, time)
        }
        if let count = server.hole(at: time, demanded: client.readyAcknowledges, forced: forced) {
            return giveUp(count, .server, time)
        }
        // Behind the holes: a loss must be known before the reply that shows it is read.
        if client.isReady, forced || server.isOverdue(at: time) { return take(.client, time) }
        if server.isReady, forced || client.isOverdue(at: time) { return take(.server, time) }
        return nil
    }

    /// Whether a reset can be its sender's: one from far outside the window is ignored by every host (RFC 9293
    /// §3.10.7.4), and must not end the connection here.
    public func believes(_ reset: borrowing TCPSegment, from side: Side) -> Bool {
        guard let offset = offset(of: reset.sequence, in: side) else { return true }
        return abs(offset - delivered(of: side)) <= TCPReassembler.window
    }

    // MARK: Steps

    private mutating func updateStatus() {
        status.hasWork = client.hasWork || server.hasWork
        status.isFinished =
            client.isFinished && (server.isFinished || !server.isSeen) || server.isFinished && !client.isSeen
        status.sawStart = client.initial != nil || server.initial != nil
        status.clientIsSeen = client.isSeen
        status.serverIsSeen = server.isSeen
        status.held = Int32(clamping: client.heldCost + server.heldCost)
    }

    private static func observe(
        _ segment: borrowing TCPSegment, _ stream: inout TCPStream, _ other: inout TCPStream, at time: Timestamp
    ) {
        stream.confirmClaim(segment)
        let before = stream.observe(segment)
        if before > 0 {
            other.noteEarlierBeginning(of: before)
            stream.advance(by: 0, at: time)
        }
        stream.expectAgain(at: time)
        guard segment.flags.contains(.ack), !segment.flags.contains(.rst) else { return }
        other.observe(acknowledgment: segment.acknowledgment, at: time)
        // Only a segment without octets stands where its sender's stream has come to: others may be sent again.
        guard segment.payload.count + segment.missing == 0, segment.flags.isDisjoint(with: .notPlain),
            let place = stream.offset(of: segment.sequence)
        else { return }
        other.noteReceipt(upTo: segment.acknowledgment, peer: place)
    }

    /// How far `segment` acknowledges the other stream, a FIN's own number included; never further than that stream's
    /// own belief.
    private func acknowledgedOffset(_ segment: borrowing TCPSegment, _ side: Side) -> Int64? {
        guard let offset = offset(ofAcknowledgment: segment.acknowledgment, in: side.other) else { return nil }
        if let end = finOffset(of: side.other), offset == end + 1 { return offset }
        return min(offset, side == .client ? server.reach : client.reach)
    }

    private func place(
        _ segment: borrowing TCPSegment, _ side: Side, _ acknowledged: Int64?
    ) -> TCPReassembler.Placement {
        let placement = side == .client ? client.place(segment) : server.place(segment)
        guard case .deliver(let skip) = placement, mustWait(acknowledged, side) || segment.flags.contains(.syn) else {
            return placement
        }
        return .hold(offset: delivered(of: side) - Int64(skip))
    }

    /// The segment answers octets of the other side that were not handed on yet.
    private func mustWait(_ acknowledged: Int64?, _ side: Side) -> Bool {
        guard let acknowledged else { return false }
        return side == .client ? server.isAwaited(upTo: acknowledged) : client.isAwaited(upTo: acknowledged)
    }

    private mutating func deliver(
        _ segment: borrowing TCPSegment, _ skip: Int, _ side: Side, _ acknowledged: Int64?, _ time: Timestamp
    ) -> Arrival {
        let offset = delivered(of: side)
        let octets = segment.payload.count - min(skip, segment.payload.count)
        let missing = segment.missing - max(0, skip - segment.payload.count)
        self[side].advance(by: octets, missing: missing, acknowledging: acknowledged, at: time)
        return .deliver(skip: min(skip, segment.payload.count), offset: offset, acknowledged: acknowledged)
    }

    /// Both directions wait for each other. That comes of a retransmission, whose octets are older than what it
    /// acknowledges. Where an acknowledgement by itself shows which octets were received before the others were sent, it
    /// decides. Else the original is waited for, and if it does not show, the piece that was captured later is the one whose
    /// octets the other had acknowledged before.
    private func sideOfRetransmission(at time: Timestamp, forced: Bool) -> Side? {
        guard let fromClient = client.readyPlace, let fromServer = server.readyPlace,
            mustWait(client.readyAcknowledges, .client), mustWait(server.readyAcknowledges, .server)
        else { return nil }
        let clientCameFirst = client.wasReceived(fromClient.offset, before: fromServer.offset)
        let serverCameFirst = server.wasReceived(fromServer.offset, before: fromClient.offset)
        if clientCameFirst != serverCameFirst { return clientCameFirst ? .client : .server }
        guard forced || client.isOverdue(at: time) || server.isOverdue(at: time) else { return nil }
        return fromClient.frame > fromServer.frame ? .client : .server
    }

    private mutating func take(_ side: Side, _ time: Timestamp) -> Ready? {
        guard let piece = self[side].takeReady() else { return nil }
        let before = Int(clamping: delivered(of: side) - piece.offset)
        let skip = min(before, piece.octets.count)
        if skip > 0 { self[side].compare(piece) }
        self[side].advance(
            by: piece.octets.count - skip, missing: max(0, piece.missing - (before - skip)),
            acknowledging: piece.acknowledged, at: time)
        return .octets(piece, skip: skip, from: side)
    }

    private mutating func giveUp(_ count: Int64, _ side: Side, _ time: Timestamp) -> Ready {
        let offset = delivered(of: side)
        self[side].advance(by: Int(count), at: time)
        return .gap(count: count, offset: offset, from: side)
    }
}

extension TCPConnection {
    /// Takes out what tells it from others, or puts it back.
    public mutating func exchange(_ particulars: inout Particulars) {
        client.exchange(&particulars)
        server.exchange(&particulars)
        copies.exchange(&particulars)
    }
}

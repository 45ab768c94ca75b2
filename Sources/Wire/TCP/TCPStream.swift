/// One direction of a connection: what was delivered, what waits, and which octets will never come.
package struct TCPStream: Sendable {
    private var order: TCPReassembler?
    private(set) var held = HoldBack()
    /// How far the peer is known to have received, as a stream offset.
    private(set) var acknowledged: Int64 = 0
    /// When the peer was seen to have received octets that were not delivered here.
    private var missingSince: Timestamp?
    /// The snapshot length cut the stream's octets off up to here.
    private var lostUntil: Int64 = 0
    /// The initial sequence number, where the SYN was seen.
    package private(set) var initial: TCPSequence?
    /// Any packet of this direction was seen.
    package private(set) var isSeen = false
    /// Where the FIN stands, as a stream offset.
    private(set) var finOffset: Int64?

    /// The peer has octets that were not seen here: how long to wait for them, in nanoseconds of the capture's clock.
    /// Taps reorder by milliseconds; a retransmission is not to be expected once the octets were acknowledged.
    static let grace: Int64 = 1_000_000_000

    init() {}

    /// The number of the next octet in line; `nil` where none is known.
    package var next: TCPSequence? { order?.next }

    package var delivered: Int64 { order?.delivered ?? 0 }

    /// All octets up to the FIN were delivered or given up.
    package var isFinished: Bool { finOffset.map { delivered >= $0 } ?? false }

    // MARK: Taking note of numbers

    mutating func observe(_ segment: borrowing TCPSegment) {
        isSeen = true
        // A reset's number may be anything, and what it carries is no part of the stream (RFC 1122 §4.2.2.12).
        if segment.flags.contains(.rst) { return }
        if segment.flags.contains(.syn), initial == nil, delivered == 0, held.isEmpty {
            initial = segment.sequence.advanced(by: -1)
            order = TCPReassembler(startingAt: segment.sequence)
        }
        if order == nil { order = TCPReassembler(startingAt: segment.sequence) }
        if segment.flags.contains(.fin), finOffset == nil, let order {
            let offset = max(order.delivered, order.offset(of: segment.end))
            finOffset = offset
            // What was taken for an acknowledged octet may have been the FIN's own number.
            acknowledged = min(acknowledged, offset)
            if acknowledged <= delivered { missingSince = nil }
        }
    }

    /// The peer said which octet it expects next.
    mutating func observe(acknowledgment: TCPSequence, at time: Timestamp) {
        guard let order else {
            order = TCPReassembler(startingAt: acknowledgment)
            return
        }
        let offset = min(order.offset(of: acknowledgment), finOffset ?? .max)
        // Further ahead than 1 GiB is no acknowledgement that TCP allows (RFC 7323 §2.3).
        guard offset > acknowledged, offset - order.delivered < 1 << 30 else { return }
        acknowledged = offset
        if isSeen, acknowledged > delivered, missingSince == nil { missingSince = time }
    }

    func offset(of sequence: TCPSequence) -> Int64? { order?.offset(of: sequence) }

    // MARK: Placing octets

    func place(_ segment: borrowing TCPSegment) -> TCPReassembler.Placement {
        guard let order else { return .outOfWindow }
        let placement = order.place(
            segment.sequence, count: segment.payload.count + segment.missing, acknowledged: acknowledged)
        guard case .deliver(let skip) = placement, let first = held.first else { return placement }
        // Octets that came in earlier win over this segment's, so it queues up with them.
        let end = order.delivered - Int64(skip) + Int64(segment.payload.count + segment.missing)
        return first.offset < end ? .hold(offset: order.delivered - Int64(skip)) : placement
    }

    mutating func hold(_ segment: borrowing TCPSegment, at offset: Int64, frame: FrameNumber, acknowledged: Int64?) {
        let behind = Int(clamping: delivered - offset)
        let skip = max(0, min(behind, segment.payload.count))
        held.insert(
            segment.payload.extracting(droppingFirst: skip),
            missing: max(0, segment.missing - max(0, behind - segment.payload.count)),
            at: offset + Int64(skip), frame: frame, acknowledged: acknowledged)
    }

    /// Steps over octets that were delivered, and notes those that the snapshot length cut off behind them.
    mutating func advance(by count: Int, missing: Int = 0, at time: Timestamp) {
        order?.advance(by: Int64(count))
        if missing > 0 { lostUntil = max(lostUntil, delivered + Int64(missing)) }
        missingSince = isSeen && acknowledged > delivered ? time : nil
    }

    // MARK: What can be handed on

    /// The held piece whose turn it is.
    var ready: HoldBack.Piece? {
        guard let first = held.first, first.offset <= delivered else { return nil }
        return first
    }

    mutating func takeReady() -> HoldBack.Piece? { held.removeFirst() }

    /// Whether octets that the peer has were waited for long enough.
    func isOverdue(at time: Timestamp) -> Bool {
        missingSince.map { time.since($0) >= Self.grace } ?? false
    }

    /// Length of the hole at the front that can be given up now; `forced` gives up every hole. `demanded` is how far
    /// the other side's next octets acknowledge this stream.
    func hole(at time: Timestamp, demanded: Int64?, forced: Bool) -> Int64? {
        if lostUntil > delivered { return min(lostUntil, held.first?.offset ?? .max) - delivered }
        guard isSeen, ready == nil else { return nil }
        let next = held.first?.offset ?? .max
        // One number behind everything that was seen: a FIN that was not captured.
        if next == .max, acknowledged == delivered + 1, finOffset == nil { return nil }
        if acknowledged > delivered, forced || isOverdue(at: time) {
            // Nothing but an acknowledgement says that octets are missing. It may be forged, and what was given up is
            // never read, so something must depend on it: octets behind the hole or of the other side, or the end.
            let end = forced || next != .max ? next : max(demanded ?? 0, finOffset ?? 0)
            let stop = min(end, acknowledged)
            return stop > delivered ? stop - delivered : nil
        }
        return forced && next != .max ? next - delivered : nil
    }

    var hasWork: Bool { !held.isEmpty || missingSince != nil || lostUntil > delivered }

}

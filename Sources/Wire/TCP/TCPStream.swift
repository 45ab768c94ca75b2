/// One direction of a connection: what was delivered, what waits, and which octets will never come.
///
/// Every connection has two of them for its whole life, so what few streams need lies behind arrays that are empty in
/// most: an array of none or one takes a word, an optional value its whole room.
public struct TCPStream: Sendable, Equatable {
    var order = TCPReassembler(startingAt: TCPSequence(0))
    /// How far the other stream was acknowledged by the octets that were delivered last, modulo 2³².
    private var lastSaid: UInt32 = 0
    /// How far the peer is known to have received, as a stream offset.
    public internal(set) var acknowledged: Int64 = 0
    /// Where the FIN stands, as a stream offset; `.max` where none was seen.
    var end = Int64.max
    /// None or one.
    var waiting: [Waiting] = []
    /// None or one.
    var recent: [RecentOctets] = []
    private var synNumber = TCPSequence(0)
    var notes: Notes = []

    struct Notes: OptionSet, Sendable {
        let rawValue: UInt16

        /// `order` stands at a number that was seen.
        static let isPlaced = Self(rawValue: 1)
        static let sawSYN = Self(rawValue: 2)
        static let isSeen = Self(rawValue: 4)
        /// Its octets in clear are not remembered any more.
        static let isForgotten = Self(rawValue: 8)
        /// Waiting for its octets was in vain before any packet of it was seen: it is taken for one that is not captured.
        static let isAbsent = Self(rawValue: 16)
        /// It acknowledges with its octets, as all hosts do.
        static let acknowledges = Self(rawValue: 32)
        /// The peer has its FIN.
        static let isEndAcknowledged = Self(rawValue: 64)
        /// Its SYN brought octets, of which the peer has said nothing yet.
        static let isOpeningInDoubt = Self(rawValue: 128)
        /// Nothing was, until all waiting ended.
        static let isOpeningUnanswered = Self(rawValue: 256)
        /// Its SYN answered another.
        static let isAnswer = Self(rawValue: 512)
        /// The peer has acknowledged its SYN.
        static let isConfirmed = Self(rawValue: 1024)
        /// Another answer came before this one.
        static let isSecondAnswer = Self(rawValue: 2048)
    }

    /// What is there only while octets are missing.
    struct Waiting: Sendable, Equatable {
        var held = HoldBack()
        /// When the peer was seen to have received octets that were not delivered here.
        var missingSince: Timestamp?
        /// The snapshot length cut the stream's octets off up to here.
        var lostUntil: Int64 = 0
        /// Found, and not told yet.
        var conflict: Conflict?
        var receipt: Receipt?
        /// What the peer acknowledges far ahead of all that was seen.
        var claimed: TCPSequence?
    }

    /// The peer has octets that were not seen here: how long to wait for them, in nanoseconds of the capture's clock.
    /// Taps reorder by milliseconds; a retransmission is not to be expected once the octets were acknowledged.
    static let grace: Int64 = 1_000_000_000

    init() {}

    /// The initial sequence number, where the SYN was seen.
    public var initial: TCPSequence? { notes.contains(.sawSYN) ? synNumber : nil }

    /// Any packet of this direction was seen.
    public var isSeen: Bool { notes.contains(.isSeen) }

    /// The number of the next octet in line; `nil` where none is known.
    public var next: TCPSequence? { notes.contains(.isPlaced) ? order.next : nil }

    public var delivered: Int64 { order.delivered }

    /// Where the FIN stands, as a stream offset.
    public var finOffset: Int64? { end == .max ? nil : end }

    /// All octets up to the FIN were delivered or given up.
    public var isFinished: Bool { delivered >= end }

    // MARK: The usual case

    /// Nothing waits and nothing is unknown, so that a segment which is next in line needs no more than a step.
    var isSmooth: Bool { waiting.isEmpty && notes.isSuperset(of: [.isPlaced, .isSeen]) && end == .max }

    /// Steps over octets where `isSmooth` holds; `acknowledged` is what they acknowledge of the other stream.
    mutating func step(over count: Int, acknowledging acknowledged: Int64) {
        order.advance(by: Int64(count))
        notes.insert(.acknowledges)
        lastSaid = UInt32(truncatingIfNeeded: acknowledged)
    }

    // MARK: Taking note of numbers

    /// Answers how many octets of the stream turn out to lie before the place that was taken for its beginning.
    mutating func observe(_ segment: borrowing TCPSegment) -> Int64 {
        notes.insert(.isSeen)
        if segment.flags.contains(.ack), segment.payload.count > 0, !segment.flags.contains(.syn) {
            notes.insert(.acknowledges)
        }
        // A reset's number may be anything, and what it carries is no part of the stream (RFC 1122 §4.2.2.12).
        if segment.flags.contains(.rst) { return 0 }
        var before: Int64 = 0
        if segment.flags.contains(.syn), !notes.contains(.sawSYN) || isAnotherBeginning(segment), delivered == 0,
            heldCost == 0 || isEarlierBeginning(segment)
        {
            if notes.contains(.sawSYN) { notes.insert(.isSecondAnswer) }
            if segment.flags.contains(.ack) { notes.insert(.isAnswer) }
            // A tap showed what acknowledges octets of this stream before its SYN.
            let isKnown = notes.contains(.isPlaced) && !notes.contains(.sawSYN)
            let known = isKnown ? order.next.distance(from: segment.sequence) : 0
            synNumber = segment.sequence.advanced(by: -1)
            notes.insert(.sawSYN)
            if known > 0, known <= TCPReassembler.window { before = known }
            place(at: segment.sequence)
            if before > 0 { moveUp(by: before) }
        }
        if !notes.contains(.isPlaced) { place(at: segment.sequence) }
        // What its sender goes on with tells as much as the peer's answer.
        if notes.contains(.isOpeningInDoubt), !segment.flags.contains(.syn) {
            settleOpening(wasTaken: order.offset(of: segment.sequence) > 0)
        }
        if end != .max, !isEndAcknowledged, segment.payload.count > 0, isBeyondEnd(segment) { end = .max }
        if segment.flags.contains(.fin), end == .max || mayEnd(at: order.offset(of: segment.end)) {
            end = max(order.delivered, order.offset(of: segment.end))
            // What was taken for an acknowledged octet may have been the FIN's own number.
            acknowledged = min(acknowledged, end)
            if acknowledged <= delivered { noteMissing(since: nil) }
        }
        return before
    }

    /// A host sends nothing behind its FIN: either that was not its, or octets just behind it are not. Those further ahead are
    /// another connection's.
    private func isBeyondEnd(_ segment: borrowing TCPSegment) -> Bool {
        order.offset(of: segment.end) > end && order.offset(of: segment.sequence) - end < Self.justBehind
    }

    /// In octets.
    static let justBehind: Int64 = 1 << 16

    /// A FIN at `offset` counts in place of one further ahead.
    private func mayEnd(at offset: Int64) -> Bool {
        !isEndAcknowledged && offset >= order.delivered && offset < end
    }

    /// A SYN with another number than the one before, of which nothing has come: a server that keeps nothing of a SYN may answer it
    /// twice, and differently.
    func isAnotherBeginning(_ segment: borrowing TCPSegment) -> Bool {
        notes.isSuperset(of: [.sawSYN, .isAnswer]) && !notes.contains(.isConfirmed) && delivered == 0
            && acknowledged <= 0 && heldCost == 0 && segment.sequence != synNumber.advanced(by: 1)
    }

    /// The stream's SYN, of which octets and what acknowledges them were captured before it.
    private func isEarlierBeginning(_ segment: borrowing TCPSegment) -> Bool {
        guard notes.contains(.isPlaced), !notes.contains(.sawSYN) else { return false }
        return (0...TCPReassembler.window).contains(order.next.distance(from: segment.sequence))
    }

    /// It begins `count` octets before what was taken for its beginning.
    private mutating func moveUp(by count: Int64) {
        acknowledged += count
        if end != .max { end += count }
        guard !waiting.isEmpty else { return }
        waiting[0].held.moveUp(by: count)
        waiting[0].receipt?.received += count
        if waiting[0].lostUntil > 0 { waiting[0].lostUntil += count }
    }

    /// A server may take the SYN and leave its octets, which are sent again then (RFC 7413 §3).
    mutating func settleOpening(wasTaken: Bool) {
        notes.remove(.isOpeningInDoubt)
        if !wasTaken, !waiting.isEmpty { waiting[0].held = HoldBack() }
        tidy()
    }

    /// Whether the octets of its SYN were taken will never be known.
    mutating func giveUpOpening() {
        guard notes.contains(.isOpeningInDoubt) else { return }
        notes.insert(.isOpeningUnanswered)
        settleOpening(wasTaken: true)
    }

    /// Nobody has answered the octets of its SYN.
    public var isOpeningUnanswered: Bool { notes.contains(.isOpeningUnanswered) }

    /// Holds back the octets of its SYN, until it is known whether they were taken.
    mutating func doubtOpening() { notes.insert(.isOpeningInDoubt) }

    /// The other stream begins `count` octets before what was taken for its beginning: what is held acknowledges so much
    /// more of it.
    mutating func noteEarlierBeginning(of count: Int64) {
        guard !waiting.isEmpty else { return }
        waiting[0].held.noteEarlierBeginning(of: count)
        waiting[0].receipt?.peer += count
    }

    var isPlaced: Bool { notes.contains(.isPlaced) }

    /// The stream offset of a sequence number; `nil` where none was seen yet.
    public func offset(of sequence: TCPSequence) -> Int64? {
        notes.contains(.isPlaced) ? order.offset(of: sequence) : nil
    }

    /// Octets of it have come with an acknowledgement.
    var usesAcknowledgments: Bool { notes.contains(.acknowledges) }

    /// The peer is known to have received all that it will take of it: what lies at `offset` it ignores.
    func isBehindEnd(_ offset: Int64) -> Bool { isEndAcknowledged && offset >= end }

    var isEndAcknowledged: Bool { notes.contains(.isEndAcknowledged) }

    /// A number that its sender may use, or may have used lately; `false` where none is known.
    @inline(__always)
    func isNear(_ sequence: TCPSequence) -> Bool { order.isNear(sequence) && notes.contains(.isPlaced) }

    /// How far a number is from what its sender may use, in octets; `nil` where it may use it, or no number is known.
    func distance(ofFar sequence: TCPSequence) -> Int64? {
        guard notes.contains(.isPlaced), !order.isNear(sequence) else { return nil }
        let ahead = offset(ofAcknowledgment: sequence) - acknowledged
        return abs(ahead) > TCPReassembler.window ? ahead : nil
    }

    mutating func place(at sequence: TCPSequence) {
        order = TCPReassembler(startingAt: sequence)
        notes.insert(.isPlaced)
    }

    /// Its packets are captured, or may turn out to be.
    var isExpected: Bool { !notes.contains(.isAbsent) || isSeen }

    // MARK: Placing octets

    func place(_ segment: borrowing TCPSegment) -> TCPReassembler.Placement {
        guard notes.contains(.isPlaced) else { return .outOfWindow }
        let placement = order.place(
            segment.sequence, count: segment.payload.count + segment.missing, acknowledged: acknowledged)
        guard case .deliver(let skip) = placement, let first = firstHeld else { return placement }
        // Octets that came in earlier win over this segment's, so it queues up with them.
        let end = order.delivered - Int64(skip) + Int64(segment.payload.count + segment.missing)
        return first < end ? .hold(offset: order.delivered - Int64(skip)) : placement
    }

    /// Keeps what is new in a segment, and compares the rest with what is held or was delivered.
    mutating func hold(_ segment: borrowing TCPSegment, at offset: Int64, frame: FrameNumber, acknowledged: Int64?) {
        let behind = Int(clamping: delivered - offset)
        let skip = max(0, min(behind, segment.payload.count))
        let octets = segment.payload.extracting(droppingFirst: skip)
        beginWaiting()
        let integrity = segment.integrity
        if segment.isComparable, integrity != .damaged,
            let difference = waiting[0].held.difference(from: octets, at: offset + Int64(skip))
                ?? (skip > 0 ? self.difference(from: segment.payload, at: offset) : nil)
        {
            note(Conflict(difference, in: frame, integrity, acknowledged: self.acknowledged))
        }
        waiting[0].held.insert(
            octets, missing: max(0, segment.missing - max(0, behind - segment.payload.count)),
            at: offset + Int64(skip), frame: frame, acknowledged: acknowledged, integrity: integrity,
            // Hosts never take an acknowledgement back: it was sent behind the octets that were delivered from it.
            isOlder: behind > 0 && !isBehindLast(acknowledged))
        tidy()
    }

    /// What acknowledges so much of the other stream was not sent before the octets that were delivered last.
    private func isBehindLast(_ acknowledged: Int64?) -> Bool {
        guard let acknowledged else { return false }
        return Int32(truncatingIfNeeded: acknowledged &- Int64(lastSaid)) >= 0
    }

    /// Steps over octets that were delivered, and notes those that the snapshot length cut off behind them.
    /// `acknowledged` is what they acknowledge of the other stream, where that is known.
    mutating func advance(by count: Int, missing: Int = 0, acknowledging acknowledged: Int64? = nil, at time: Timestamp)
    {
        if notes.contains(.isPlaced) { order.advance(by: Int64(count)) }
        if let acknowledged { lastSaid = UInt32(truncatingIfNeeded: acknowledged) }
        if missing > 0 {
            beginWaiting()
            waiting[0].lostUntil = max(waiting[0].lostUntil, delivered + Int64(missing))
        }
        noteMissing(since: isExpected && reach > delivered ? time : nil)
    }

    /// Ends waiting for a direction of which no packet was seen; answers whether it was waited for.
    mutating func giveUpUnseen(at time: Timestamp, forced: Bool) -> Bool {
        guard !notes.contains(.isSeen), !notes.contains(.isAbsent), forced || isOverdue(at: time) else { return false }
        notes.insert(.isAbsent)
        noteMissing(since: nil)
        return true
    }

    /// A packet of it was seen although it was taken for one that is not captured: what the peer has of it is missing then.
    mutating func expectAgain(at time: Timestamp) {
        guard notes.isSuperset(of: [.isAbsent, .isSeen]) else { return }
        notes.remove(.isAbsent)
        if reach > delivered { noteMissing(since: time) }
    }

    mutating func noteMissing(since time: Timestamp?) {
        if time != nil { beginWaiting() }
        guard !waiting.isEmpty else { return }
        waiting[0].missingSince = time
        tidy()
    }

    mutating func beginWaiting() {
        if waiting.isEmpty { waiting.append(Waiting()) }
    }

    /// Gives back the room of what is not waited for any more.
    mutating func tidy() {
        guard !waiting.isEmpty, waiting[0].held.isEmpty, waiting[0].missingSince == nil,
            waiting[0].lostUntil <= delivered, waiting[0].conflict == nil, waiting[0].claimed == nil
        else { return }
        waiting = []
    }

    // MARK: What can be handed on

    // Asked where it lies: what an array hands out is counted.

    var missingSince: Timestamp? { waiting.isEmpty ? nil : waiting[0].missingSince }
    private var lostUntil: Int64 { waiting.isEmpty ? 0 : waiting[0].lostUntil }
    /// Where the earliest held octets begin.
    private var firstHeld: Int64? { waiting.isEmpty ? nil : waiting[0].held.firstOffset }

    /// What is held, with its cost, in octets.
    var heldCost: Int { waiting.isEmpty ? 0 : waiting[0].held.cost }

    /// It is the turn of the earliest held piece.
    var isReady: Bool {
        guard let firstHeld else { return false }
        return firstHeld <= delivered && !notes.contains(.isOpeningInDoubt)
    }

    /// What that piece acknowledges of the other stream.
    var readyAcknowledges: Int64? { isReady ? waiting[0].held.firstAcknowledged : nil }

    /// Where that piece begins, and in which frame it was.
    var readyPlace: (offset: Int64, frame: FrameNumber)? {
        guard isReady, let offset = firstHeld, let frame = waiting[0].held.firstFrame else { return nil }
        return (offset, frame)
    }

    mutating func takeReady() -> HoldBack.Piece? { waiting.isEmpty ? nil : waiting[0].held.removeFirst() }

    /// Whether octets that the peer has were waited for long enough.
    func isOverdue(at time: Timestamp) -> Bool {
        missingSince.map { time.since($0) >= Self.grace } ?? false
    }

    /// Length of the hole at the front that can be given up now; `forced` gives up every hole. `demanded` is how far
    /// the other side's next octets acknowledge this stream.
    func hole(at time: Timestamp, demanded: Int64?, forced: Bool) -> Int64? {
        if lostUntil > delivered { return min(lostUntil, firstHeld ?? .max) - delivered }
        guard isSeen, !isReady else { return nil }
        let next = firstHeld ?? .max
        // One number behind everything that was seen: a FIN that was not captured.
        if next == .max, acknowledged == delivered + 1, end == .max { return nil }
        if acknowledged > delivered, forced || isOverdue(at: time) {
            // Nothing but an acknowledgement says that octets are missing. It may be forged, and what was given up is
            // never read, so something must depend on it: octets behind the hole or of the other side, or the end.
            let end = forced || next != .max ? next : max(demanded ?? 0, finOffset ?? 0)
            let stop = min(end, acknowledged)
            return stop > delivered ? stop - delivered : nil
        }
        return forced && next != .max ? next - delivered : nil
    }

    var hasWork: Bool { !waiting.isEmpty }
}

extension TCPStream {
    mutating func exchange(_ particulars: inout Particulars) {
        order.exchange(&particulars, behind: particulars.exchange(&synNumber.rawValue))
        particulars.exchange(offset: &acknowledged)
        particulars.exchange(&lastSaid)
    }
}

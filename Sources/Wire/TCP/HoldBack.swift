/// Octets of one direction that arrived before their turn: copied, in order, never overlapping.
///
/// Where two segments overlap, the octets that came in earlier are kept.
public struct HoldBack: Sendable, Equatable {
    public struct Piece: Sendable, Equatable {
        /// Stream offset of the leading octet.
        public fileprivate(set) var offset: Int64
        public let octets: [UInt8]
        /// Octets behind `octets` that the snapshot length cut off.
        public let missing: Int
        public let frame: FrameNumber
        public let integrity: Integrity
        /// How far the other direction's stream was acknowledged when these octets were sent; `nil` where that is not
        /// known. Of several copies the least counts: a retransmission acknowledges what came after its octets.
        public fileprivate(set) var acknowledged: Int64?

        public var end: Int64 { offset + Int64(octets.count + missing) }
    }

    /// Those before `head` were taken out: moving the rest up each time would cost the more, the more there are.
    private var pieces: [Piece] = []
    private var head = 0
    /// Octets held, with an allowance for each piece's own cost.
    public private(set) var cost = 0

    /// What a piece costs besides its octets.
    public static let overhead = 96

    public init() {}

    public var isEmpty: Bool { head == pieces.count }
    public var first: Piece? { head < pieces.count ? pieces[head] : nil }

    // Of the earliest piece, where it lies: to be handed out, its octets would be counted.

    var firstOffset: Int64? { head < pieces.count ? pieces[head].offset : nil }
    var firstAcknowledged: Int64? { head < pieces.count ? pieces[head].acknowledged : nil }
    var firstFrame: FrameNumber? { head < pieces.count ? pieces[head].frame : nil }
    var firstEnd: Int64? { head < pieces.count ? pieces[head].end : nil }

    /// Keeps what is new in a segment that starts at `offset`. `isOlder` says that octets before these were in it, which were
    /// delivered and acknowledge more than it does.
    public mutating func insert(
        _ octets: Span<UInt8>, missing: Int, at offset: Int64, frame: FrameNumber, acknowledged: Int64?,
        integrity: Integrity = .unverifiable, isOlder: Bool = false
    ) {
        var position = offset
        let end = offset + Int64(octets.count)
        if let acknowledged, integrity != .damaged, !isOlder, end > offset {
            noteCopy(offset..<end, acknowledging: acknowledged)
        }
        var index = firstIndex(endingBehind: offset)
        while position < end {
            let limit = index < pieces.count ? min(end, pieces[index].offset) : end
            if limit > position {
                let part = octets.extracting(Int(position - offset)..<Int(limit - offset))
                let cut = limit == end ? missing : 0
                add(
                    Piece(
                        offset: position, octets: [UInt8](copying: part),
                        missing: clipped(cut, at: limit, before: index),
                        frame: frame, integrity: integrity, acknowledged: acknowledged),
                    at: index)
                index += 1
            }
            guard index < pieces.count else { break }
            position = max(limit, pieces[index].end)
            index += 1
        }
    }

    /// Lets pieces go ahead with what a copy of them acknowledges, where that is less.
    ///
    /// Hosts never take an acknowledgement back, so octets that acknowledge different things were not sent at once, and
    /// a copy of them all that acknowledges less than they do was not sent before them: what it says is not believed,
    /// or replies would overtake their commands.
    private mutating func noteCopy(_ range: Range<Int64>, acknowledging acknowledged: Int64) {
        let start = firstIndex(endingBehind: range.lowerBound)
        var end = start
        while end < pieces.count, pieces[end].offset < range.upperBound { end += 1 }
        guard start < end, let own = pieces[start].acknowledged, acknowledged < own else { return }
        for index in start..<end where pieces[index].acknowledged != own { return }
        // What lies behind the copy may have been sent later.
        split(end - 1, at: range.upperBound)
        for index in start..<end { pieces[index].acknowledged = acknowledged }
    }

    /// The stream that pieces acknowledge begins `count` octets before what was taken for its beginning.
    mutating func noteEarlierBeginning(of count: Int64) {
        for index in head..<pieces.count { pieces[index].acknowledged? += count }
    }

    /// The stream that pieces belong to begins `count` octets before what was taken for its beginning.
    mutating func moveUp(by count: Int64) {
        for index in head..<pieces.count { pieces[index].offset += count }
    }

    /// Cuts a piece in two where `offset` lies among its octets.
    private mutating func split(_ index: Int, at offset: Int64) {
        let piece = pieces[index]
        let count = Int(clamping: offset - piece.offset)
        guard count > 0, count < piece.octets.count else { return }
        pieces[index] = Piece(
            offset: piece.offset, octets: [UInt8](piece.octets.prefix(count)), missing: 0, frame: piece.frame,
            integrity: piece.integrity, acknowledged: piece.acknowledged)
        cost -= piece.octets.count - count
        add(
            Piece(
                offset: offset, octets: [UInt8](piece.octets.dropFirst(count)), missing: piece.missing,
                frame: piece.frame, integrity: piece.integrity, acknowledged: piece.acknowledged),
            at: index + 1)
    }

    /// Where octets differ from those that are held for the same place.
    public func difference(from octets: Span<UInt8>, at offset: Int64) -> Difference? {
        let end = offset + Int64(octets.count)
        var index = firstIndex(endingBehind: offset)
        while index < pieces.count, pieces[index].offset < end {
            let piece = pieces[index]
            let from = max(offset, piece.offset)
            let to = min(end, piece.offset + Int64(piece.octets.count))
            if from < to, piece.integrity != .damaged,
                let difference = Difference(
                    piece.octets.span.extracting(Int(from - piece.offset)..<Int(to - piece.offset)),
                    octets.extracting(Int(from - offset)..<Int(to - offset)), at: from, frame: piece.frame,
                    isProven: piece.integrity == .intact)
            {
                return difference
            }
            index += 1
        }
        return nil
    }

    /// The earliest piece, taken out.
    public mutating func removeFirst() -> Piece? {
        guard head < pieces.count else { return nil }
        let piece = pieces[head]
        pieces[head] = Self.taken
        head += 1
        if 2 * head >= pieces.count {
            pieces.removeFirst(head)
            head = 0
        }
        cost -= piece.octets.count + Self.overhead
        return piece
    }

    /// Drops the pieces that begin at `offset` or behind it.
    mutating func remove(from offset: Int64) {
        while pieces.count > head, let last = pieces.last, last.offset >= offset {
            cost -= last.octets.count + Self.overhead
            pieces.removeLast()
        }
        if isEmpty { self = Self() }
    }

    private static let taken = Piece(
        offset: 0, octets: [], missing: 0, frame: FrameNumber(0), integrity: .unverifiable, acknowledged: nil)

    /// The pieces lie in order and apart, so halving finds it.
    private func firstIndex(endingBehind offset: Int64) -> Int {
        var low = head
        var high = pieces.count
        while low < high {
            let middle = low + (high - low) / 2
            if pieces[middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func add(_ piece: Piece, at index: Int) {
        pieces.insert(piece, at: index)
        cost += piece.octets.count + Self.overhead
    }

    /// Cut-off octets never reach into a piece that is held already.
    private func clipped(_ missing: Int, at end: Int64, before index: Int) -> Int {
        guard index < pieces.count else { return missing }
        return Int(min(Int64(missing), max(0, pieces[index].offset - end)))
    }
}

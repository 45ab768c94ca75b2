/// The fragments of one IP packet that have come (RFC 791 §3.2, RFC 8200 §4.5).
///
/// Where fragments overlap, IPv4 keeps the octets that came in earlier (hosts differ in that), and IPv6 gives the packet
/// up (RFC 5722). A fragment that came twice is no overlap.
struct FragmentedPacket: Sendable {
    enum State: Sendable {
        case incomplete
        /// Not of interest, or not to be put together: nothing more of it is kept.
        case refused
        case complete
    }

    private struct Piece: Sendable {
        let offset: Int
        /// As its header states; the capture may hold less.
        let length: Int
        let octets: [UInt8]

        var end: Int { offset + length }
    }

    /// When its earliest fragment came, by the capture's clock.
    let began: Timestamp
    /// Apart and in order.
    private var pieces: [Piece] = []
    private var received = 0
    private var total: Int?
    private let isV6: Bool
    private(set) var state = State.incomplete
    /// Fragments overlapped with different octets.
    private(set) var isAmbiguous = false
    /// Memory, roughly, in octets.
    private(set) var cost = Self.overhead

    /// The largest payload of an IP packet, in octets.
    static let maximumLength = 65_535
    static let maximumPieces = 1024
    private static let overhead = 224
    private static let pieceOverhead = 64

    init(began: Timestamp, isV6: Bool) {
        self.began = began
        self.isV6 = isV6
    }

    /// Forgets its octets and takes no more.
    mutating func refuse() {
        pieces = []
        cost = Self.overhead
        state = .refused
    }

    /// `octets` may be cut short of the `stated` length, and are none that came before.
    mutating func add(_ octets: Span<UInt8>, stated: Int, at offset: Int, isLast: Bool) {
        guard state == .incomplete else { return }
        let end = offset + stated
        guard end <= Self.maximumLength, pieces.count < Self.maximumPieces else { return refuse() }
        guard agrees(end, isLast) else { return conflict() }
        if isLast { total = end }
        insert(octets, offset..<end)
        if state == .incomplete { complete() }
    }

    /// Its payload, up to the octet that the capture lacks.
    func assembled() -> [UInt8] {
        var whole: [UInt8] = []
        whole.reserveCapacity(received)
        for piece in pieces {
            whole += piece.octets
            if piece.octets.count < piece.length { break }
        }
        return whole
    }

    var length: Int { total ?? received }

    /// Its leading octet is there.
    var hasBeginning: Bool { pieces.first?.offset == 0 }

    private mutating func complete() {
        if received == total { state = .complete }
    }

    /// Whether a fragment's end is possible by what the others say of the packet's.
    private func agrees(_ end: Int, _ isLast: Bool) -> Bool {
        if let total { return isLast ? end == total : end <= total }
        return !isLast || (pieces.last?.end ?? 0) <= end
    }

    /// Nothing of the fragment can be taken.
    private mutating func conflict() {
        isAmbiguous = true
        if isV6 { refuse() }
    }

    /// Whether the very fragment came before.
    func holds(_ octets: Span<UInt8>, stated: Int, at offset: Int, isLast: Bool) -> Bool {
        let index = firstIndex(endingBehind: offset)
        guard index < pieces.count, pieces[index].offset == offset, pieces[index].length == stated,
            isLast == (offset + stated == total)
        else { return false }
        return !Self.differ(pieces[index], octets, offset)
    }

    private mutating func insert(_ octets: Span<UInt8>, _ range: Range<Int>) {
        var index = firstIndex(endingBehind: range.lowerBound)
        var position = range.lowerBound
        while position < range.upperBound {
            let limit = index < pieces.count ? min(range.upperBound, pieces[index].offset) : range.upperBound
            if limit > position {
                let from = min(position - range.lowerBound, octets.count)
                let part = octets.extracting(from..<min(limit - range.lowerBound, octets.count))
                add(Piece(offset: position, length: limit - position, octets: [UInt8](copying: part)), at: index)
                index += 1
            }
            guard index < pieces.count, pieces[index].offset < range.upperBound else { return }
            if isV6 { return conflict() }
            if Self.differ(pieces[index], octets, range.lowerBound) { isAmbiguous = true }
            position = max(limit, pieces[index].end)
            index += 1
        }
    }

    private mutating func add(_ piece: Piece, at index: Int) {
        pieces.insert(piece, at: index)
        received += piece.length
        cost += piece.octets.count + Self.pieceOverhead
    }

    /// Whether a piece and octets that begin at `offset` disagree where they overlap, as far as both are captured.
    private static func differ(_ piece: Piece, _ octets: Span<UInt8>, _ offset: Int) -> Bool {
        let start = max(piece.offset, offset)
        let end = min(piece.offset + piece.octets.count, offset + octets.count)
        var place = start
        while place < end {
            if piece.octets[place - piece.offset] != octets[place - offset] { return true }
            place += 1
        }
        return false
    }

    private func firstIndex(endingBehind offset: Int) -> Int {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = low + (high - low) / 2
            if pieces[middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

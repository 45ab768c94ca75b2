import Wire

/// Copies of client octets that cannot be read before a reply is known.
struct Stall: Sendable, Equatable {
    struct Piece: Sendable, Equatable {
        let octets: [UInt8]
        let position: StreamPosition
    }

    private var pieces: [Piece] = []
    /// Pieces at the front that are gone.
    private var head = 0
    /// Octets held, with an allowance for each piece's own cost.
    private(set) var cost = 0

    /// Cost over which the reply is not waited for any longer.
    static let budget = 64 << 10
    private static let overhead = 96

    var isEmpty: Bool { head == pieces.count }

    mutating func append(_ octets: Span<UInt8>, _ position: StreamPosition) {
        pieces.append(Piece(octets: [UInt8](copying: octets), position: position))
        cost += octets.count + Self.overhead
    }

    mutating func takeFirst() -> Piece? {
        guard head < pieces.count else { return nil }
        let piece = pieces[head]
        head += 1
        cost -= piece.octets.count + Self.overhead
        return piece
    }

    /// The piece, or what is left of it, is the first again.
    mutating func putBack(_ piece: Piece) {
        if head > 0 {
            head -= 1
            pieces[head] = piece
        } else {
            pieces.insert(piece, at: 0)
        }
        cost += piece.octets.count + Self.overhead
    }
}

/// Leading octets of a direction, too few to tell what they are: a line at most.
struct Undecided: Sendable, Equatable {
    private var octets: [UInt8] = []

    var cost: Int { octets.count }
    var isEmpty: Bool { octets.isEmpty }

    mutating func keep(_ octets: Span<UInt8>) { self.octets = [UInt8](copying: octets) }

    mutating func forget() { octets = [] }

    /// What was kept and what follows it, in one; nothing is kept then.
    mutating func joined(with more: Span<UInt8>, at position: StreamPosition) -> Stall.Piece {
        var start = position
        start.offset -= Int64(octets.count)
        var joined = octets
        joined.append(copying: more)
        octets = []
        return Stall.Piece(octets: joined, position: start)
    }
}

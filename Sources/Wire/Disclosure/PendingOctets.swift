/// Octets of one direction that wait until what they are part of was understood.
struct PendingOctets: Sendable {
    private struct Piece: Sendable {
        let offset: Int64
        let octets: [UInt8]
    }

    /// Octets of a message, as far as they came in one piece.
    struct Part {
        /// Where it stands in the message.
        let start: Int
        /// Where it stands in the stream.
        let offset: Int64
        let octets: ArraySlice<UInt8>
    }

    private var pieces: [Piece] = []
    /// Octets of the leading piece that were taken.
    private var taken = 0
    /// Octets that wait before all pieces, and are not kept.
    private var forgotten = 0
    /// Memory that it takes, roughly, in octets.
    private(set) var cost = 0

    /// Of an unfinished message.
    private static let maximumCost = 128 << 10
    /// What a piece takes besides its octets.
    private static let costOfPiece = 80

    /// None waits that may still be shown.
    var isEmpty: Bool { pieces.isEmpty }

    /// What takes too much memory is forgotten, and its length kept: what follows must not be taken for it.
    mutating func append(_ octets: Span<UInt8>, at offset: Int64) {
        guard !octets.isEmpty else { return }
        let growth = octets.count + Self.costOfPiece
        if forgotten > 0 || cost + growth > Self.maximumCost {
            forgotten += pieces.reduce(octets.count - taken) { $0 + $1.octets.count }
            pieces = []
            taken = 0
            cost = 0
        } else {
            pieces.append(Piece(offset: offset, octets: [UInt8](copying: octets)))
            cost += growth
        }
    }

    /// Takes the leading `count` octets, which are one message; those that were forgotten are not among the parts.
    mutating func take(_ count: Int) -> [Part] {
        var parts: [Part] = []
        var done = min(forgotten, count)
        forgotten -= done
        var index = 0
        while done < count, index < pieces.count {
            let piece = pieces[index]
            let part = piece.octets[taken...].prefix(count - done)
            parts.append(Part(start: done, offset: piece.offset + Int64(taken), octets: part))
            done += part.count
            taken += part.count
            guard taken == piece.octets.count else { break }
            cost -= taken + Self.costOfPiece
            taken = 0
            index += 1
        }
        pieces.removeFirst(index)
        return parts
    }
}

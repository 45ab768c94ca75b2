/// Copies of octets that were delivered, and others that were seen in their place.
extension TCPStream {
    /// Keeps a conflict until it is asked for; of several found at once the earliest found.
    mutating func note(_ conflict: Conflict) {
        beginWaiting()
        if waiting[0].conflict == nil { waiting[0].conflict = conflict }
    }

    mutating func takeConflict() -> Conflict? {
        guard !waiting.isEmpty, let conflict = waiting[0].conflict else { return nil }
        waiting[0].conflict = nil
        tidy()
        return conflict
    }

    /// Compares a piece that was held with what was delivered in its place since.
    mutating func compare(_ piece: HoldBack.Piece) {
        guard piece.integrity != .damaged, piece.octets.count > 1,
            let difference = difference(from: piece.octets.span, at: piece.offset)
        else { return }
        // Which of both its receiver had when it acknowledged them is not known.
        note(Conflict(difference, in: piece.frame, piece.integrity, acknowledged: .min))
    }

    // MARK: Octets in clear

    var remembers: Bool { !recent.isEmpty }

    /// Keeps a copy of octets that were delivered, for as long as it is asked to; answers how much more memory is taken.
    mutating func remember(
        _ octets: Span<UInt8>, at offset: Int64, frame: FrameNumber, isProven: Bool, in room: inout SpareRoom
    ) -> Int {
        guard !notes.contains(.isForgotten) else { return 0 }
        let before = recent.isEmpty ? 0 : recent[0].cost
        if recent.isEmpty { recent = room.take() }
        recent[0].append(octets, at: offset, frame: frame, isProven: isProven)
        return recent[0].cost - before
    }

    /// The peer has not acknowledged all that is remembered, and little was said since.
    var awaitsContradiction: Bool {
        guard !recent.isEmpty, !recent[0].octets.isEmpty else { return false }
        return acknowledged < recent[0].end && delivered - recent[0].end < Self.patience
    }

    /// Octets behind those that are remembered, within which a peer acknowledges these.
    private static let patience: Int64 = 64 << 10

    /// Overwrites what is remembered, and remembers nothing from now on; answers how much memory that took.
    mutating func forget(into room: inout SpareRoom) -> Int {
        notes.insert(.isForgotten)
        guard !recent.isEmpty else { return 0 }
        let cost = recent[0].cost
        var forgotten: [RecentOctets] = []
        swap(&forgotten, &recent)
        room.give(forgotten)
        return cost
    }

    /// Where octets differ from those that were delivered in their place, as far as these are remembered.
    func difference(from octets: Span<UInt8>, at offset: Int64) -> Difference? {
        recent.isEmpty ? nil : recent[0].difference(from: octets, at: offset)
    }
}

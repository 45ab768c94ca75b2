/// Copies of octets in clear, and segments that claim their place with others.
extension TCPConnection {
    /// Keeps a copy of octets that were delivered, so that other ones in their place are noticed. The caller says what
    /// may be kept: never what may hold a secret.
    ///
    /// Octets whose checksums were wrong are not kept: their receiver dropped them, and the true ones contradict nothing.
    /// Answers how much more memory is taken than before, in octets.
    public mutating func remember(
        _ octets: Span<UInt8>, at offset: Int64, of side: Side, frame: FrameNumber, _ integrity: Integrity,
        in room: inout SpareRoom
    ) -> Int {
        guard integrity != .damaged else { return 0 }
        return side == .client
            ? client.remember(octets, at: offset, frame: frame, isProven: integrity == .intact, in: &room)
            : server.remember(octets, at: offset, frame: frame, isProven: integrity == .intact, in: &room)
    }

    /// Remembers nothing more from now on. Answers whether what is remembered has still to be compared: what a peer has not
    /// acknowledged, it may be sent again, and otherwise.
    public mutating func awaitsContradiction() -> Bool {
        status.isForgetting = true
        guard client.isSeen, server.isSeen else { return false }
        return client.awaitsContradiction || server.awaitsContradiction
    }

    /// Overwrites what is remembered of both directions, and remembers nothing from now on. Answers how much memory that
    /// took, in octets.
    public mutating func forget(into room: inout SpareRoom) -> Int {
        status.hasForgotten = true
        return client.forget(into: &room) + server.forget(into: &room)
    }

    /// The segment lies where octets are remembered that it may contradict.
    func mayConflict(_ segment: borrowing TCPSegment, _ side: Side) -> Bool {
        segment.payload.count > 0 && remembers(side) && difference(segment, side) != nil
    }

    private func remembers(_ side: Side) -> Bool { side == .client ? client.remembers : server.remembers }

    private func difference(_ segment: borrowing TCPSegment, _ side: Side) -> Difference? {
        guard remembers(side), segment.isComparable, let offset = offset(of: segment.sequence, in: side) else {
            return nil
        }
        return side == .client
            ? client.difference(from: segment.payload, at: offset)
            : server.difference(from: segment.payload, at: offset)
    }

    mutating func compare(_ segment: borrowing TCPSegment, _ side: Side, _ frame: FrameNumber) {
        // A copy that its receiver drops contradicts nothing.
        guard let difference = difference(segment, side) else { return }
        let integrity = segment.integrity
        guard integrity != .damaged else { return }
        self[side].note(Conflict(difference, in: frame, integrity, acknowledged: acknowledged(of: side)))
    }
}

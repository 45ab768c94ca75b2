import Wire

/// Why octets that were read may not be those that their receiver read.
public enum StreamDoubt: Sendable, Hashable {
    /// Other octets were sent for the same place.
    case contradicted
    /// Their own sender had closed or reset the connection before them, and nobody acknowledged them.
    case behindEnd
    /// They came with a SYN that nobody answered.
    case unanswered
    /// Their peer acknowledged neither them nor what is missing before them.
    case unheard
}

extension TransportFacts {
    /// Some of what was read may be none of the session.
    public var isContested: Bool {
        if !conflicts.isEmpty { return true }
        guard apart.isHeld else { return false }
        return hasOctetsBehindEnd || hasUnheardOctets || unusual.resetEnd != nil || unusual.isUnanswered
    }

    /// What was read came with SYNs alone, which nobody answered: anybody can send them, in anybody's name.
    public var isUnanswered: Bool {
        get { apart.isHeld && unusual.isUnanswered }
        set { note { $0.isUnanswered = newValue } }
    }

    var unusual: UnusualTransport { apart.value ?? UnusualTransport() }

    /// What speaks against octets of a side in `frame`, at `offset` in its stream where that is known.
    public func doubt(_ frame: FrameNumber, of side: Side?, at offset: Int64?) -> StreamDoubt? {
        if conflicts.contains(where: { !$0.isSettled && $0.meets(frame, of: side, at: offset) }) {
            return .contradicted
        }
        guard let side else { return nil }
        if apart.isHeld, isUnheard(frame, of: side, at: offset) { return .unheard }
        guard let offset else { return nil }
        if let end = side == .client ? unusual.clientEnd : unusual.serverEnd, offset >= end.offset { return .behindEnd }
        if let end = unusual.resetEnd, side == resets.last?.side, offset >= end { return .behindEnd }
        if isUnanswered { return .unanswered }
        return nil
    }

    public func doubt(_ excerpt: borrowing Excerpt) -> StreamDoubt? {
        doubt(excerpt.frame, of: excerpt.side, at: excerpt.offset)
    }

    /// Takes note of octets that were read behind the reset of their own sender, which ended the connection.
    public mutating func noteOctetsBehindReset(_ order: borrowing TCPConnection) {
        guard state == .reset, let last = resets.last, let offset = last.offset else { return }
        // What stands behind its number may have come before it.
        let end = max(offset, last.delivered)
        if order.delivered(of: last.side) > end { note { $0.resetEnd = end } }
    }

    /// A side sent its FIN before octets of its own that were read.
    public var hasOctetsBehindEnd: Bool { apart.isHeld && (unusual.clientEnd != nil || unusual.serverEnd != nil) }

    /// Takes note of a FIN before octets of its own side that were read: a host sends none behind it, so either is not its.
    public mutating func note(_ end: EarlyEnd, of side: Side) {
        if (side == .client ? unusual.clientEnd : unusual.serverEnd) != nil { return }
        note { if side == .client { $0.clientEnd = end } else { $0.serverEnd = end } }
    }

    /// What the FIN of a side told is not so: octets came behind it.
    public mutating func withdrawFIN() {
        fin = nil
        halfClosed = nil
    }

    /// The side's FIN stands where its stream ends.
    public mutating func forgetEarlyEnd(of side: Side) {
        guard hasOctetsBehindEnd else { return }
        note { if side == .client { $0.clientEnd = nil } else { $0.serverEnd = nil } }
    }

    /// Lets go of FINs behind which their stream went on, as `order` shows.
    public mutating func forgetOutlivedEnds(_ order: borrowing TCPConnection) {
        guard hasOctetsBehindEnd else { return }
        let (client, server) = (order.acknowledged(of: .client), order.acknowledged(of: .server))
        note {
            if $0.clientEnd?.isOutlived(client) == true { $0.clientEnd = nil }
            if $0.serverEnd?.isOutlived(server) == true { $0.serverEnd = nil }
        }
    }
}

/// A FIN before octets of its own side that were read.
public struct EarlyEnd: Sendable, Equatable {
    /// Where it stands in its sender's stream.
    let offset: Int64
    /// How far that stream was known to be received when it came.
    private let acknowledged: Int64

    public init(of side: Side, at offset: Int64, _ order: borrowing TCPConnection) {
        self.offset = offset
        acknowledged = order.acknowledged(of: side)
    }

    /// More was received than that and the FIN, which has a number of its own.
    fileprivate func isOutlived(_ acknowledged: Int64) -> Bool { acknowledged > max(self.acknowledged, offset + 1) }
}

extension StreamConflict {
    /// Whether octets of a frame are among those that are contradicted: a line and a message have the frame of the segment that
    /// completes them, and the offset of their beginning.
    fileprivate func meets(_ frame: FrameNumber, of side: Side?, at offset: Int64?) -> Bool {
        guard side == nil || side == self.side else { return false }
        if frame == usedFrame { return true }
        guard let offset, offset < self.offset + Int64(length) else { return false }
        if offset >= self.offset { return true }
        guard let usedFrame else { return false }
        return usedFrame < frame
    }
}

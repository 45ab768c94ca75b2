import Wire

/// Octets of a side behind holes which its peer, who is seen, never acknowledged: it may not have received them, and anybody can
/// send some there.
struct UnheardOctets: Sendable, Equatable {
    /// Holes that were not acknowledged when they were given up, in order.
    private var holes: [Hole] = []
    /// Where octets stood that had been held back behind one, and in which frames.
    private var held: [Held] = []

    private struct Hole: Sendable, Equatable {
        let start: Int64
        let end: Int64
        /// The latest packet when it was given up: what is read of later ones stands behind it.
        let lastFrame: FrameNumber
    }

    private struct Held: Sendable, Equatable {
        let frame: FrameNumber
        let offset: Int64
    }

    /// More are not told apart: all behind the leading holes, and in later frames, are unheard as well.
    private static let maximumHoles = 16
    private static let maximumHeld = 64

    var isEmpty: Bool { holes.isEmpty }

    mutating func note(_ gap: Gap, lastFrame: FrameNumber) {
        guard holes.count < Self.maximumHoles else { return }
        holes.append(Hole(start: gap.offset, end: gap.offset + gap.length, lastFrame: lastFrame))
    }

    mutating func note(_ frame: FrameNumber, at offset: Int64) {
        guard !holes.isEmpty, held.count < Self.maximumHeld, held.last?.frame != frame else { return }
        held.append(Held(frame: frame, offset: offset))
    }

    /// Its peer has all before `offset`.
    mutating func forget(before offset: Int64) {
        holes.removeAll { $0.start < offset }
        if holes.isEmpty { held = [] }
    }

    /// `offset` is that of an octet in its stream, where it is known.
    func hold(_ frame: FrameNumber, at offset: Int64?) -> Bool {
        guard let hole = holes.first else { return false }
        if let offset { return offset >= hole.end }
        return frame > hole.lastFrame || held.contains { $0.frame == frame && $0.offset >= hole.end }
    }
}

extension TransportFacts {
    /// Octets were read behind a hole that was not acknowledged.
    var hasUnheardOctets: Bool { apart.isHeld && !(unusual.clientUnheard.isEmpty && unusual.serverUnheard.isEmpty) }

    func isUnheard(_ frame: FrameNumber, of side: Side, at offset: Int64?) -> Bool {
        side == .client ? unusual.clientUnheard.hold(frame, at: offset) : unusual.serverUnheard.hold(frame, at: offset)
    }

    /// A hole is given up. What its peer has acknowledged, the capture lacks; of a peer of whom nothing but the answer to a SYN is
    /// seen nothing is known.
    public mutating func noteUnheard(behind gap: Gap, _ order: borrowing TCPConnection) {
        let heard = heard(of: gap.side, order)
        let said = gap.side == .client ? toClient.payload : toServer.payload
        guard heard <= gap.offset, heard > 0 || said > 0 else { return }
        forgetHeard(order)
        let lastFrame = lastFrame
        note {
            if gap.side == .client {
                $0.clientUnheard.note(gap, lastFrame: lastFrame)
            } else {
                $0.serverUnheard.note(gap, lastFrame: lastFrame)
            }
        }
    }

    /// Octets that were held back are read.
    public mutating func noteHeld(_ frame: FrameNumber, at offset: Int64, of side: Side) {
        guard hasUnheardOctets else { return }
        note {
            if side == .client {
                $0.clientUnheard.note(frame, at: offset)
            } else {
                $0.serverUnheard.note(frame, at: offset)
            }
        }
    }

    /// A reset of its peer says which octets of a side it had received.
    public mutating func noteHeardByReset(_ acknowledged: Int64, of side: Side) {
        note {
            if side == .client { $0.clientHeardByReset = acknowledged } else { $0.serverHeardByReset = acknowledged }
        }
    }

    /// Lets go of what was acknowledged after all, as `order` shows.
    public mutating func forgetHeard(_ order: borrowing TCPConnection) {
        guard hasUnheardOctets else { return }
        let (client, server) = (heard(of: .client, order), heard(of: .server, order))
        note {
            $0.clientUnheard.forget(before: client)
            $0.serverUnheard.forget(before: server)
        }
    }

    private func heard(of side: Side, _ order: borrowing TCPConnection) -> Int64 {
        let acknowledged = order.acknowledged(of: side)
        guard apart.isHeld else { return acknowledged }
        return max(acknowledged, (side == .client ? unusual.clientHeardByReset : unusual.serverHeardByReset) ?? 0)
    }
}

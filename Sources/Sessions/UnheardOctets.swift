import Wire

/// Octets of a side behind a hole which its peer, who is seen, never acknowledged: it may not have received them, and anybody
/// can send some there.
struct UnheardOctets: Sendable, Equatable {
    /// Where the hole begins.
    let hole: Int64
    /// Where it ends.
    let offset: Int64
    /// The latest packet when it was given up: what is read of later ones stands behind it.
    let lastFrame: FrameNumber
    /// What had been held back until then.
    private(set) var frames: [FrameNumber] = []

    init(behind gap: Gap, lastFrame: FrameNumber) {
        hole = gap.offset
        offset = gap.offset + gap.length
        self.lastFrame = lastFrame
    }

    /// More frames are not told apart from those before the hole.
    private static let maximumFrames = 64

    mutating func note(_ frame: FrameNumber) {
        if frames.count < Self.maximumFrames, frames.last != frame { frames.append(frame) }
    }

    /// `offset` is that of an octet in its stream, where it is known.
    func hold(_ frame: FrameNumber, at offset: Int64?) -> Bool {
        offset.map { $0 >= self.offset } ?? (frame > lastFrame || frames.contains(frame))
    }
}

extension TransportFacts {
    /// Octets were read behind a hole that was not acknowledged.
    var hasUnheardOctets: Bool { apart.isHeld && (unusual.clientUnheard != nil || unusual.serverUnheard != nil) }

    func isUnheard(_ frame: FrameNumber, of side: Side, at offset: Int64?) -> Bool {
        (side == .client ? unusual.clientUnheard : unusual.serverUnheard)?.hold(frame, at: offset) == true
    }

    /// A hole is given up. What its peer has acknowledged, the capture lacks; of a peer that is not seen nothing is known.
    public mutating func noteUnheard(behind gap: Gap, _ order: borrowing TCPConnection) {
        let status = order.status
        guard gap.side == .client ? status.serverIsSeen : status.clientIsSeen,
            order.acknowledged(of: gap.side) <= gap.offset
        else { return }
        forgetHeard(order)
        let unheard = UnheardOctets(behind: gap, lastFrame: lastFrame)
        note {
            if gap.side == .client {
                $0.clientUnheard = $0.clientUnheard ?? unheard
            } else {
                $0.serverUnheard = $0.serverUnheard ?? unheard
            }
        }
    }

    /// Octets that were held back are read.
    public mutating func noteHeld(_ frame: FrameNumber, of side: Side) {
        guard hasUnheardOctets else { return }
        note { if side == .client { $0.clientUnheard?.note(frame) } else { $0.serverUnheard?.note(frame) } }
    }

    /// Lets go of what was acknowledged after all, as `order` shows.
    public mutating func forgetHeard(_ order: borrowing TCPConnection) {
        guard hasUnheardOctets else { return }
        let (client, server) = (order.acknowledged(of: .client), order.acknowledged(of: .server))
        note {
            if let unheard = $0.clientUnheard, client > unheard.hole { $0.clientUnheard = nil }
            if let unheard = $0.serverUnheard, server > unheard.hole { $0.serverUnheard = nil }
        }
    }
}

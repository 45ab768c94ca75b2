import Wire

/// What few connections show: all others pay for a reference.
struct UnusualTransport: Sendable, Equatable {
    var ambiguousSince: FrameNumber?
    var awaitsOctets = false
    var halfClosed: HalfClosedFacts?
    var multipath: Observed<MultipathRole>?
    var mayLackPackets = false
    var stampsDisagree = false
    var isRebased = false
    var clientDamage: Damage?
    var serverDamage: Damage?
    var isUnanswered = false
    /// Octets of its sender from there on came behind the reset that ended the connection.
    var resetEnd: Int64?
    var clientEnd: EarlyEnd?
    var serverEnd: EarlyEnd?
    var clientUnheard = UnheardOctets()
    var serverUnheard = UnheardOctets()
    var clientHeardByReset: Int64?
    var serverHeardByReset: Int64?
}

/// From the earliest segment of a side that was read although its checksum is wrong to where the other side took its turn behind
/// the latest one: what is put together with one of them is complete by then.
struct Damage: Sendable, Equatable {
    let first: FrameNumber
    /// `nil` while the side goes on.
    var end: FrameNumber?
    /// Its octets were sent again, and came whole: what was read in their place is not what was said, nor is what was put together
    /// with it.
    var isRefuted = false
}

extension TransportFacts {
    /// The frame of the earliest of the `ambiguousSegments`.
    public var ambiguousSince: FrameNumber? {
        get { apart.value?.ambiguousSince }
        set { note { $0.ambiguousSince = newValue } }
    }

    /// Octets behind a hole are held back: what belongs into it may still come. Of a session that goes on alone.
    public var awaitsOctets: Bool {
        get { apart.value?.awaitsOctets ?? false }
        set { note { $0.awaitsOctets = newValue } }
    }

    /// Octets of the other side were not acknowledged by `fin`; known when that had closed its side, too.
    public var halfClosed: HalfClosedFacts? {
        get { apart.value?.halfClosed }
        // Told of every connection that is closed, and of few that there is any.
        set { if apart.isHeld || newValue != nil { note { $0.halfClosed = newValue } } }
    }

    /// Both sides agreed on MPTCP: other octets of the dialogue may have gone by other connections.
    public var multipath: Observed<MultipathRole>? {
        get { apart.value?.multipath }
        set { note { $0.multipath = newValue } }
    }

    /// Packets of it may be missing though no number tells: the capture lost some meanwhile, or a reset stands behind octets
    /// that were not seen; and no FINs show where its streams end.
    public var mayLackPackets: Bool {
        get { apart.value?.mayLackPackets ?? false }
        set { if apart.isHeld || newValue { note { $0.mayLackPackets = newValue } } }
    }

    /// Its packets' stamps contradict each other by more than an hour: nothing tells which are wrong.
    public var stampsDisagree: Bool {
        get {
            guard let unusual = apart.value else { return false }
            // Of a beginning that was moved it is known that the opening packet's stamp is wrong where all others agree.
            return unusual.stampsDisagree || unusual.isRebased && end.since(start) > Self.hour
        }
        set { note { $0.stampsDisagree = newValue } }
    }

    private static let hour: Int64 = 3_600_000_000_000

    /// The opening packet bears a stamp that is contradicted by the next one's, with which it began then.
    public mutating func rebase(to time: Timestamp) {
        start = time
        end = time
        note { $0.isRebased = true }
    }

    private func damage(of side: Side) -> Damage? {
        side == .client ? apart.value?.clientDamage : apart.value?.serverDamage
    }

    /// Anything was read in segments with wrong checksums.
    public var isDamaged: Bool {
        // Asked with every segment in clear.
        guard apart.isHeld, let unusual = apart.value else { return false }
        return unusual.clientDamage != nil || unusual.serverDamage != nil
    }

    /// Whether what a side is quoted with in a frame may stand in a segment with a wrong checksum, or be put together with one:
    /// a line and a message have the frame of the segment that completes them.
    public func isDamaged(_ frame: FrameNumber, of side: Side) -> Bool {
        guard let damage = damage(of: side) else { return false }
        return frame >= damage.first && damage.end.map { frame < $0 } ?? true
    }

    /// Takes note of octets that are read in a segment with a wrong checksum.
    public mutating func noteDamage(_ frame: FrameNumber, of side: Side) {
        var damage = damage(of: side) ?? Damage(first: frame)
        damage.end = nil
        note { if side == .client { $0.clientDamage = damage } else { $0.serverDamage = damage } }
    }

    /// A side sends octets again, whole, that are behind the beginning of its damage.
    public mutating func noteRepeated(of side: Side) {
        guard let damage = damage(of: side), damage.end == nil else { return }
        note { if side == .client { $0.clientDamage?.isRefuted = true } else { $0.serverDamage?.isRefuted = true } }
    }

    /// Anything was read in segments with wrong checksums from `frame` on, or put together with what was.
    public func isDamaged(since frame: FrameNumber) -> Bool {
        [damage(of: .client), damage(of: .server)].contains { damage in
            damage.map { $0.end.map { $0 > frame } ?? true } ?? false
        }
    }

    /// A side took its turn in `frame`: what the other one had said is complete.
    public mutating func noteTurn(_ frame: FrameNumber, of side: Side) {
        guard let damage = damage(of: side.other), damage.end == nil, !damage.isRefuted, frame > damage.first else {
            return
        }
        note { if side == .client { $0.serverDamage?.end = frame } else { $0.clientDamage?.end = frame } }
    }

    /// The side's checksums say nothing.
    public mutating func forgetDamage(of side: Side) {
        note { if side == .client { $0.clientDamage = nil } else { $0.serverDamage = nil } }
    }

    /// What changes nothing takes no memory: most connections have none of this.
    mutating func note(_ change: (inout UnusualTransport) -> Void) {
        let before = apart.value ?? UnusualTransport()
        var facts = before
        change(&facts)
        if facts != before { apart.value = facts }
    }
}

import Capture
import Wire

/// Whose a packet is: the shard's with this number, or one of those below.
struct Duty: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt8

    @inline(__always)
    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only its headers, one by one, tell which shard's it is, or it has none yet (fragments).
    static var everyone: Self { Self(rawValue: UInt8(Shard.count)) }
    /// No packet: shards learn what time it is.
    static var rest: Self { Self(rawValue: UInt8(Shard.count) + 1) }
    /// No packet: the clock has believed a leap.
    static var pause: Self { Self(rawValue: UInt8(Shard.count) + 2) }
    /// It holds no mail.
    static var nobody: Self { Self(rawValue: UInt8(Shard.count) + 3) }
    /// The user's filter left it out.
    static var leftOut: Self { Self(rawValue: UInt8(Shard.count) + 4) }

    /// And its flow key's hash and whether it is a `LoneSYN` that can be read as such, where it is a shard's; `seed` is the hash's.
    @inline(__always)
    static func of(
        _ packet: borrowing Packet, _ ports: borrowing PortSet, _ seed: FlowKey.Seed
    ) -> (duty: Self, hash: UInt64, isSYN: Bool) {
        guard packet.isSelected else { return (.leftOut, 0, false) }
        switch FrameGlance(at: packet.octets, linkType: LinkType(rawValue: packet.linkType), ports: ports, seed: seed) {
        case .other: return (.nobody, 0, false)
        case .unknown: return (.everyone, 0, false)
        case .mail(let hostPair, let hash, let isSYN):
            return (Self(rawValue: UInt8(truncatingIfNeeded: Shard.number(ofHosts: hostPair))), hash, isSYN)
        }
    }

    /// A worker has something to do.
    @inline(__always)
    var isWork: Bool { rawValue < Self.nobody.rawValue }

    /// There is a packet to be taken apart.
    @inline(__always)
    var isPacket: Bool { rawValue <= Self.everyone.rawValue }

    /// The packet is the shard's with the number `rawValue`.
    @inline(__always)
    var isShards: Bool { rawValue < Self.everyone.rawValue }
}

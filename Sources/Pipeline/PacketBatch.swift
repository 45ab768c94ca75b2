import Capture
import Wire

/// Packets that all workers go through, and whose each of them is: told once, so that nobody takes apart what is another's
/// or no mail at all.
struct PacketBatch: Sendable {
    let slices: [BlockSlice]
    /// For each packet, in the order of the slices.
    let duties: [Duty]

    init(_ slices: [BlockSlice], ports: borrowing PortSet) {
        self.slices = slices
        var duties: [Duty] = []
        duties.reserveCapacity(slices.reduce(0) { $0 + $1.packets.count })
        for slice in slices {
            var walker = slice.block.packets(slice.packets)
            while let packet = walker.next() { duties.append(Duty(of: packet, ports)) }
        }
        self.duties = duties
    }
}

/// Whose a packet is: the shard's with this number, or one of those below.
struct Duty: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only its headers, one by one, tell which shard's it is, or it has none yet (fragments).
    static let everyone = Self(rawValue: UInt8(Shard.count))
    /// It holds no mail.
    static let nobody = Self(rawValue: UInt8(Shard.count) + 1)
    /// The user's filter left it out.
    static let leftOut = Self(rawValue: UInt8(Shard.count) + 2)
    /// How many values there are.
    static let count = Shard.count + 3

    @inline(__always)
    init(of packet: borrowing Packet, _ ports: borrowing PortSet) {
        guard packet.isSelected else {
            self = .leftOut
            return
        }
        switch FrameGlance(at: packet.octets, linkType: LinkType(rawValue: packet.linkType), ports: ports) {
        case .other: self = .nobody
        case .unknown: self = .everyone
        case .mail(let hostPair): self.init(rawValue: UInt8(truncatingIfNeeded: Shard.number(ofHosts: hostPair)))
        }
    }

    /// The shard that it is for.
    var shard: Int? { rawValue < Shard.count ? Int(rawValue) : nil }
}

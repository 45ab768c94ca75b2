/// What two captures of one packet have in common, and a retransmission has not (RFC 9293 §3.1, RFC 791 §3.1).
public struct PacketPrint: Sendable, Equatable {
    /// Of the numbers, flags, length, checksum and IPv4 identification.
    let digest: UInt32
    /// When it was captured, in units of 2¹⁶ ns; differences are right across the wrap after three days.
    let moment: UInt32
    /// No later packet of the host has the same identification for a long time.
    let isIdentified: Bool

    public init(_ segment: borrowing TCPSegment, at time: Timestamp) {
        self.init(
            segment.sequence, segment.acknowledgment, segment.identification ?? 0, segment.checksum,
            segment.source.port,
            segment.flags, segment.payload.count, time)
    }

    /// Of what a segment has in its headers; `identification` is 0 where there is none, `port` the source's, `count` the octets
    /// that it carries.
    @inline(__always)
    public init(
        _ sequence: TCPSequence, _ acknowledgment: TCPSequence, _ identification: UInt16, _ checksum: UInt16,
        _ port: UInt16, _ flags: TCPFlags, _ count: Int, _ time: Timestamp
    ) {
        let numbers = UInt64(sequence.rawValue) << 32 | UInt64(acknowledgment.rawValue)
        let rest =
            UInt64(identification) << 48 | UInt64(checksum) << 32 | UInt64(port) << 16 | UInt64(flags.rawValue) << 8
        // Odd constants of SplitMix64 (Steele, Lea and Flood, 2014).
        let mixed =
            (numbers &* 0x9E37_79B9_7F4A_7C15 ^ rest &+ UInt64(truncatingIfNeeded: count)) &* 0xBF58_476D_1CE4_E5B9
        digest = UInt32(truncatingIfNeeded: mixed >> 32)
        moment = UInt32(truncatingIfNeeded: time.nanoseconds >> 16)
        isIdentified = identification != 0
    }

    /// Whether it is of the same packet as an earlier one.
    public func isCopy(of earlier: Self) -> Bool {
        digest == earlier.digest && isClose(to: earlier.moment)
    }

    fileprivate func isClose(to other: UInt32) -> Bool {
        let limit = isIdentified ? Self.identified : Self.unidentified
        return Int32(bitPattern: moment &- other).magnitude <= limit.magnitude
    }

    /// How far apart copies may be that share an identification: 100 ms.
    private static let identified: Int32 = 1526
    /// How far apart they may be without one (IPv6, or an identification of zero): a millisecond, within which no
    /// host repeats itself.
    private static let unidentified: Int32 = 15
}

/// The latest packets of a connection, so that one that a tap delivers twice is recognized.
///
/// A copy comes within a few packets and a moment of its original: a mirror of two ports and an interface that shows
/// each packet on its way in and out differ by microseconds. A host takes longer to retransmit, and gives the packet
/// another identification.
struct RecentPackets: Sendable {
    /// Digest and moment of each, the latest leading.
    private var prints: InlineArray<4, UInt64> = .init(repeating: 0)

    mutating func append(_ print: PacketPrint) {
        prints[3] = prints[2]
        prints[2] = prints[1]
        prints[1] = prints[0]
        prints[0] = UInt64(print.digest) << 32 | UInt64(print.moment)
    }

    func contains(_ print: PacketPrint) -> Bool {
        for index in prints.indices where UInt32(truncatingIfNeeded: prints[index] >> 32) == print.digest {
            if print.isClose(to: UInt32(truncatingIfNeeded: prints[index])) { return true }
        }
        return false
    }
}

extension RecentPackets: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        for index in left.prints.indices where left.prints[index] != right.prints[index] { return false }
        return true
    }

    mutating func exchange(_ particulars: inout Particulars) {
        var latest: UInt32 = 0
        for index in prints.indices {
            var (digest, moment) = (prints[index] >> 32, UInt32(truncatingIfNeeded: prints[index]))
            particulars.exchange(&digest)
            latest = particulars.exchange(&moment, before: latest)
            prints[index] = digest << 32 | UInt64(moment)
        }
    }
}

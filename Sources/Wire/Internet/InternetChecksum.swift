/// The one's complement sum of 16-bit words (RFC 1071).
struct InternetChecksum {
    private var sum: UInt64 = 0

    mutating func add(_ word: UInt16) { sum &+= UInt64(word) }

    mutating func add(_ words: UInt32) { sum &+= UInt64(words) }

    mutating func add(_ address: IPAddress) {
        for half in [address.high, address.low] {
            sum &+= half >> 32
            sum &+= half & 0xFFFF_FFFF
        }
    }

    /// Octets from a 16-bit boundary on; an odd last one is padded with zero.
    mutating func add(_ octets: Span<UInt8>) {
        // Words in the other byte order have the same sum, in the other byte order (RFC 1071 §2 (B)).
        sum &+= UInt64(UInt16(bigEndian: Self.fold(octets.sumOfWords)))
        var index = octets.count & ~3
        if index + 2 <= octets.count {
            sum &+= UInt64(octets[index]) << 8 | UInt64(octets[index + 1])
            index += 2
        }
        if index < octets.count { sum &+= UInt64(octets[index]) << 8 }
    }

    /// Folded to 16 bits, not complemented: 0xFFFF where the octets include a right checksum.
    var folded: UInt16 { Self.fold(sum) }

    private static func fold(_ sum: UInt64) -> UInt16 {
        var sum = sum
        while sum >> 16 != 0 { sum = (sum & 0xFFFF) &+ (sum >> 16) }
        return UInt16(truncatingIfNeeded: sum)
    }
}

/// What a segment's checksums say of its octets.
public enum Integrity: Sendable, Equatable {
    /// They are right.
    case intact
    /// They are as a host leaves them that lets its network card fill them in: nothing is known, and nothing is wrong.
    case offloaded
    /// They are wrong: a receiver would drop the segment, if that is how it was on the wire. See `ChecksumTrust`.
    case damaged
    /// Octets are missing, or the length is not stated.
    case unverifiable
}

/// Whether one direction of a connection shows its checksums as they were on the wire.
///
/// Offloading makes a capture on the host itself show wrong ones; a card that joins segments before it hands them over
/// leaves the checksum of none. So a wrong one counts only where the same sender's others are right, and only on a
/// segment no longer than one that was right.
public struct ChecksumTrust: Sendable, Equatable {
    private var intact: UInt16 = 0
    private var damaged: UInt16 = 0
    /// Payload of the longest intact segment, in octets.
    private var longest: UInt16 = 0

    /// Intact segments that it takes, and so many more than damaged ones.
    private static let needed: UInt16 = 3
    private static let ratio: UInt16 = 4

    public init() {}

    /// Takes what a segment's checksums say and the length of its payload, in octets; answers whether its receiver will
    /// have dropped it.
    public mutating func refuses(_ integrity: Integrity, _ length: Int) -> Bool {
        switch integrity {
        case .intact:
            if intact < .max { intact += 1 }
            longest = max(longest, UInt16(clamping: length))
            return false
        case .damaged:
            if damaged < .max { damaged += 1 }
            return refusesDamaged && length <= Int(longest)
        case .offloaded, .unverifiable: return false
        }
    }

    /// So many were right that a wrong one was wrong on the wire.
    public var refusesDamaged: Bool { intact >= Self.needed && intact / Self.ratio >= damaged }

    /// Some were right, and no fewer than were wrong: what was wrong may have been so on the wire, though too little was seen
    /// to leave it out.
    public var isLikely: Bool { intact > 0 && intact >= damaged }

    /// Takes out what tells it from others, or puts it back.
    public mutating func exchange(_ particulars: inout Particulars) {
        particulars.exchange(&intact)
        particulars.exchange(&damaged)
        particulars.exchange(&longest)
    }
}

/// Puts one direction of a TCP connection back in order (RFC 9293 §3.10.7.4).
///
/// Knows sequence numbers and octet counts only; the caller owns the octets, so in-order segments are never copied.
/// Positions are offsets from the stream's start as 64-bit numbers, so a stream may be longer than the sequence space.
public struct TCPReassembler: Sendable, Equatable {
    public enum Placement: Equatable, Sendable {
        /// Next in line, once its first `skip` octets, already delivered, are dropped.
        case deliver(skip: Int)
        /// Ahead of what was delivered, starting at `offset`.
        case hold(offset: Int64)
        /// Nothing new: a retransmission or a keep-alive.
        case duplicate
        /// So far from the window that it cannot belong to this stream.
        case outOfWindow
    }

    /// Octets of the stream that lie behind: the offset of the next octet in line.
    public private(set) var delivered: Int64 = 0
    /// The number of the next octet in line.
    public private(set) var next: TCPSequence

    /// Segments further ahead than this of what was delivered, and of what the peer acknowledged, are not believed, nor are
    /// those further behind.
    /// 16 MiB: the windows of real mail hosts end well below (RFC 7323 allows up to 1 GiB).
    public static let window: Int64 = 16 << 20

    public init(startingAt first: TCPSequence) { next = first }

    /// Where `count` octets numbered from `sequence` belong. `acknowledged` is the stream offset up to which the peer
    /// is known to have received.
    public func place(_ sequence: TCPSequence, count: Int, acknowledged: Int64) -> Placement {
        let ahead = sequence.distance(from: next)
        if ahead <= 0 {
            if Int64(count) + ahead > 0 { return .deliver(skip: Int(-ahead)) }
            return ahead < -Self.window ? .outOfWindow : .duplicate
        }
        let offset = delivered + ahead
        if ahead > Self.window && offset - acknowledged > Self.window { return .outOfWindow }
        return .hold(offset: offset)
    }

    /// A number that its sender may use next, or has used lately.
    @inline(__always)
    func isNear(_ sequence: TCPSequence) -> Bool { abs(sequence.distance(from: next)) <= Self.window }

    /// The stream offset of a sequence number (negative: before the start of what was captured).
    public func offset(of sequence: TCPSequence) -> Int64 { delivered + sequence.distance(from: next) }

    /// Steps over `count` octets that were delivered or given up.
    public mutating func advance(by count: Int64) {
        delivered += count
        next = TCPSequence(next.rawValue &+ UInt32(truncatingIfNeeded: count))
    }
}

extension TCPReassembler {
    /// `initial` is the number of the SYN, where that was seen.
    mutating func exchange(_ particulars: inout Particulars, behind initial: UInt32) {
        let delivered = particulars.exchange(offset: &delivered)
        particulars.exchange(&next.rawValue, expected: initial &+ 1 &+ UInt32(truncatingIfNeeded: delivered))
    }
}

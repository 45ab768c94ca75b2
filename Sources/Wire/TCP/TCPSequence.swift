/// A point on the circle of 2³² sequence numbers (RFC 9293 §3.4).
public struct TCPSequence: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32

    @inlinable @inline(__always)
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Signed octets from `other` to `self`, right across the wrap.
    public func distance(from other: Self) -> Int64 {
        Int64(Int32(bitPattern: rawValue &- other.rawValue))
    }

    public func advanced(by count: Int) -> Self {
        Self(rawValue &+ UInt32(truncatingIfNeeded: count))
    }
}

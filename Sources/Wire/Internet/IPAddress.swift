/// An IPv4 or IPv6 address, kept as a value of 128 bits.
public struct IPAddress: Hashable, Comparable, Sendable, BitwiseCopyable {
    public let high: UInt64
    public let low: UInt64
    public let isV6: Bool

    @inlinable @inline(__always)
    public init(v4 octets: UInt32) {
        high = 0
        low = UInt64(octets)
        isV6 = false
    }

    @inlinable @inline(__always)
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isV6 = true
    }

    /// 127.0.0.0/8, ::1, and the IPv4-mapped form of the former: traffic that never left its host.
    public var isLoopback: Bool {
        guard isV6 else { return low >> 24 == 127 }
        if high == 0 && low == 1 { return true }
        return high == 0 && low >> 32 == 0xFFFF && (low >> 24) & 0xFF == 127
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        if left.isV6 != right.isV6 { return !left.isV6 }
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }

    @inlinable
    public static func == (left: Self, right: Self) -> Bool {
        left.low == right.low && left.high == right.high && left.isV6 == right.isV6
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the canonical text of RFC 5952.
    public var description: String {
        isV6 ? textV6 : "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
    }

    private var groups: [UInt16] {
        (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> (48 - 16 * UInt64($0 % 4))) }
    }

    private var textV6: String {
        let groups = groups
        let zeros = longestZeroRun(in: groups)
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let zeros else { return text(0..<8) }
        return text(0..<zeros.lowerBound) + "::" + text(zeros.upperBound..<8)
    }

    /// The first longest run of at least two zero groups (RFC 5952 §4.2).
    private func longestZeroRun(in groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > 1, index - start > (best?.count ?? 0) { best = start..<index }
            start = index + 1
        }
        return best
    }
}

/// One end of a connection.
public struct Endpoint: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    public let address: IPAddress
    public let port: UInt16

    @inlinable @inline(__always)
    public init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }

    public var description: String { address.isV6 ? "[\(address)]:\(port)" : "\(address):\(port)" }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        left.address == right.address ? left.port < right.port : left.address < right.address
    }
}

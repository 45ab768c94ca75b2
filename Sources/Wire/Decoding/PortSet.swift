/// A set of TCP ports, one bit each.
public struct PortSet: Sendable, Equatable {
    private var bits: [UInt64] = Array(repeating: 0, count: 1024)
    /// A bit for the low six bits of each port: nearly all other ports are told by it without a look into memory.
    private var filter: UInt64 = 0

    public init(_ ranges: [ClosedRange<UInt16>]) {
        for range in ranges {
            for port in range {
                bits[Int(port >> 6)] |= 1 << UInt64(port & 63)
                filter |= 1 << UInt64(port & 63)
            }
        }
    }

    @inline(__always)
    public func contains(_ port: UInt16) -> Bool {
        filter &>> UInt64(port & 63) & 1 != 0 && isListed(port)
    }

    @inline(__always)
    private func isListed(_ port: UInt16) -> Bool { bits[Int(port >> 6)] & 1 << UInt64(port & 63) != 0 }
}

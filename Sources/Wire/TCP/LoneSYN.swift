/// A SYN that brings no octets and ends nothing (RFC 9293 §3.5): all that is known of a connection until somebody answers it.
///
/// Floods consist of these, so one in a frame of a common form is read without what only other segments need.
///
/// It is not copied, since that would cost as much as to read it.
public struct LoneSYN: ~Copyable, Sendable {
    public let key: FlowKey
    /// The lower end of the key sent it.
    public let isFromLow: Bool
    public let path: PathID
    public let flags: TCPFlags
    /// The sequence number of the octet behind it, then the acknowledgement: one word, since it is stored and loaded as such.
    public let numbers: UInt64
    /// What it says of MPTCP.
    public let multipath: MultipathRole?
    /// Of the IPv4 header; `nil` for IPv6.
    public let identification: UInt16?
    /// As it stands in the header.
    public let checksum: UInt16

    /// `nil` where the segment is something else.
    @inline(__always)
    public init?(_ segment: borrowing TCPSegment) {
        guard Self.isOne(segment) else { return nil }
        key = FlowKey(segment)
        isFromLow = segment.isFromLow
        path = segment.path
        flags = segment.flags
        numbers = UInt64(segment.sequence.rawValue) << 32 | UInt64(segment.acknowledgment.rawValue)
        multipath = segment.multipath
        identification = segment.identification
        checksum = segment.checksum
    }

    /// The SYN of a frame of which `FrameGlance` said that it is mail and one.
    @inlinable @inline(__always)
    public init(ofGlanced frame: Span<UInt8>) {
        let start = CommonFrame.start(ofGlanced: frame)
        let isV6 = frame[start] >> 4 == 6
        let header = start + (isV6 ? 40 : 20)
        let from: IPAddress
        let to: IPAddress
        if isV6 {
            from = IPAddress(high: frame.u64(at: start + 8), low: frame.u64(at: start + 16))
            to = IPAddress(high: frame.u64(at: start + 24), low: frame.u64(at: start + 32))
        } else {
            from = IPAddress(v4: frame.u32(at: start + 12))
            to = IPAddress(v4: frame.u32(at: start + 16))
        }
        let ports = frame.u32(at: header)
        let source = Endpoint(from, UInt16(truncatingIfNeeded: ports >> 16))
        let destination = Endpoint(to, UInt16(truncatingIfNeeded: ports))
        isFromLow = source < destination
        key = FlowKey(source, destination, isFromLow: isFromLow, .plain)
        path = .plain
        // Of the SYN itself; the carry, if there is one, leaves the word.
        numbers = frame.u64(at: header + 4) &+ 1 << 32
        flags = TCPFlags(rawValue: frame[header + 13])
        checksum = frame.u16(at: header + 16)
        identification = isV6 ? nil : frame.u16(at: start + 4)
        let length = Int(frame[header + 12] >> 4) * 4
        multipath =
            length == 20 ? nil : MultipathRole(frame.extracting((header + 20)..<(header + length)), isSYN: true)
    }

    /// Whether a frame of a common form, whose IPv4 header is at `start`, is read by `init(ofGlanced:)`: all of TCP's header is
    /// there, and nothing behind it. One whose total length is wrong takes a `TCPSegment` to tell.
    @inline(__always)
    static func isOne(inV4 frame: Span<UInt8>, at start: Int) -> Bool {
        isOne(frame, start + 20) { Int(frame.u16(at: start + 2)) - 20 }
    }

    /// The same of IPv6.
    @inline(__always)
    static func isOne(inV6 frame: Span<UInt8>, at start: Int) -> Bool {
        isOne(frame, start + 40) { Int(frame.u16(at: start + 4)) }
    }

    @inline(__always)
    private static func isOne(_ frame: Span<UInt8>, _ header: Int, stated: () -> Int) -> Bool {
        guard frame.count >= header + 20, isOne(TCPFlags(rawValue: frame[header + 13])) else { return false }
        let length = Int(frame[header + 12] >> 4) * 4
        return length >= 20 && length == stated() && length <= frame.count - header
    }

    @inline(__always)
    public static func isOne(_ segment: borrowing TCPSegment) -> Bool {
        isOne(segment.flags) && segment.carriesNothing
    }

    @inline(__always)
    static func isOne(_ flags: TCPFlags) -> Bool {
        flags.rawValue & (TCPFlags.syn.rawValue | TCPFlags.ending.rawValue) == TCPFlags.syn.rawValue
    }
}

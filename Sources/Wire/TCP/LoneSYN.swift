/// A SYN that brings no octets and ends nothing (RFC 9293 §3.5): all that is known of a connection until somebody answers it.
///
/// Floods consist of these, so one in a frame of a common form is read without what only other segments need.
public struct LoneSYN: Sendable {
    public let source: Endpoint
    public let destination: Endpoint
    /// The lower end of the flow's key sent it.
    public let isFromLow: Bool
    public let path: PathID
    public let flags: TCPFlags
    /// Of the octet behind it.
    public let sequence: TCPSequence
    public let acknowledgment: TCPSequence
    /// What it says of MPTCP.
    public let multipath: MultipathRole?
    /// Of the IPv4 header; `nil` for IPv6.
    let identification: UInt16?
    /// As it stands in the header.
    let checksum: UInt16

    /// `nil` where the segment is something else.
    @inline(__always)
    public init?(_ segment: borrowing TCPSegment) {
        guard Self.isOne(segment) else { return nil }
        source = segment.source
        destination = segment.destination
        isFromLow = segment.isFromLow
        path = segment.path
        flags = segment.flags
        sequence = segment.sequence
        acknowledgment = segment.acknowledgment
        multipath = segment.multipath
        identification = segment.identification
        checksum = segment.checksum
    }

    /// The SYN of a frame of which `FrameGlance` said that it is mail and seems to be one; `nil` where it takes a `TCPSegment` to
    /// tell.
    @inline(__always)
    public init?(ofGlanced frame: Span<UInt8>) {
        let packet = frame.extracting(droppingFirst: CommonFrame.start(ofGlanced: frame))
        let isV6 = packet[0] >> 4 == 6
        let start = isV6 ? 40 : 20
        guard packet.count >= start + 20 else { return nil }
        let header = packet.extracting(droppingFirst: start)
        let length = Int(header[12] >> 4) * 4
        let stated = isV6 ? Int(packet.u16(at: 4)) : Int(packet.u16(at: 2)) - start
        flags = TCPFlags(rawValue: header[13])
        guard length >= 20, length == stated, length <= header.count, Self.isOne(flags) else { return nil }
        let from: IPAddress
        let to: IPAddress
        if isV6 {
            from = IPAddress(high: packet.u64(at: 8), low: packet.u64(at: 16))
            to = IPAddress(high: packet.u64(at: 24), low: packet.u64(at: 32))
            identification = nil
        } else {
            from = IPAddress(v4: packet.u32(at: 12))
            to = IPAddress(v4: packet.u32(at: 16))
            identification = packet.u16(at: 4)
        }
        source = Endpoint(from, header.u16(at: 0))
        destination = Endpoint(to, header.u16(at: 2))
        isFromLow = source < destination
        path = .plain
        sequence = TCPSequence(header.u32(at: 4)).advanced(by: 1)
        acknowledgment = TCPSequence(header.u32(at: 8))
        checksum = header.u16(at: 16)
        multipath = MultipathRole(header.extracting(20..<length), isSYN: true)
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

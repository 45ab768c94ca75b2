/// The control bits that Earshot needs (RFC 9293 §3.1).
public struct TCPFlags: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    // Written out, so that other modules see numbers: a constant of theirs is asked for on every packet.

    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable @inline(__always) public static var fin: Self { Self(rawValue: 0x01) }
    @inlinable @inline(__always) public static var syn: Self { Self(rawValue: 0x02) }
    @inlinable @inline(__always) public static var rst: Self { Self(rawValue: 0x04) }
    @inlinable @inline(__always) public static var ack: Self { Self(rawValue: 0x10) }
    /// Both, as one number: an array literal would be built on every packet.
    @inlinable @inline(__always) public static var synAck: Self { Self(rawValue: 0x12) }

    @inlinable @inline(__always)
    public func contains(_ other: Self) -> Bool { rawValue & other.rawValue == other.rawValue }

    @inlinable @inline(__always)
    public func isDisjoint(with other: Self) -> Bool { rawValue & other.rawValue == 0 }
    /// FIN and RST, as one number.
    @inlinable @inline(__always) public static var ending: Self { Self(rawValue: 0x05) }
    /// FIN, SYN, RST and URG: none of them in a segment that just carries octets.
    static var notPlain: Self { Self(rawValue: 0x27) }
}

/// A TCP segment in place: its header's fields, and its payload as a view into the packet (RFC 9293 §3.1).
public struct TCPSegment: ~Escapable, BitwiseCopyable {
    public let source: Endpoint
    public let destination: Endpoint
    /// Whether the source is the lower end of the flow's key; asked several times for every packet.
    public let isFromLow: Bool
    /// What the packet was wrapped in; the decoder's table has the facts.
    public let path: PathID
    public let flags: TCPFlags
    /// It was put together from fragments that overlapped with different octets, so hosts may have read other ones.
    public let isAmbiguous: Bool
    public let acknowledgment: TCPSequence
    /// Number of the payload's leading octet; a SYN's own number is already stepped over.
    public let sequence: TCPSequence
    /// The captured octets of the payload.
    public let payload: Span<UInt8>
    /// Octets at the payload's end that the snapshot length cut off.
    public let missing: Int
    /// From the IP header to the payload's end, as far as captured; of a reassembled one from the TCP header.
    private let packet: Span<UInt8>
    /// Where the TCP header begins there.
    private let start: Int
    private let isVerifiable: Bool

    /// Reads the TCP header at `start` in `packet`, which begins with the IP header `ip` where that is in one piece with
    /// it.
    @_lifetime(copy packet)
    @inline(__always)
    init(
        in packet: Span<UInt8>, at start: Int, ip: IPHeader, path: PathID, isAmbiguous: Bool = false
    ) throws(WireError) {
        let octets = packet.extracting(droppingFirst: start)
        guard octets.count >= 20 else { throw Self.cut(octets.count, needed: 20) }
        let headerLength = Int(octets[12] >> 4) * 4
        guard headerLength >= 20 else { throw Self.malformed("data offset under 5", at: 12) }
        guard headerLength <= octets.count else { throw Self.cut(octets.count, needed: headerLength) }
        let stated = (ip.payloadLength ?? octets.count) - headerLength
        guard stated >= 0 else { throw Self.malformed("header longer than the packet", at: headerLength) }
        // Beyond the stated length there is only Ethernet padding.
        let captured = min(stated, octets.count - headerLength)
        payload = octets.extracting(headerLength..<headerLength + captured)
        missing = stated - captured
        self.packet = packet.extracting(first: start + headerLength + captured)
        self.start = start
        isVerifiable = ip.payloadLength != nil && ip.isVerifiable
        source = Endpoint(ip.source, octets.u16(at: 0))
        destination = Endpoint(ip.destination, octets.u16(at: 2))
        isFromLow = source < destination
        flags = TCPFlags(rawValue: octets[13])
        let number = TCPSequence(octets.u32(at: 4))
        sequence = flags.contains(.syn) ? number.advanced(by: 1) : number
        acknowledgment = TCPSequence(octets.u32(at: 8))
        self.path = path
        self.isAmbiguous = isAmbiguous
    }

    /// Neither octets nor some that were cut off.
    @inlinable @inline(__always)
    public var carriesNothing: Bool { payload.isEmpty && missing == 0 }

    /// The number after the payload, cut-off octets included, a FIN's own number not.
    public var end: TCPSequence { sequence.advanced(by: payload.count + missing) }

    @inline(never)
    private static func cut(_ count: Int, needed: Int) -> WireError {
        WireError(.incomplete(needed: needed - count), layer: .tcp, offset: count)
    }

    @inline(never)
    private static func malformed(_ why: StaticText, at offset: Int) -> WireError {
        WireError(.malformed(why), layer: .tcp, offset: offset)
    }
}

extension TCPSegment {
    /// A segment without octets, as one that was seen before is told again.
    @_lifetime(immortal)
    public init(
        empty flags: TCPFlags, from source: Endpoint, to destination: Endpoint, path: PathID,
        sequence: TCPSequence, acknowledgment: TCPSequence
    ) {
        self.source = source
        self.destination = destination
        isFromLow = source < destination
        self.path = path
        self.flags = flags
        self.sequence = sequence
        self.acknowledgment = acknowledgment
        payload = Span()
        missing = 0
        packet = Span()
        start = 0
        isVerifiable = false
        isAmbiguous = false
    }

    /// The identification of the IPv4 header: two captures of one packet share it, a retransmission has another. `nil`
    /// for IPv6, and for a segment that was put together from fragments.
    @inline(__always)
    public var identification: UInt16? {
        guard !source.address.isV6, start >= 20, packet.count >= start else { return nil }
        return packet.u16(at: 4)
    }

    /// What tells its sender from another host.
    public var traits: PacketTraits {
        let isV6 = source.address.isV6
        let hopLimit: UInt8? = start >= (isV6 ? 40 : 20) && packet.count >= start ? packet[isV6 ? 7 : 8] : nil
        // One that is told again has no octets.
        guard packet.count >= start + 20 else {
            return PacketTraits(hopLimit: hopLimit, identification: identification, window: 0, timestamp: nil)
        }
        return PacketTraits(
            hopLimit: hopLimit, identification: identification, window: packet.u16(at: start + 14),
            timestamp: options.timestampOption)
    }

    /// The header's options, as far as captured; one that is told again has none.
    var options: Span<UInt8> {
        @inline(__always) @_lifetime(copy self) get {
            guard packet.count > start + 20 else { return Span() }
            let end = min(max(20, Int(packet[start + 12] >> 4) * 4), packet.count - start)
            return packet.extracting(start + 20..<start + end)
        }
    }

    /// TCP's checksum as it stands in the header.
    @inline(__always)
    var checksum: UInt16 { packet.count >= start + 18 ? packet.u16(at: start + 16) : 0 }

    /// Long enough to contradict octets that were seen before: a keep-alive and a probe of a closed window may carry
    /// one octet of anything (RFC 9293 §3.8.4, §3.8.6.1).
    var isComparable: Bool { payload.count > 1 }

    /// Verifies the IPv4 header's and TCP's checksums (RFC 1071, RFC 9293 §3.1), at the cost of reading all octets.
    public var integrity: Integrity {
        guard isVerifiable, missing == 0, packet.count >= start + 20 else { return .unverifiable }
        if !source.address.isV6, start >= 20 {
            var header = InternetChecksum()
            header.add(packet.extracting(first: start))
            // A card that fills it in is handed a zero.
            guard header.folded == 0xFFFF else { return packet.u16(at: 10) == 0 ? .offloaded : .damaged }
        }
        let octets = packet.extracting(droppingFirst: start)
        var ends = InternetChecksum()
        ends.add(source.address)
        ends.add(destination.address)
        ends.add(UInt16(IPHeader.tcp))
        var pseudoHeader = ends
        pseudoHeader.add(UInt32(truncatingIfNeeded: octets.count))
        var all = pseudoHeader
        all.add(octets)
        if all.folded == 0xFFFF { return .intact }
        // The card is handed the pseudo-header's sum, or zero; some drivers leave the length out of the sum.
        let field = octets.u16(at: 16)
        return field == 0 || field == pseudoHeader.folded || field == ends.folded ? .offloaded : .damaged
    }
}

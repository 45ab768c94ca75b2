/// The control bits that Earshot needs (RFC 9293 §3.1).
package struct TCPFlags: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let fin = Self(rawValue: 0x01)
    package static let syn = Self(rawValue: 0x02)
    package static let rst = Self(rawValue: 0x04)
    package static let ack = Self(rawValue: 0x10)
    /// Both, as one number: an array literal would be built on every packet.
    package static let synAck = Self(rawValue: 0x12)
}

/// A TCP segment in place: its header's fields, and its payload as a view into the packet (RFC 9293 §3.1).
package struct TCPSegment: ~Escapable {
    package let source: Endpoint
    package let destination: Endpoint
    package let vlans: VLANTags
    package let flags: TCPFlags
    package let acknowledgment: TCPSequence
    /// Number of the payload's leading octet; a SYN's own number is already stepped over.
    package let sequence: TCPSequence
    /// The captured octets of the payload.
    package let payload: Span<UInt8>
    /// Octets at the payload's end that the snapshot length cut off.
    package let missing: Int

    /// Reads the TCP header of a packet whose network header is `ip`.
    @_lifetime(copy reader)
    package init(parsing reader: inout ByteReader, ip: IPHeader, vlans: VLANTags) throws(WireError) {
        let start = reader.offset
        let sourcePort = try reader.u16()
        let destinationPort = try reader.u16()
        let number = TCPSequence(try reader.u32())
        acknowledgment = TCPSequence(try reader.u32())
        let headerLength = Int(try reader.u8() >> 4) * 4
        flags = TCPFlags(rawValue: try reader.u8())
        guard headerLength >= 20 else { throw reader.failure(.malformed("data offset under 5")) }
        try reader.skip(headerLength - (reader.offset - start))
        let captured = reader.takeRest()
        let stated = (ip.payloadLength ?? captured.count + headerLength) - headerLength
        guard stated >= 0 else { throw reader.failure(.malformed("header longer than the packet")) }
        // Beyond the stated length there is only Ethernet padding.
        payload = captured.extracting(first: min(stated, captured.count))
        missing = stated - payload.count
        source = Endpoint(ip.source, sourcePort)
        destination = Endpoint(ip.destination, destinationPort)
        sequence = flags.contains(.syn) ? number.advanced(by: 1) : number
        self.vlans = vlans
    }

    /// The number after the payload, cut-off octets included, a FIN's own number not.
    package var end: TCPSequence { sequence.advanced(by: payload.count + missing) }
}

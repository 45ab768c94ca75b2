/// Segments that no receiver takes, and so say nothing: anybody who sees a connection can send them.
extension TCPConnection {
    /// Whether a receiver takes the segment for one of its connection, as far as that does not depend on what is not seen
    /// here (RFC 9293 §3.10.7.4).
    ///
    /// Mutating, although it changes nothing, as what it asks is: streams are copied to be asked otherwise.
    mutating func isAcceptable(_ segment: borrowing TCPSegment, _ side: Side) -> Bool {
        // Where its place is wrong it is not believed, see `believes`.
        if segment.flags.contains(.rst) { return true }
        switch side {
        case .client: return Self.isAcceptable(segment, &client, &server)
        case .server: return Self.isAcceptable(segment, &server, &client)
        }
    }

    private static func isAcceptable(
        _ segment: borrowing TCPSegment, _ stream: inout TCPStream, _ other: inout TCPStream
    ) -> Bool {
        if isStrange(segment, &stream, &other) { return false }
        if segment.flags.contains(.syn) {
            // The same once more, or none: another number is answered with a challenge (RFC 5961 §4).
            if let initial = stream.initial {
                return segment.sequence == initial.advanced(by: 1) || stream.isAnotherBeginning(segment)
            }
            if stream.delivered > 0, let offset = stream.offset(of: segment.sequence), offset > 0 { return false }
        } else if !segment.flags.contains(.ack) {
            // Tools that make up packets leave it out in all that bring octets.
            return !stream.usesAcknowledgments
        }
        // Too old (RFC 5961 §5.2), if the other stream is where it is taken to be.
        if !other.isNear(segment.acknowledgment), segment.flags.contains(.ack), other.isSeen, other.delivered > 0,
            other.acknowledged > 0,
            other.delivered - other.offset(ofAcknowledgment: segment.acknowledgment) > TCPReassembler.window
        {
            return false
        }
        if stream.isEndAcknowledged, segment.payload.count + segment.missing > 0,
            let offset = stream.offset(of: segment.sequence)
        {
            return !stream.isBehindEnd(offset)
        }
        return true
    }

    /// Whether neither the segment's number nor what it acknowledges is anywhere near this connection's: it may be another
    /// one between the same ends. Both far ahead is what is left where the capture has lost much.
    public mutating func isStrange(_ segment: borrowing TCPSegment, from side: Side) -> Bool {
        switch side {
        case .client: Self.isStrange(segment, &client, &server)
        case .server: Self.isStrange(segment, &server, &client)
        }
    }

    @inline(__always)
    private static func isStrange(
        _ segment: borrowing TCPSegment, _ stream: inout TCPStream, _ other: inout TCPStream
    ) -> Bool {
        !stream.isNear(segment.sequence) && isFar(segment, &stream, &other)
    }

    private static func isFar(
        _ segment: borrowing TCPSegment, _ stream: inout TCPStream, _ other: inout TCPStream
    ) -> Bool {
        guard segment.flags.contains(.ack), !segment.flags.contains(.rst),
            let sent = stream.distance(ofFar: segment.sequence),
            let received = other.distance(ofFar: segment.acknowledgment)
        else { return false }
        return !((0..<lossAtMost).contains(sent) && (0..<lossAtMost).contains(received))
    }

    /// 256 MiB.
    private static let lossAtMost: Int64 = 256 << 20
}

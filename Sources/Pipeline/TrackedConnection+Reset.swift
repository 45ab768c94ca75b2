import Sessions
import Wire

/// A reset may be forged, or meant for another: what follows tells whether it ended the connection.
extension TrackedConnection {
    /// Whether a segment goes on with a connection that is reset as far as was seen.
    mutating func lookBeyondReset(
        _ segment: borrowing TCPSegment, _ side: Side, _ frame: FrameNumber, _ waited: Timestamp
    ) {
        guard segment.flags.isDisjoint(with: .synOrReset), let reset = transport.resets.last else { return }
        if side == reset.side { transport.noteFollower(segment.traits, in: frame) }
        guard let survival = survival(of: reset, segment, side, waited) else { return }
        transport.outlive(survival, in: frame)
        closesAt = nil
    }

    private func survival(
        of reset: ResetFacts, _ segment: borrowing TCPSegment, _ side: Side, _ waited: Timestamp
    ) -> ResetSurvival? {
        guard side == reset.side else {
            // Who has octets from behind the reset's place did not take it for one, in whichever order a tap saw them.
            return acknowledges(segment, beyond: max(reset.offset ?? 0, reset.acknowledged), of: reset.side)
                ? .acknowledged : nil
        }
        // Whatever was sent before it has come by then.
        guard waited.since(reset.time) >= Self.reordering else { return nil }
        if continues(segment, beyond: reset.delivered, side) { return .continued }
        return acknowledges(segment, beyond: reset.deliveredByPeer, of: side.other) ? .received : nil
    }

    /// Taps reorder by milliseconds, in nanoseconds of the capture's clock.
    private static let reordering: Int64 = 1_000_000_000

    /// The segment says that octets of `side` behind `offset` were received, and the capture has them.
    private func acknowledges(_ segment: borrowing TCPSegment, beyond offset: Int64, of side: Side) -> Bool {
        guard segment.flags.contains(.ack), let place = order.offset(of: segment.acknowledgment, in: side) else {
            return false
        }
        return place > offset && place <= order.delivered(of: side)
    }

    /// The segment brings octets that come after the place its sender had reached.
    private func continues(_ segment: borrowing TCPSegment, beyond offset: Int64, _ side: Side) -> Bool {
        guard !segment.payload.isEmpty, let place = order.offset(of: segment.sequence, in: side) else { return false }
        return place >= offset && place - offset <= TCPReassembler.window
    }

    /// Whether a segment behind a reset has octets that cannot be this connection's: then its ports are used again, and
    /// the SYN was not captured. While late segments are expected it is theirs.
    func isForeign(_ segment: borrowing TCPSegment, _ now: Timestamp) -> Bool {
        guard let closesAt, transport.reset != nil, segment.flags.isDisjoint(with: .synOrReset),
            !segment.carriesNothing,
            closesAt.since(now) < TrackerOptions.lingerAfterReset - TrackerOptions.linger
        else { return false }
        let side = side(of: segment)
        guard let place = order.offset(of: segment.sequence, in: side) else { return false }
        return abs(place - order.delivered(of: side)) > TCPReassembler.window
    }
}

extension TCPFlags {
    /// SYN and RST, as one number.
    fileprivate static let synOrReset = Self(rawValue: 0x06)
}

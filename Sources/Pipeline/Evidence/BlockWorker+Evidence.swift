import Capture
import Wire

/// Packets on their way to the shard that may keep them.
extension BlockWorker {
    /// Shows the packet of a segment to the shard at `place`, which will take it.
    mutating func offer(
        _ packet: borrowing Packet, _ segment: borrowing TCPSegment, _ frame: FrameNumber, _ place: Int
    ) {
        var offered: EvidencePacket?
        if let layout = decoder.layout(of: packet.octets, linkType: LinkType(rawValue: packet.linkType)) {
            offered = EvidencePacket(
                segment, in: packet.octets, layout, number: frame,
                nanoseconds: packet.nanoseconds, originalLength: packet.originalLength, linkType: packet.linkType)
        }
        // Also where there is none: the one before it belongs to somebody else.
        shards[place].tracker.evidence?.incoming = offered
    }

    /// The same of the segment that was put together last: as a packet of its own.
    mutating func offerReassembled(_ packet: borrowing Packet, _ frame: FrameNumber) throws(WireError) {
        let place = places[try Self.shardOfReassembled(decoder)]
        guard place >= 0 else { return }
        let whole = try Self.reassembled(decoder, packet, frame)
        shards[place].tracker.evidence?.incoming = whole
    }

    private static func reassembled(
        _ decoder: borrowing PacketDecoder, _ packet: borrowing Packet, _ frame: FrameNumber
    ) throws(WireError) -> EvidencePacket? {
        guard let whole = decoder.reassembledPacket() else { return nil }
        let segment = try decoder.reassembledSegment()
        return EvidencePacket(
            segment, in: whole.octets.span, whole.layout, number: frame,
            nanoseconds: packet.nanoseconds, originalLength: whole.octets.count, linkType: LinkType.raw.rawValue,
            isReassembled: true)
    }
}

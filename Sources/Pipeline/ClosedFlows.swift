import Wire

/// Where the streams of connections ended that are not followed any more: what a host repeats of them, minutes later
/// if its peer is gone, begins no session.
struct ClosedFlows {
    /// The number behind the last octet of each side that was read.
    private struct End {
        let client: Endpoint
        let clientEnd: TCPSequence?
        let serverEnd: TCPSequence?
        let ordinal: Int
    }

    private var ends: [FlowKey: End] = [:]
    /// The keys in a ring; one that was used again stands in it more than once, and the latest place counts.
    private var keys: [FlowKey] = []
    private var count = 0

    /// Connections that are remembered at most.
    static let limit = 32_768

    mutating func insert(_ key: FlowKey, client: Endpoint, _ order: borrowing TCPConnection) {
        let place = count % Self.limit
        if place < keys.count {
            let oldest = keys[place]
            if ends[oldest]?.ordinal == count - Self.limit { ends[oldest] = nil }
            keys[place] = key
        } else {
            keys.append(key)
        }
        ends[key] = End(
            client: client, clientEnd: order.client.next, serverEnd: order.server.next, ordinal: count)
        count += 1
    }

    /// Whether a segment brings nothing but what its connection had brought before it ended.
    func isRepetition(_ segment: borrowing TCPSegment) -> Bool {
        guard !ends.isEmpty, !segment.flags.contains(.syn), let end = ends[FlowKey(segment)],
            let reached = segment.source == end.client ? end.clientEnd : end.serverEnd
        else { return false }
        let distance = segment.end.distance(from: reached)
        return distance <= 0 && distance > -TCPReassembler.window
    }
}

import Wire

/// A TCP segment to be put on the wire.
package struct Segment: Sendable, Equatable {
    package var from: Side
    package var client: Endpoint
    package var server: Endpoint
    package var sequence: UInt32
    package var acknowledgment: UInt32
    package var flags: TCPFlags
    package var payload: [UInt8]
    /// Nanoseconds since 1970.
    package var time: Int64
    /// TCP options, padded by whoever gives them to a multiple of four octets.
    package var options: [UInt8] = []
    /// Octets of the payload that the capture holds; `nil` for all.
    package var captured: Int?
    /// Time to live or hop limit.
    package var hopLimit: UInt8 = 64
    /// Of the IPv4 header.
    package var identification: UInt16 = 1
    package var window: UInt16 = 0xFFFF
    /// Its TCP checksum is wrong, as if it had been damaged on its way.
    package var isDamaged = false

    package init(
        from side: Side, client: Endpoint, server: Endpoint, sequence: UInt32, acknowledgment: UInt32,
        flags: TCPFlags, payload: [UInt8] = [], time: Int64
    ) {
        from = side
        self.client = client
        self.server = server
        self.sequence = sequence
        self.acknowledgment = acknowledgment
        self.flags = flags
        self.payload = payload
        self.time = time
    }

    package var source: Endpoint { from == .client ? client : server }
    package var destination: Endpoint { from == .client ? server : client }

    /// The part of a segment that lies in `range` of its payload; SYN stays with the front, FIN with the end.
    package func part(_ range: Range<Int>) -> Self {
        var part = self
        part.payload = Array(payload[range])
        part.sequence = sequence &+ UInt32(range.lowerBound)
        if range.lowerBound > 0 { part.flags.remove(.syn) }
        if range.upperBound < payload.count { part.flags.remove(.fin) }
        return part
    }
}

extension [Segment] {
    /// Every payload cut into pieces of at most `size` octets.
    package func split(every size: Int) -> Self {
        flatMap { segment -> [Segment] in
            guard segment.payload.count > size else { return [segment] }
            return stride(from: 0, to: segment.payload.count, by: size).map {
                segment.part($0..<Swift.min($0 + size, segment.payload.count))
            }
        }
    }

    /// The segment at `index` cut in two before octet `place` of its payload.
    package func split(at place: Int, ofSegment index: Int) -> Self {
        var result = self
        let segment = self[index]
        guard place > 0, place < segment.payload.count else { return result }
        result.replaceSubrange(
            index...index, with: [segment.part(0..<place), segment.part(place..<segment.payload.count)])
        return result
    }

    /// What one side sent.
    package func only(_ side: Side) -> Self { filter { $0.from == side } }

    /// Segments cut by a snapshot length that leaves `count` octets of each payload.
    package func cut(toPayload count: Int) -> Self {
        map { segment in
            var segment = segment
            if segment.payload.count > count { segment.captured = count }
            return segment
        }
    }

    /// Times a microsecond apart in the present order: what a tap would stamp that sees them so.
    package func restamped(every step: Int64 = 1000) -> Self {
        guard let start = first?.time else { return self }
        return enumerated().map { index, segment in
            var segment = segment
            segment.time = start + Int64(index) * step
            return segment
        }
    }

    /// Index of the segment in which `text` begins.
    package func index(of text: String, from side: Side? = nil) -> Int? {
        let wanted = [UInt8](text.utf8)
        return firstIndex { segment in
            (side == nil || segment.from == side) && segment.payload.firstRange(of: wanted) != nil
        }
    }
}

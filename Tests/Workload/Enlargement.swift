/// Makes a recorded session carry more: a longer message in clear, or more application data inside TLS.
extension Template {
    /// Octets of a segment that is full: an Ethernet frame's, with TCP timestamps.
    private static let segmentSize = 1448
    /// Microseconds between full segments, about a gigabit a second.
    private static let pace: UInt64 = 12

    /// The session with about `count` more octets from the client.
    func enlarged(by count: Int) throws -> Self {
        guard count > 0 else { return self }
        if let place = placeInMessage { return inserting(Self.lines(count), at: place) }
        if let place = placeInTLS { return inserting(Self.records(count), at: place) }
        throw WorkloadError("nothing in the \(kind) session can be enlarged")
    }

    /// A packet, and how many octets of its payload stand before what is inserted.
    private typealias Place = (packet: Int, before: Int)

    /// Behind the header of the message that follows DATA.
    private var placeInMessage: Place? {
        var isBehindData = false
        for (index, packet) in packets.enumerated() where packet.sender == .client {
            let payload = streams[0][packet.range]
            if isBehindData, let end = payload.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
                return (index, end - payload.startIndex)
            }
            if payload.elementsEqual("DATA\r\n".utf8) { isBehindData = true }
        }
        return nil
    }

    /// Before the client's largest record of application data that a segment begins with: that is the message.
    private var placeInTLS: Place? {
        let records = packets.indices.filter { index in
            packets[index].sender == .client && streams[0][packets[index].range].starts(with: [23, 3])
        }
        let largest = records.max { packets[$0].range.count < packets[$1].range.count }
        return largest.map { ($0, 0) }
    }

    private static func lines(_ count: Int) -> [UInt8] {
        var dice = Dice(seed: 7)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var octets: [UInt8] = []
        while octets.count < count {
            for _ in 0..<76 { octets.append(letters[Int(dice.below(64))]) }
            octets += [13, 10]
        }
        return octets
    }

    /// Records of application data (RFC 8446 §5.1) with octets that tell nothing.
    private static func records(_ count: Int) -> [UInt8] {
        var dice = Dice(seed: 8)
        var octets: [UInt8] = []
        while octets.count < count {
            let length = min(16_384, max(64, count - octets.count - 5))
            octets += [23, 3, 3, UInt8(length >> 8), UInt8(length & 0xFF)]
            for _ in 0..<length { octets.append(UInt8(truncatingIfNeeded: dice.next())) }
        }
        return octets
    }

    private func inserting(_ octets: [UInt8], at place: Place) -> Self {
        var result = self
        let cut = packets[place.packet]
        let point = cut.range.lowerBound + place.before
        result.streams[0].insert(contentsOf: octets, at: point)
        result.packets = Array(packets[..<place.packet])
        if place.before > 0 {
            var head = cut
            head.range = cut.range.lowerBound..<point
            result.packets.append(head)
        }
        let acknowledging = packets[..<place.packet].last { $0.sender == .server } ?? cut
        let end = Self.append(octets.count, at: point, like: cut, acknowledging, to: &result.packets)
        var tail = cut
        tail.range = point + octets.count..<cut.range.upperBound + octets.count
        tail.sequence = UInt32(point + octets.count + 1)
        tail.time = end
        result.packets.append(tail)
        for packet in packets[(place.packet + 1)...] {
            result.packets.append(packet.moved(behind: point, by: octets.count, later: end - cut.time))
        }
        result.sumUp()
        return result
    }

    /// Full segments, every other one acknowledged; answers the time behind them.
    private static func append(
        _ count: Int, at point: Int, like model: TemplatePacket, _ acknowledging: TemplatePacket,
        to packets: inout [TemplatePacket]
    ) -> UInt64 {
        var time = model.time
        for (ordinal, start) in stride(from: point, to: point + count, by: segmentSize).enumerated() {
            time += pace
            var segment = model
            segment.range = start..<min(start + segmentSize, point + count)
            segment.sequence = UInt32(start + 1)
            segment.flags = TemplatePacket.ack
            segment.time = time
            packets.append(segment)
            guard ordinal % 2 == 1 else { continue }
            var answer = acknowledging
            answer.sequence = model.acknowledgment
            answer.acknowledgment = UInt32(segment.range.upperBound + 1)
            answer.range = 0..<0
            answer.flags = TemplatePacket.ack
            answer.time = time + 5
            packets.append(answer)
        }
        return time + pace
    }
}

extension TemplatePacket {
    /// The packet as it is with `count` octets more in the client's stream at `point`.
    fileprivate func moved(behind point: Int, by count: Int, later delay: UInt64) -> Self {
        var packet = self
        packet.time += delay
        let place = UInt32(point + 1)
        switch sender {
        case .server: if acknowledgment > place { packet.acknowledgment += UInt32(count) }
        case .client:
            guard sequence > place else { break }
            packet.sequence += UInt32(count)
            if carriesOctets { packet.range = range.lowerBound + count..<range.upperBound + count }
        }
        return packet
    }
}

import Foundation

/// Why a workload could not be made.
struct WorkloadError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A capture of one connection or more, of which the one that is opened in it before any other becomes a template.
///
/// Read here by hand, so that what the workloads test has no part in making them.
struct Recording {
    private let octets: [UInt8]
    private let name: String

    init(_ name: String, in folder: String) throws {
        self.name = name
        octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name)))
        guard octets.count > 24, word(0) == 0xA1B2_C3D4, word(20) == 1 else {
            throw WorkloadError("\(name) is no Ethernet capture in the byte order of small machines")
        }
    }

    /// The connection that is opened in the recording before any other.
    func template(kind: String) throws -> Template {
        let packets = try allPackets()
        guard let opening = packets.first(where: { $0.flags & 0x12 == TemplatePacket.syn }) else {
            throw WorkloadError("\(name) holds no connection that is opened in it")
        }
        let answer = packets.first { $0.flags & 0x12 == 0x12 && $0.source == opening.destination }
        guard let answer else { throw WorkloadError("\(name) holds no answer to its SYN") }
        let initial = [opening.sequence, answer.sequence]
        var template = Template(kind: kind, serverPort: opening.destination.port)
        for packet in packets {
            let isClient = packet.source == opening.source && packet.destination == opening.destination
            guard isClient || packet.source == opening.destination && packet.destination == opening.source else {
                continue
            }
            add(packet, from: isClient ? .client : .server, initial, since: opening.time, to: &template)
        }
        template.sumUp()
        return template
    }

    private func add(
        _ packet: Packet, from sender: Sender, _ initial: [UInt32], since start: UInt64, to template: inout Template
    ) {
        let sequence = packet.sequence &- initial[sender.rawValue]
        let begin = packet.payload.isEmpty ? 0 : Int(sequence) - 1
        let end = begin + packet.payload.count
        var stream = template.streams[sender.rawValue]
        if stream.count < end { stream += [UInt8](repeating: 0, count: end - stream.count) }
        stream.replaceSubrange(begin..<end, with: octets[packet.payload])
        template.streams[sender.rawValue] = stream
        let acknowledges = packet.flags & TemplatePacket.ack != 0
        template.packets.append(
            TemplatePacket(
                sender: sender, flags: packet.flags, sequence: sequence,
                acknowledgment: acknowledges ? packet.acknowledgment &- initial[sender.other.rawValue] : 0,
                window: packet.window, options: Array(octets[packet.options]), range: begin..<end,
                time: packet.time - start))
    }

    // MARK: Packets

    private struct End: Equatable {
        let address: [UInt8]
        let port: UInt16
    }

    private struct Packet {
        let time: UInt64
        let source: End
        let destination: End
        let sequence: UInt32
        let acknowledgment: UInt32
        let flags: UInt8
        let window: UInt16
        let options: Range<Int>
        let payload: Range<Int>
    }

    private func allPackets() throws -> [Packet] {
        var packets: [Packet] = []
        var place = 24
        while place + 16 <= octets.count {
            let time = UInt64(word(place)) * 1_000_000 + UInt64(word(place + 4))
            let count = Int(word(place + 8))
            guard place + 16 + count <= octets.count else { throw WorkloadError("\(name) is cut") }
            if let packet = packet(in: place + 16..<place + 16 + count, at: time) { packets.append(packet) }
            place += 16 + count
        }
        return packets
    }

    /// A TCP segment over IPv4 or IPv6 without options before it, perhaps behind VLAN tags; `nil` for all else.
    private func packet(in frame: Range<Int>, at time: UInt64) -> Packet? {
        var place = frame.lowerBound + 12
        while place + 4 < frame.upperBound, half(place) == 0x8100 { place += 4 }
        let type = half(place)
        place += 2
        let addresses: Range<Int>
        let start: Int
        let end: Int
        if type == 0x0800, place + 20 <= frame.upperBound, octets[place + 9] == 6 {
            start = place + Int(octets[place] & 15) * 4
            end = place + Int(half(place + 2))
            addresses = place + 12..<place + 20
        } else if type == 0x86DD, place + 40 <= frame.upperBound, octets[place + 6] == 6 {
            start = place + 40
            end = start + Int(half(place + 4))
            addresses = place + 8..<place + 40
        } else {
            return nil
        }
        guard start + 20 <= end, end <= frame.upperBound else { return nil }
        let payload = start + Int(octets[start + 12] >> 4) * 4
        guard payload >= start + 20, payload <= end else { return nil }
        let middle = (addresses.lowerBound + addresses.upperBound) / 2
        return Packet(
            time: time, source: End(address: Array(octets[addresses.lowerBound..<middle]), port: half(start)),
            destination: End(address: Array(octets[middle..<addresses.upperBound]), port: half(start + 2)),
            sequence: big(start + 4), acknowledgment: big(start + 8), flags: octets[start + 13],
            window: half(start + 14), options: start + 20..<payload, payload: payload..<end)
    }

    // MARK: Integers

    private func half(_ place: Int) -> UInt16 { UInt16(octets[place]) << 8 | UInt16(octets[place + 1]) }

    private func big(_ place: Int) -> UInt32 { UInt32(half(place)) << 16 | UInt32(half(place + 2)) }

    private func word(_ place: Int) -> UInt32 { big(place).byteSwapped }
}

import Capture
import Foundation
import Support
import Wire

/// One connection of a recording in `captures/`, as segments that can be cut and moved.
struct RecordedDialogue: Sendable, CustomStringConvertible {
    /// The recording, and the client's port where it holds several connections.
    let description: String
    let segments: [Segment]
    /// The same place was sent with different octets: which of them count depends on which came in earlier.
    let contradictsItself: Bool

    private init(_ description: String, _ segments: [Segment]) {
        self.description = description
        self.segments = segments
        contradictsItself = segments.indices.contains { index in
            segments[..<index].contains { $0.contradicts(segments[index]) }
        }
    }

    /// Every connection of every recording, in the order of names; read once. Throws what reading one threw.
    static func all() throws -> [RecordedDialogue] { try recordings.get() }

    private static let recordings = Result {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("captures")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
            .flatMap { try read(folder.appendingPathComponent($0)) }
    }

    private static func read(_ file: URL) throws -> [RecordedDialogue] {
        var order: [Endpoint] = []
        var connections: [Endpoint: [Segment]] = [:]
        for segment in try segments(of: file.path) {
            if connections[segment.client] == nil { order.append(segment.client) }
            connections[segment.client, default: []].append(segment)
        }
        return order.map { client in
            let name = order.count == 1 ? file.lastPathComponent : "\(file.lastPathComponent):\(client.port)"
            return RecordedDialogue(name, connections[client] ?? [])
        }
    }

    private static func segments(of path: String) throws(CaptureError) -> [Segment] {
        let ports = Observer.options.ports
        var decoder = PacketDecoder(ports: ports)
        var segments: [Segment] = []
        var file = try CaptureFile(path)
        while let packet = try file.next() {
            let time = Timestamp(nanoseconds: packet.nanoseconds)
            guard
                case .segment(let segment)? = try? decoder.decode(
                    packet.octets, linkType: LinkType(rawValue: packet.linkType), at: time)
            else { continue }
            segments.append(Segment(segment, isFromClient: ports.contains(segment.destination.port), at: time))
        }
        return segments
    }
}

extension Segment {
    fileprivate func contradicts(_ other: Segment) -> Bool {
        guard from == other.from else { return false }
        let ahead = Int(Int32(bitPattern: other.sequence &- sequence))
        let range = max(0, ahead)..<max(0, ahead, min(payload.count, ahead + other.payload.count))
        return range.contains { payload[$0] != other.payload[$0 - ahead] }
    }

    fileprivate init(_ segment: borrowing TCPSegment, isFromClient: Bool, at time: Timestamp) {
        var payload: [UInt8] = []
        for index in 0..<segment.payload.count { payload.append(segment.payload[index]) }
        // The decoder steps over a SYN's own number.
        let number = segment.flags.contains(.syn) ? segment.sequence.advanced(by: -1) : segment.sequence
        self.init(
            from: isFromClient ? .client : .server, client: isFromClient ? segment.source : segment.destination,
            server: isFromClient ? segment.destination : segment.source, sequence: number.rawValue,
            acknowledgment: segment.acknowledgment.rawValue, flags: segment.flags, payload: payload,
            time: time.nanoseconds)
    }
}

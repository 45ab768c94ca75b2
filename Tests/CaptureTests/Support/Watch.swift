import Capture
import Findings
import Pipeline
import Reports
import Sessions
import Wire

/// Ports of mail, as the command line has them unless told otherwise.
enum Ports {
    static let mail = PortSet([25...25, 465...465, 587...587])
    static let all = PortSet([1...65535])

    static func mail(and more: [UInt16]) -> PortSet { PortSet([25, 465, 587].map { $0...$0 } + more.map { $0...$0 }) }
}

/// The sessions of a capture as values, without any report between. `isSealing` says that all connections are sealed behind
/// each packet.
func sessions(of path: String, ports: PortSet, isSealing: Bool = false) throws -> [MailSession] {
    var decoder = PacketDecoder(ports: ports)
    var tracker = ConnectionTracker(TrackerOptions(ports: ports, implicitTLSPorts: PortSet([465...465])))
    var sessions: [MailSession] = []
    var file = try CaptureFile(path)
    do throws(CaptureError) {
        while let packet = try file.next() {
            feed(packet, to: &tracker, &decoder)
            sessions += tracker.takeFinished()
            if isSealing { tracker.sealAll() }
        }
    } catch {
        // A capture that was cut still shows what stands before the cut.
    }
    tracker.finish()
    return sessions + tracker.takeFinished()
}

private func feed(
    _ packet: borrowing Packet, to tracker: inout ConnectionTracker, _ decoder: inout PacketDecoder
) {
    let time = Timestamp(nanoseconds: packet.nanoseconds)
    do throws(WireError) {
        let frame = FrameNumber(packet.number)
        switch try decoder.decode(packet.octets, linkType: LinkType(rawValue: packet.linkType), at: time) {
        case .segment(let segment):
            tracker.take(segment, octets: packet.originalLength, frame: frame, at: time, from: decoder)
        case .reassembled:
            try tracker.takeReassembled(of: decoder, octets: packet.originalLength, frame: frame, at: time)
        case .other, .fragment: break
        }
    } catch {
        // Frames that cannot be read are counted by the run, and tested there.
    }
}

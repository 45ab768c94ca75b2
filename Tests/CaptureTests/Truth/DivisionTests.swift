import Capture
import Foundation
import Support
import Testing
import Wire

/// What is in one capture may be in several: in those of a rotation, one behind the other, and in those of taps that each saw one
/// direction. What is found is the same, in whichever order taps are named.
@Suite struct DivisionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: Samples.paths) func filesInRotationAreOneObservation(_ path: String) throws {
        guard let (frames, linkType) = Self.frames(of: path), frames.count > 2 else { return }
        let whole = try Found(of: [try file("whole", frames, linkType)])
        let step = max(1, frames.count / 8)
        for place in stride(from: 1, to: frames.count, by: step) {
            let parts = [
                try file("1", frames[..<place], linkType), try file("2", frames[place...], linkType),
            ]
            #expect(try Found(of: parts) == whole, "cut behind frame \(place)")
        }
    }

    @Test(arguments: Samples.paths) func tapsMayBeNamedInAnyOrder(_ path: String) throws {
        guard let (frames, linkType) = Self.frames(of: path) else { return }
        let whole = try Found(of: [try file("whole", frames, linkType)])
        let isClients = Self.areClients(frames, linkType)
        let taps = try [true, false].map { side in
            let own = frames.indices.filter { isClients[$0] == side }.map { frames[$0] }
            return try file(side ? "client" : "server", own[...], linkType)
        }
        #expect(try Found(of: taps, merges: true) == whole)
        #expect(try Found(of: taps.reversed(), merges: true) == whole)
    }

    private func file(_ name: String, _ frames: ArraySlice<BuiltFrame>, _ linkType: LinkType) throws -> String {
        try folder.file(name, Data(CaptureFileFormat.pcapNanoseconds.file(Array(frames), linkType)))
    }

    /// The frames of a capture of one link type, each stamped later than the one before it: where two taps have the same time,
    /// nobody can say what came first. `nil` for several types.
    private static func frames(of path: String) -> (frames: ArraySlice<BuiltFrame>, linkType: LinkType)? {
        var frames: [BuiltFrame] = []
        var linkTypes: Set<Int32> = []
        do throws(CaptureError) {
            var source = try BlockSource(path, pool: BlockPool())
            while let block = try source.next() {
                var walker = block.packets
                while let packet = walker.next() {
                    linkTypes.insert(packet.linkType)
                    let time = max(packet.nanoseconds, frames.last.map { $0.nanoseconds + 1 } ?? .min)
                    frames.append(
                        BuiltFrame(
                            octets: [UInt8](copying: packet.octets), originalLength: packet.originalLength,
                            nanoseconds: time))
                }
            }
        } catch {
            Issue.record("\(error)")
        }
        guard linkTypes.count == 1, let only = linkTypes.first else { return nil }
        return (frames[...], LinkType(rawValue: only))
    }

    /// Of each frame, whether it goes to a mail port.
    private static func areClients(_ frames: ArraySlice<BuiltFrame>, _ linkType: LinkType) -> [Bool] {
        var decoder = PacketDecoder(ports: Ports.mail)
        return frames.map { frame in
            let time = Timestamp(nanoseconds: frame.nanoseconds)
            guard case .segment(let segment)? = try? decoder.decode(frame.octets.span, linkType: linkType, at: time)
            else { return false }
            return Ports.mail.contains(segment.destination.port)
        }
    }
}

/// What a run says of sessions, whatever files their packets are in.
private struct Found: Equatable {
    private var alerts: [String: Int] = [:]
    private var verdicts: [String: String] = [:]

    init(of paths: [String], merges: Bool = false) throws {
        for event in try WholeRun(paths, merges: merges).events() {
            let own = event["mail_tls"] as? [String: any Sendable]
            switch event["event_type"] as? String {
            case "alert":
                let words = ["session", "rule", "severity", "certainty"].map { own?[$0] as? String ?? "-" }
                alerts[words.joined(separator: " "), default: 0] += 1
            case "flow":
                verdicts["\(event["flow_id"] ?? "-")"] = event["verdict"] as? String ?? own?["verdict"] as? String
            default: break
            }
        }
    }
}

import Capture
import Foundation
import Support
import Testing
import Wire

/// The community_id in events against the one that tshark gives the same connection.
@Suite struct CommunityIDTests {
    @Test func agreesWithTshark() throws {
        guard let tls = SharedCaptures.names(in: "tls", count: 168),
            let mail = SharedCaptures.names(in: "mail", count: 62)
        else { return }
        // The small ones, which have most connections: their frames are read one by one here.
        let names = try (tls + mail).filter { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: SharedCaptures.path(name))
            return (attributes[.size] as? Int).map { $0 <= Self.largest } ?? false
        }
        guard let tshark = Tool("tshark"),
            try tshark.run(["-G", "protocols"]).output.contains("\tcommunityid\n")
        else { return SharedCaptures.skip("no tshark that knows community_id (\(names.count) captures not compared)") }
        let expected = try Self.published(names, by: tshark)
        let own = try Self.own(names.map(SharedCaptures.path))
        for (ends, id) in own { #expect(expected[ends]?.contains(id) == true, "\(ends.sorted())") }
        // Where one is inside a tunnel, the last address and the last id of a frame need not be of one layer.
        let ambiguous = own.keys.filter { (expected[$0]?.count ?? 0) > 1 }
        #expect(ambiguous.count <= 1, "\(ambiguous)")
        print("community_id: \(own.count) connections in \(names.count) captures compared")
        #expect(own.count > 200)
    }

    /// Octets of a capture that is compared.
    private static let largest = 40_000

    /// What tshark says, by the ends of a connection: asked once for all frames of one link type, since it takes long
    /// to start.
    private static func published(_ names: [String], by tshark: Tool) throws -> [Set<String>: Set<String>] {
        var frames: [LinkType: [BuiltFrame]] = [:]
        for name in names { try add(framesOf: SharedCaptures.path(name), to: &frames) }
        let folder = try TemporaryFolder()
        let fields = ["communityid", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport"]
        var result: [Set<String>: Set<String>] = [:]
        for (type, frames) in frames {
            let path = try folder.file("all.pcap", Data(CaptureFileFormat.pcap.file(frames, type)))
            var arguments = ["-n", "-r", path, "--enable-protocol", "communityid", "-Y", "tcp", "-T", "fields"]
            arguments += ["-E", "separator=/t", "-E", "occurrence=l"]
            for field in fields { arguments += ["-e", field] }
            for line in try tshark.run(arguments).output.split(separator: "\n") {
                let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                guard columns.count == fields.count, !columns[0].isEmpty else { continue }
                func end(_ first: Int) -> String {
                    (columns[first + 1].isEmpty ? columns[first] : columns[first + 1]) + ":" + columns[first + 2]
                }
                result[[end(1), end(4)], default: []].insert(columns[0])
            }
        }
        return result
    }

    private static func add(framesOf path: String, to frames: inout [LinkType: [BuiltFrame]]) throws {
        var file = try CaptureFile(path)
        do throws(CaptureError) {
            while let packet = try file.next() {
                let octets = [UInt8](copying: packet.octets)
                frames[LinkType(rawValue: packet.linkType), default: []].append(
                    // Some stamps are absurd, and none matters here.
                    BuiltFrame(octets: octets, originalLength: packet.originalLength, nanoseconds: 0))
            }
        } catch {
            // A capture that was cut still shows what stands before the cut.
        }
    }

    /// What Earshot says, in one run over all of them.
    private static func own(_ paths: [String]) throws -> [Set<String>: String] {
        var result: [Set<String>: String] = [:]
        let lines = WholeRun(paths, ports: Ports.all).output.split(separator: "\n")
        for line in lines where line.contains("\"event_type\":\"flow\"") {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: any Sendable] ?? [:]
            guard let id = event["community_id"] as? String, let source = event["src_ip"] as? String,
                let target = event["dest_ip"] as? String, let sourcePort = event["src_port"] as? Int,
                let targetPort = event["dest_port"] as? Int
            else { continue }
            result[["\(source):\(sourcePort)", "\(target):\(targetPort)"]] = id
        }
        return result
    }
}

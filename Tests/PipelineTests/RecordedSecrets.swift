import Capture
import Foundation
import Support
import Wire

/// Secrets of captures that others recorded, found by a scan of its own: lines of AUTH, and what clients send after 334.
struct RecordedSecrets {
    /// Captures beside the package; empty where they are absent.
    static let captures: [String] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
        let folder = root.appendingPathComponent("shared/captures/mail").standardizedFileURL
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { folder.appendingPathComponent($0).path }
    }()

    /// Responses as they crossed, mostly base64.
    private(set) var payloads: Set<String> = []
    /// Lines in which a client names people and itself: a login name may stand there as well.
    private var openLines = ""
    /// Connections whose server has asked for a response.
    private var asked: Set<String> = []

    init(of path: String) {
        guard var file = try? CaptureFile(path) else { return }
        var decoder = PacketDecoder(ports: PortSet([25...25, 465...465, 587...587]))
        while let packet = try? file.next() {
            guard
                case .segment(let segment)? = try? decoder.decode(
                    packet.octets, linkType: LinkType(rawValue: packet.linkType),
                    at: Timestamp(nanoseconds: packet.nanoseconds)),
                segment.payload.count > 0
            else { continue }
            let text = String(decoding: [UInt8](copying: segment.payload), as: UTF8.self)
            scan(text, from: "\(segment.source)", to: "\(segment.destination)")
        }
    }

    private mutating func scan(_ text: String, from source: String, to destination: String) {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        if lines.contains(where: { $0.hasPrefix("334") }) { asked.insert(destination + source) }
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let verb = words.first?.uppercased() ?? ""
            if verb == "AUTH" || verb == "X-EXPS" {
                payloads.formUnion(words.dropFirst(2))
            } else if asked.contains(source + destination), !line.hasPrefix("334") {
                payloads.insert(line)
            } else if ["MAIL", "RCPT", "EHLO", "HELO"].contains(verb) {
                openLines += line + "\n"
            }
        }
        if !lines.contains(where: { $0.hasPrefix("334") }) { asked.remove(source + destination) }
    }

    /// Every text that must not be shown. With addresses shown, a login name that is an address may be.
    func forbidden(showingAddresses: Bool) -> Set<String> {
        var result: Set<String> = []
        for payload in payloads where payload.count >= 6 {
            result.formUnion([payload, Self.hex(Array(payload.utf8)), Self.hex(Array(payload.utf8)).uppercased()])
            guard let decoded = Data(base64Encoded: payload).map(Array.init) else { continue }
            for part in decoded.split(whereSeparator: { $0 < 0x20 }) where part.count >= 6 {
                result.formUnion([Self.hex(Array(part)), Self.hex(Array(part)).uppercased()])
                let text = String(decoding: part, as: UTF8.self)
                if !(showingAddresses && openLines.contains(text)) { result.insert(text) }
            }
        }
        return result
    }

    private static func hex(_ octets: [UInt8]) -> String { octets.map { String(format: "%02x", $0) }.joined() }
}

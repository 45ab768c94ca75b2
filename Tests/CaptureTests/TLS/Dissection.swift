import Foundation
import Support

/// What tshark makes of the TLS in a capture, by TCP stream.
struct Dissection {
    /// One direction's opening messages of a stream, and whose stream it is.
    struct Stream {
        /// The opening frame with a message in it.
        let frame: UInt64
        /// `address:port` of both ends.
        var ends: Set<String>
        var client: [Field: [String]]?
        var server: [Field: [String]]?
        var group: String?
        /// Hexadecimal DER.
        var certificates: [String]?
    }

    enum Field: String, CaseIterable {
        case frame = "frame.number"
        case stream = "tcp.stream"
        case source4 = "ip.src"
        case source6 = "ipv6.src"
        case sourcePort = "tcp.srcport"
        case destination4 = "ip.dst"
        case destination6 = "ipv6.dst"
        case destinationPort = "tcp.dstport"
        case type = "tls.handshake.type"
        case version = "tls.handshake.version"
        case random = "tls.handshake.random"
        case suite = "tls.handshake.ciphersuite"
        /// Three octets each, in an SSLv2-compatible hello.
        case specification = "tls.handshake.cipherspec"
        case serverName = "tls.handshake.extensions_server_name"
        case supportedVersion = "tls.handshake.extensions.supported_version"
        case keyShare = "tls.handshake.extensions_key_share_group"
        case curve = "tls.handshake.server_named_curve"
        case certificate = "tls.handshake.certificate"
        case ja3 = "tls.handshake.ja3"
        case ja3s = "tls.handshake.ja3s"
        /// Known from Wireshark 4.2 on.
        case ja4 = "tls.handshake.ja4"

        /// What this tshark knows.
        static func known(to tshark: Tool) throws -> [Self] {
            let knowsJA4 = try tshark.run(["-G", "fields"]).output.contains("\t\(Field.ja4.rawValue)\t")
            return knowsJA4 ? allCases : allCases.filter { $0 != .ja4 }
        }
    }

    let streams: [Stream]

    init(of path: String, by tshark: Tool, _ fields: [Field]) throws {
        var arguments = ["-n", "-r", path, "-Y", "tls.handshake.type", "-T", "fields", "-E", "separator=/t"]
        arguments += ["-o", "tcp.reassemble_out_of_order:TRUE", "-o", "ip.defragment:FALSE"]
        // What is on a port must not decide: Earshot looks at the octets.
        arguments += ["-d", "tcp.port==80,tls"]
        for field in fields { arguments += ["-e", field.rawValue] }
        let text = try tshark.run(arguments).output
        var streams: [String: Stream] = [:]
        for line in text.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            var frame: [Field: [String]] = [:]
            for (field, column) in zip(fields, columns) where !column.isEmpty {
                frame[field] = column.split(separator: ",").map(String.init)
            }
            guard let id = frame[.stream]?.last else { continue }
            var stream = streams[id] ?? Stream(frame: UInt64(frame[.frame]?.first ?? "") ?? 0, ends: frame.ends)
            stream.take(frame)
            streams[id] = stream
        }
        self.streams = streams.values.sorted { $0.frame < $1.frame }
    }
}

extension Dissection.Stream {
    /// SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3).
    private static let retry = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

    fileprivate mutating func take(_ frame: [Dissection.Field: [String]]) {
        let types = frame[.type] ?? []
        if types.contains("1"), client == nil { client = frame }
        if types.contains("2"), server == nil, frame[.random] != [Self.retry] {
            server = frame
            group = group ?? frame[.keyShare]?.first
        }
        if types.contains("12") { group = group ?? frame[.curve]?.first }
        // A client's certificate comes behind the server's.
        if types.contains("11"), server != nil { certificates = certificates ?? frame[.certificate] ?? [] }
    }
}

extension [Dissection.Field: [String]] {
    fileprivate var ends: Set<String> {
        func end(_ v4: Dissection.Field, _ v6: Dissection.Field, _ port: Dissection.Field) -> String {
            "\(self[v6]?.last ?? self[v4]?.last ?? ""):\(self[port]?.last ?? "")"
        }
        return [end(.source4, .source6, .sourcePort), end(.destination4, .destination6, .destinationPort)]
    }
}

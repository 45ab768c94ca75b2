import Foundation

/// What is true of a workload: a line for each session, and the sums.
struct Truth: ~Copyable {
    private let sessions: FileHandle
    private let sums: String
    private var lines = ""
    private var counts: [String: Int] = [:]
    private var v6 = 0
    private var tagged = 0

    /// Writes `base`.tsv and `base`.json.
    init(_ base: String) throws {
        let path = base + ".tsv"
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw WorkloadError("\(path) cannot be written")
        }
        sessions = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        sums = base + ".json"
    }

    /// Kind, client address and port, server address and port, packets never seen.
    mutating func add(_ session: borrowing Session, _ template: borrowing Template, missed: Int) throws {
        counts[template.kind, default: 0] += 1
        if session.isV6 { v6 += 1 }
        if session.vlan != nil { tagged += 1 }
        let client = Self.text(session.client, isV6: session.isV6)
        let server = Self.text(session.server, isV6: session.isV6)
        lines += "\(template.kind)\t\(client)\t\(session.clientPort)\t\(server)\t\(template.serverPort)\t\(missed)\n"
        if lines.utf8.count > 1 << 16 { try flush() }
    }

    mutating func close(_ recipe: Recipe, _ figures: Figures) throws {
        try flush()
        try sessions.close()
        let object: [String: Any] = [
            "file": figures.file, "seed": recipe.seed, "packets": figures.packets,
            "frame_bytes": figures.frameOctets, "file_bytes": figures.fileOctets,
            "duration_s": Double(figures.duration) / 1e6, "max_concurrent_sessions": figures.concurrent,
            "syn_unanswered": recipe.unansweredSYNs, "sessions": counts, "truth": truth,
            "disturbed": [
                "retransmitted": figures.disturbed.lost, "never_seen": figures.disturbed.missed,
                "duplicates": figures.disturbed.duplicated, "overlaps": figures.disturbed.overlapped,
                "reordered": figures.disturbed.reordered, "ipv6_sessions": v6, "vlan_sessions": tagged,
            ],
        ]
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try (data + Data("\n".utf8)).write(to: URL(fileURLWithPath: sums))
    }

    /// Figures of a finished capture.
    struct Figures {
        var file: String
        var packets: Int
        var frameOctets: Int
        var fileOctets: Int
        /// Microseconds.
        var duration: UInt64
        var concurrent: Int
        var disturbed: Disturbance.Count
    }

    private var truth: [String: Int] {
        func sum(_ matches: (String) -> Bool) -> Int { counts.filter { matches($0.key) }.values.reduce(0, +) }
        let clear: Set = ["plain", "offered_unused", "auth_clear"]
        func isEncrypted(_ kind: String) -> Bool { kind.hasPrefix("starttls") || kind.hasPrefix("implicit") }
        return [
            "mail_sessions": sum { clear.contains($0) || isEncrypted($0) },
            "plaintext_mail": sum { clear.contains($0) },
            "starttls_upgraded": sum { $0.hasPrefix("starttls") },
            // The session with AUTH in clear was offered STARTTLS too.
            "starttls_offered_unused": sum { $0 == "offered_unused" || $0 == "auth_clear" },
            "implicit_tls": sum { $0.hasPrefix("implicit") }, "auth_in_clear": sum { $0 == "auth_clear" },
            "tls10": sum { isEncrypted($0) && $0.contains("10") },
            "tls12": sum { isEncrypted($0) && $0.contains("12") },
            "tls13": sum { isEncrypted($0) && $0.contains("13") },
        ]
    }

    private mutating func flush() throws {
        try sessions.write(contentsOf: Data(lines.utf8))
        lines.removeAll(keepingCapacity: true)
    }

    private static func text(_ address: UInt32, isV6: Bool) -> String {
        guard !isV6 else {
            return "2001:db8::" + String(address >> 16, radix: 16) + ":" + String(address & 0xFFFF, radix: 16)
        }
        return [24, 16, 8, 0].map { String(address >> $0 & 0xFF) }.joined(separator: ".")
    }
}

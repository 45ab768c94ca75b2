import Foundation
import Sessions
import Support
import Synchronization
import Wire

/// Compares captures one by one, and counts.
final class TLSComparison: Sendable {
    let exceptions: Exceptions
    private let tshark: Tool
    private let openssl: Tool
    private let fields: [Dissection.Field]
    private let counts = Mutex<[String: Int]>([:])

    /// - Parameter lists: differences that are right.
    init(tshark: Tool, openssl: Tool, _ lists: [Exceptions.Entry] = TLSExceptions.entries) throws {
        self.tshark = tshark
        self.openssl = openssl
        exceptions = Exceptions(lists)
        fields = try Dissection.Field.known(to: tshark)
    }

    var closingLine: String {
        let fields = counts.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "compared: \(fields.joined(separator: ", ")); \(exceptions.covered) differences listed"
    }

    func compare(_ capture: String, at path: String) throws {
        let dissection = try Dissection(of: path, by: tshark, fields)
        var seen = try sessions(of: path, ports: Ports.all).filter { $0.tls?.showsHello == true }
        for stream in dissection.streams where stream.client != nil || stream.server != nil {
            let place = "\(stream.ends.sorted().joined(separator: " ")) in frame \(stream.frame)"
            let match = seen.firstIndex { $0.isSame(as: stream) }
            expect(capture, place, "stream", "shown", match == nil ? "not shown" : "shown")
            guard let match else { continue }
            let session = seen.remove(at: match)
            guard let tls = session.tls else { continue }
            compareHellos(capture, place, stream, tls)
            try compareCertificates(capture, place, stream, tls)
        }
        for session in seen {
            expect(capture, "\(session.client) to \(session.server)", "stream", "not shown", "shown")
        }
    }

    private func compareHellos(_ capture: String, _ place: String, _ stream: Dissection.Stream, _ tls: TLSFacts) {
        let client = tls.clientHello?.value
        expect(capture, place, "client hello", stream.client == nil ? "none" : "seen", client == nil ? "none" : "seen")
        if let expected = stream.client, let client {
            expect(capture, place, "client version", expected.first(.version), client.legacyVersion.hex)
            expect(
                capture, place, "offered versions", expected.list(.supportedVersion),
                (client.offeredVersions ?? []).map(\.hex).joined(separator: ","))
            expect(
                capture, place, "offered suites", expected.suites,
                client.cipherSuites.map { Code.hex($0.rawValue) }.joined(separator: ","))
            expect(
                capture, place, "offered shares", expected.list(.keyShare),
                client.keyShareGroups.map { Code.hex($0.rawValue) }.joined(separator: ","))
            expect(capture, place, "server name", expected.first(.serverName), client.serverName ?? "none")
            let fingerprint = ClientFingerprint(client)
            expect(capture, place, "ja3", expected.first(.ja3), fingerprint?.ja3 ?? "none")
            if fields.contains(.ja4) { expect(capture, place, "ja4", expected.first(.ja4), fingerprint?.ja4 ?? "none") }
        }
        let server = tls.serverHello?.value
        expect(capture, place, "server hello", stream.server == nil ? "none" : "seen", server == nil ? "none" : "seen")
        guard let expected = stream.server, let server else { return }
        let version = expected[.supportedVersion] == nil ? Dissection.Field.version : .supportedVersion
        expect(capture, place, "version", expected.first(version), server.version.hex)
        expect(capture, place, "ja3s", expected.first(.ja3s), JA3.text(server).map(JA3.digest) ?? "none")
        expect(capture, place, "suite", expected.first(.suite), Code.hex(server.cipherSuite.rawValue))
        expect(
            capture, place, "group", stream.group.map(Code.normal) ?? "none",
            tls.group.map { Code.hex($0.value.rawValue) } ?? "none")
    }

    private func compareCertificates(
        _ capture: String, _ place: String, _ stream: Dissection.Stream, _ tls: TLSFacts
    ) throws {
        let chain = tls.certificates.observed?.value ?? []
        let expected = stream.certificates ?? []
        expect(capture, place, "certificates", "\(expected.count)", "\(chain.count)")
        for (der, reading) in zip(expected, chain) {
            let text = try CertificateText(der, by: openssl)
            let facts = reading.facts
            expect(capture, place, "subject", text?.subject ?? "unreadable", facts?.subject ?? "unreadable")
            expect(
                capture, place, "not before", text?.notBefore ?? "unreadable",
                facts.map { Code.date($0.notBefore) } ?? "unreadable")
            expect(
                capture, place, "not after", text?.notAfter ?? "unreadable",
                facts.map { Code.date($0.notAfter) } ?? "unreadable")
        }
    }

    private func expect(_ capture: String, _ place: String, _ field: String, _ expected: String, _ seen: String) {
        counts.withLock { $0[field, default: 0] += 1 }
        exceptions.compare(capture, place, field, expected: expected, seen: seen)
    }
}

/// Code points and dates in one spelling.
private enum Code {
    static func hex(_ value: UInt16) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    static func normal(_ text: String) -> String { number(text).map(hex) ?? text }

    static func number(_ text: String) -> UInt16? {
        text.hasPrefix("0x") ? UInt16(text.dropFirst(2), radix: 16) : UInt16(text)
    }

    /// RFC 8701's values and the signalling suites, which are facts of their own.
    static func isSignal(_ text: String) -> Bool {
        guard let value = number(text) else { return false }
        return value & 0x0F0F == 0x0A0A && value >> 8 == value & 0xFF || value == 0x00FF || value == 0x5600
    }

    static func date(_ seconds: Int64) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space)
        return Date(timeIntervalSince1970: Double(seconds)).formatted(style)
    }
}

extension [Dissection.Field: [String]] {
    fileprivate func first(_ field: Dissection.Field) -> String { self[field]?.first.map(Code.normal) ?? "none" }

    /// Also from an SSLv2-compatible hello, where a zero in front marks a suite of TLS.
    fileprivate var suites: String {
        guard let specifications = self[.specification] else { return list(.suite) }
        let suites = specifications.filter { $0.hasPrefix("0x00") }.map { "0x\($0.dropFirst(4))" }
        return suites.filter { !Code.isSignal($0) }.joined(separator: ",")
    }

    fileprivate func list(_ field: Dissection.Field) -> String {
        (self[field] ?? []).filter { !Code.isSignal($0) }.map(Code.normal).joined(separator: ",")
    }
}

extension TLSVersion {
    fileprivate var hex: String { Code.hex(rawValue) }
}

extension TLSFacts {
    fileprivate var showsHello: Bool { clientHello != nil || serverHello != nil }
}

extension MailSession {
    fileprivate func isSame(as stream: Dissection.Stream) -> Bool {
        let ends = Set([client, server].map { "\($0.address):\($0.port)" })
        return ends == stream.ends
            && (transport.firstFrame.number...transport.lastFrame.number).contains(stream.frame)
    }
}

import Foundation
import Sessions
import Support
import Synchronization
import Testing
import Wire

/// The TLS handshakes of the captures of `tls/` against tshark's dissection, stream by stream, and their certificates
/// against openssl.
@Suite struct TLSTests {
    @Test func agreesWithTshark() throws {
        guard let names = SharedCaptures.names(in: "tls", count: 168) else { return }
        guard let tshark = Tool("tshark") else {
            return SharedCaptures.skip("tshark is not installed (\(names.count) captures not compared)")
        }
        guard let openssl = Tool("openssl") else {
            return SharedCaptures.skip("openssl is not installed (\(names.count) captures not compared)")
        }
        let comparison = try TLSComparison(tshark: tshark, openssl: openssl)
        DispatchQueue.concurrentPerform(iterations: names.count) { index in
            do { try comparison.compare(names[index], at: SharedCaptures.path(names[index])) } catch {
                Issue.record("\(names[index]): \(error)")
            }
        }
        comparison.exceptions.expectAllUsed()
        print("tls: \(names.count) captures, \(comparison.closingLine)")
        #expect(names.count >= 168)
    }

    /// The recordings of the project, and mail by others: the same, and the fingerprints of all their hellos.
    @Test func agreesOnMail() throws {
        guard let tshark = Tool("tshark"), let openssl = Tool("openssl") else {
            return SharedCaptures.skip("tshark or openssl is not installed (recordings not compared)")
        }
        let folder = SharedCaptures.packageRoot.appendingPathComponent("captures")
        let own = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }
            .sorted().map { ("own/\($0)", folder.appendingPathComponent($0).path) }
        let mail = (SharedCaptures.names(in: "mail", count: 62) ?? []).map { ($0, SharedCaptures.path($0)) }
        let captures = own + mail
        // Of captures that are not there no difference is expected.
        let listed = TLSExceptions.mail.filter { entry in captures.contains { $0.0 == entry.capture } }
        let comparison = try TLSComparison(tshark: tshark, openssl: openssl, listed)
        DispatchQueue.concurrentPerform(iterations: captures.count) { index in
            do { try comparison.compare(captures[index].0, at: captures[index].1) } catch {
                Issue.record("\(captures[index].0): \(error)")
            }
        }
        comparison.exceptions.expectAllUsed()
        print("tls in mail: \(captures.count) captures, \(comparison.closingLine)")
    }
}

import Foundation
import Sessions
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
        let comparison = TLSComparison(tshark: tshark, openssl: openssl)
        DispatchQueue.concurrentPerform(iterations: names.count) { index in
            do { try comparison.compare(names[index]) } catch { Issue.record("\(names[index]): \(error)") }
        }
        comparison.exceptions.expectAllUsed()
        print("tls: \(names.count) captures, \(comparison.closingLine)")
        #expect(names.count >= 168)
    }
}

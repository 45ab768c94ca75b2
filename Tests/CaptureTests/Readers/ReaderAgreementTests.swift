import Capture
import Foundation
import Pipeline
import Support
import Testing
import Wire

/// The own reader and libpcap's say the same of every packet of every capture at hand, and stop at the same ones.
@Suite struct ReaderAgreementTests {
    /// Captures that libpcap refuses and that are read on, each with the reason.
    static let readOn = [
        "tls/seladb-ipv4-malformed.pcap": "interfaces of different snapshot lengths",
        "tls/seladb-pcapng-example.pcapng": "interfaces of different link types",
    ]

    /// Captures with times that libpcap takes for negative where the file's byte order is the machine's. The format has
    /// unsigned seconds (draft-ietf-opsawg-pcap, section 5), and tshark reads them so.
    static let unsignedTimes = [
        "mail/seladb-clusterfuzz-testcase-minimized-fuzztarget-5487001111429120",
        "tls/cisco-imap2.pcap",
    ]

    @Test func bothReadersAgree() {
        let captures = CaptureOnDisk.all()
        var packets = 0
        for capture in captures {
            let own = PacketList(capture.path)
            let libpcap = PacketList(capture.path, throughLibpcap: true)
            packets += own.packets.count
            var times = 0
            for (mine, theirs) in zip(own.packets, libpcap.packets) where mine != theirs {
                if theirs.nanoseconds < 0, mine.isSame(as: theirs, at: Self.unsigned(theirs.nanoseconds)) {
                    times += 1
                } else {
                    Issue.record("\(capture.name): \(mine), for libpcap \(theirs)")
                }
            }
            #expect((times > 0) == Self.unsignedTimes.contains(capture.name), "\(capture.name)")
            if Self.readOn[capture.name] != nil {
                #expect(own.failure == nil && libpcap.failure != nil && own.packets.count > libpcap.packets.count)
            } else {
                #expect(own.packets.count == libpcap.packets.count, "\(capture.name)")
                #expect(
                    (own.failure == nil) == (libpcap.failure == nil),
                    "\(capture.name): \(own.failure.map { "\($0)" } ?? "read"), libpcap \(libpcap.failure.map { "\($0)" } ?? "read")"
                )
            }
        }
        print("readers: \(packets) packets of \(captures.count) captures are the same through both")
        #expect(captures.count >= 40)
    }

    /// What is said of a capture does not depend on who has read it.
    @Test(arguments: [RunOptions.Format.jsonl, .summary, .text])
    func whatIsWrittenIsTheSameThroughBoth(_ format: RunOptions.Format) {
        var compared = 0
        for capture in CaptureOnDisk.all() where !Self.unsignedTimes.contains(capture.name) {
            let own = WholeRun([capture.path], format: format)
            let libpcap = WholeRun([capture.path], format: format, throughLibpcap: true)
            // Where one of them cannot read on they say so in words of their own; `bothReadersAgree` looks at those.
            guard own.status != .failure, libpcap.status != .failure else { continue }
            compared += 1
            #expect(own.output == libpcap.output, "\(capture.name)")
            #expect(own.status == libpcap.status, "\(capture.name)")
        }
        #expect(compared >= 40)
    }

    /// What seconds, and microseconds, mean that were taken for negative.
    private static func unsigned(_ nanoseconds: Int64) -> [Int64] {
        let wrap: Int64 = 1 << 32
        return [
            nanoseconds + wrap * 1_000_000_000, nanoseconds + wrap * 1_000,
            nanoseconds + wrap * 1_000_000_000 + wrap * 1_000,
        ]
    }
}

import Foundation
import Testing

/// With a filter, frames keep the numbers that Wireshark shows: they count all frames of the file.
@Suite struct FrameNumberTests {
    /// `tshark -r FILE -Y tcp.flags.push==1 -T fields -e frame.number`.
    static let pushed: Set = [4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16]

    @Test func aFilterLeavesNumbersAsTheyAre() throws {
        let path = SharedCaptures.packageRoot.appendingPathComponent("captures/credentials-in-clear-login.pcap").path
        let events = try WholeRun([path], filter: "tcp[tcpflags] & tcp-push != 0").events()
        let flow = try #require(events.first { $0["event_type"] as? String == "flow" })
        let session = try #require(flow["mail_tls"] as? [String: any Sendable])
        #expect(session["first_frame"] as? Int == 4)
        #expect(session["last_frame"] as? Int == 16)
        let alerts = events.filter { $0["event_type"] as? String == "alert" }
        #expect(!alerts.isEmpty)
        for alert in alerts {
            let frames = Self.evidence(of: alert)
            #expect(!frames.isEmpty)
            #expect(Self.pushed.isSuperset(of: frames))
        }
        // Frame 9 holds AUTH LOGIN.
        #expect(alerts.flatMap(Self.evidence).contains(9))
    }

    /// `tshark -r FILE -Y 'ip.addr==192.168.133.102'`: frames 63 to 89; 70 closes the reply to EHLO, 72 is MAIL, 87 is
    /// the message.
    @Test func theSecondSessionOfAFileKeepsItsNumbers() throws {
        guard SharedCaptures.names(in: "mail", count: 1) != nil else { return }
        let path = SharedCaptures.path("mail/zeek-smtp.pcap")
        let events = try WholeRun([path], filter: "host 192.168.133.102").events()
        let flow = try #require(events.first { $0["event_type"] as? String == "flow" })
        let session = try #require(flow["mail_tls"] as? [String: any Sendable])
        #expect(session["first_frame"] as? Int == 63)
        #expect(session["last_frame"] as? Int == 89)
        #expect(Set(events.flatMap(Self.evidence)) == [70, 72, 87])
    }

    private static func evidence(of event: [String: any Sendable]) -> [Int] {
        let details = event["mail_tls"] as? [String: any Sendable]
        let evidence = details?["evidence"] as? [[String: any Sendable]]
        return (evidence ?? []).compactMap { $0["frame"] as? Int }
    }
}

import Support
import Wire

/// Traps in the handshake: what both sides say in clear before their keys change, on port 465.
extension Trap {
    static let inHandshakes: [Trap] = [
        Trap(
            "cipher-not-offered", "without supported_groups any group will do",
            fires: older(Hello(groups: [29]), keys: 23), trap: older(Hello(groups: nil), keys: 23)),
        Trap(
            "cipher-not-offered", "GREASE among the suites is no offer, and none is missed for it",
            fires: older(Hello(suites: [0x0A0A, 0xC030])), trap: older(Hello(suites: [0x0A0A, 0xC02F]))),
        Trap(
            "cipher-not-offered", "without supported_versions every older version is offered",
            fires: newer(Hello(versions: [0x0304]), group: 29, version: 0x0303), trap: older(Hello(versions: nil))),
        Trap(
            "cipher-not-offered", "a server that does not know supported_versions takes legacy_version for the highest",
            fires: newer(Hello(versions: [0x0304]), group: 29, version: 0x0303),
            trap: older(Hello(versions: [0x0304]))),
        Trap(
            "insecure-renegotiation", "who does not ask gets no answer",
            fires: older(Hello(asksForRenegotiation: true)), trap: older(Hello())),
        Trap(
            "no-post-quantum", "the choice protects, not the offer",
            fires: newer(Hello(groups: [0x11EC, 29], versions: [0x0304]), group: 29),
            trap: newer(Hello(groups: [0x11EC, 29], versions: [0x0304]), group: 0x11EC)),
        Trap(
            "tls-compression", "an offer is no choice", fires: older(Hello(compresses: true), compression: 1),
            trap: older(Hello(compresses: true))),
        Trap(
            "tls-fallback-retry", "an old client is no retry", fires: older(Hello(suites: [0xC02F, 0x5600])),
            trap: older(Hello(suites: [0xC02F]))),
        Trap(
            "tls-fallback-retry", "a retry with the same maximum", fires: retry(behind: [[0x0304, 0x0303]]),
            trap: retry(behind: [[0x0303]])),
        Trap(
            "tls-fallback-retry", "a scanner leaves without mail", fires: retry(behind: [[0x0304, 0x0303]]),
            trap: retry(behind: [[0x0304, 0x0303]], records: 1)),
        Trap(
            "tls-fallback-retry", "a scanner tries one version after another",
            fires: retry(behind: [[0x0304, 0x0303]]),
            trap: retry(behind: [[0x0304], [0x0303], [0x0302]], with: [0x0301])),
        Trap(
            "tls-fallback-retry", "another client behind the same address", .atMost(.possible),
            fires: retry(behind: [[0x0304, 0x0303]]),
            trap: retry(behind: [[0x0304, 0x0303]], name: "other.example.net")),
        Trap(
            "tls-fallback-retry", "an hour later", fires: retry(behind: [[0x0304, 0x0303]]),
            trap: retry(behind: [[0x0304, 0x0303]], pause: 3600)),
        Trap(
            "unauthenticated-key-exchange", "on port 25 it is the custom", .severity(.info),
            fires: older(Hello(suites: [0xC018]), suite: 0xC018),
            trap: older(Hello(suites: [0xC018]), suite: 0xC018, port: 25)),
    ]

    // MARK: What is said

    /// TLS 1.2 or older to its end, with the curve `keys` in ServerKeyExchange where the suite has one.
    static func older(
        _ hello: Hello, suite: UInt16 = 0xC02F, compression: UInt8 = 0, keys: UInt16 = 23, port: UInt16 = 465,
        _ answer: Answer = Answer()
    ) -> [Segment] {
        talk(port, hello, answer.flight(suite, compression, keys), at: answer.time) {
            // handshake_failure, fatal (RFC 8446 §6.2).
            if answer.fails { return $0.send(record(21, [2, 40]), from: .client) }
            $0.send(record(22, message(16, [2, 4, 4])) + record(20, [1]) + record(22, sealed), from: .client)
            $0.send(record(20, [1]) + record(22, sealed), from: .server)
            sendMore(&$0)
        }
    }

    /// TLS 1.3, with a key share of `group` or without one, behind a ticket that is taken or not.
    static func newer(
        _ hello: Hello, group: UInt16?, takesTicket: Bool = false, version: UInt16 = 0x0304, retry: UInt16? = nil,
        early: Bool = false
    ) -> [Segment] {
        var extensions = block(43, pairs([version]))
        if let group { extensions += block(51, pairs([group]) + [0, 1, 9]) }
        if takesTicket { extensions += block(41, [0, 0]) }
        let answer = record(22, message(2, hello13([UInt8](repeating: 9, count: 32), extensions))) + record(23, sealed)
        return Conversation.segments(port: 465) {
            $0.send(record(22, message(1, hello.body)), from: .client)
            if early { $0.send(record(23, sealed), from: .client) }
            if let retry {
                let request = block(43, pairs([version])) + block(51, pairs([retry]))
                $0.send(record(22, message(2, hello13(retryRandom, request))), from: .server)
                $0.send(record(22, message(1, hello.body)), from: .client)
            }
            $0.send(answer, from: .server)
            $0.send(record(23, sealed + sealed), from: .client)
            sendMore(&$0)
        }
    }

    private static func sendMore(_ talk: inout Conversation) {
        for side in [Side.server, .client] { talk.send(record(23, sealed), from: side) }
    }

    private static func hello13(_ random: [UInt8], _ extensions: [UInt8]) -> [UInt8] {
        [3, 3] + random + [0] + pairs([0x1301]) + [0] + pairs([UInt16(extensions.count)]) + extensions
    }

    private static func talk(
        _ port: UInt16, _ hello: Hello, _ answer: [UInt8], at time: Int64, _ finish: (inout Conversation) -> Void
    ) -> [Segment] {
        var talk = Conversation(port: port, at: time)
        talk.open()
        if port != 465 {
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 STARTTLS")
            talk.c("STARTTLS")
            talk.s("220 2.0.0 Ready to start TLS")
        }
        talk.send(record(22, message(1, hello.body)), from: .client)
        talk.send(answer, from: .server)
        finish(&talk)
        talk.close()
        return talk.segments
    }

    /// Handshakes with these versions fail, a second apart; then the same client comes with `versions`, and sends
    /// so many records behind its Finished.
    private static func retry(
        behind failed: [[UInt16]], with versions: [UInt16] = [0x0303], records: Int = 4,
        name: String = "client.example.net", pause: Int64 = 1
    ) -> [Segment] {
        var time = Conversation.start
        var segments: [Segment] = []
        for (index, versions) in (failed + [versions]).enumerated() {
            let isLast = index == failed.count
            if isLast { time += (pause - 1) * 1_000_000_000 }
            var talk = Conversation(clientPort: 34_004 + UInt16(index), at: time)
            talk.open()
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO \(isLast ? name : "client.example.net")")
            talk.s("250-mx.example.org", "250 STARTTLS")
            talk.c("STARTTLS")
            talk.s("220 2.0.0 Ready to start TLS")
            talk.send(record(22, message(1, Hello(versions: versions).body)), from: .client)
            if isLast {
                deliver(&talk, records: records)
            } else {
                // protocol_version, fatal (RFC 8446 §6.2).
                talk.send(record(21, [2, 70]), from: .server)
            }
            talk.close(by: .server)
            segments += talk.segments
            time += 1_000_000_000
        }
        return segments
    }

    /// TLS 1.2 from the ServerHello on, with so many records of the client behind its Finished.
    private static func deliver(_ talk: inout Conversation, records: Int) {
        let answer = [3, 3] + [UInt8](repeating: 9, count: 32) + [0] + pairs([0xC02F]) + [0]
        let exchange = [3] + pairs([23]) + [2, 4, 4] + [4, 1, 0, 1, 9]
        talk.send(record(22, message(2, answer) + message(12, exchange) + message(14, [])), from: .server)
        talk.send(record(22, message(16, [2, 4, 4])) + record(20, [1]) + record(22, sealed), from: .client)
        talk.send(record(20, [1]) + record(22, sealed), from: .server)
        for _ in 0..<records { for side in [Side.client, .server] { talk.send(record(23, sealed), from: side) } }
    }
}

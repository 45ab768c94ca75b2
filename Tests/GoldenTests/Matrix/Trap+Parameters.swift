import Support
import Wire

/// Traps around what a handshake agreed upon.
extension Trap {
    static let inParameters: [Trap] = failures + offers + older + tickets

    /// One that nothing came of, beside the same one that went through.
    private static func failed(_ rule: String, _ hello: Hello, suite: UInt16 = 0xC02F, _ answer: Answer) -> Trap {
        var failing = answer
        failing.fails = true
        return Trap(
            rule, "the handshake failed", fires: older(hello, suite: suite, answer),
            trap: older(hello, suite: suite, failing))
    }

    private static let failures: [Trap] = [
        failed("obsolete-tls-version", Hello(), Answer(version: 0x0301)),
        failed("weak-cipher", Hello(suites: [5]), suite: 5, Answer()),
        failed("unauthenticated-key-exchange", Hello(suites: [0xC018]), suite: 0xC018, Answer()),
        Trap(
            "tls-handshake-failed", "a cut may come from the path", .atMost(.likely), fires: broken(by: .alert),
            trap: broken(by: .end)),
    ]

    private enum Breach { case alert, end }

    private static func broken(by breach: Breach) -> [Segment] {
        Conversation.segments(port: 465) {
            $0.send(record(22, message(1, Hello().body)), from: .client)
            $0.send(Answer().flight(0xC02F, 0, 23), from: .server)
            if breach == .alert { $0.send(record(21, [2, 40]), from: .client) }
        }
    }

    private static let modern = Hello(versions: [0x0304, 0x0303])
    private static let marked = Answer(random: Answer.marked)

    private static let offers: [Trap] = [
        Trap(
            "tls-version-rollback", "the client asked for no more", .severity(.info), fires: older(modern, marked),
            trap: older(Hello(), marked)),
        Trap(
            "cipher-not-offered", "the server asks for another key share first",
            fires: newer(Hello(groups: [29, 23], versions: [0x0304]), group: 24),
            trap: newer(Hello(groups: [29, 23], versions: [0x0304]), group: 23, retry: 23)),
        Trap(
            "cipher-not-offered", "another ClientHello may be encrypted inside",
            fires: newer(Hello(groups: [29, 23], versions: [0x0304]), group: 24),
            trap: newer(Hello(groups: [29, 23], versions: [0x0304], hidesAnother: true), group: 24)),
        Trap(
            "cipher-not-offered", "another copy of the ClientHello offered it", .atMost(.possible),
            fires: older(Hello(suites: [0xC030])), trap: twice(Hello(suites: [0xC030]), Hello(suites: [0xC02F]))),
        Trap(
            "no-forward-secrecy", "TLS 1.3 has it", fires: older(Hello(suites: [0x9C]), suite: 0x9C),
            trap: newer(Hello(versions: [0x0304]), group: 29)),
        Trap(
            "no-extended-master-secret", "TLS 1.3 has it built in", fires: older(Hello()),
            trap: newer(Hello(versions: [0x0304]), group: 29)),
        Trap(
            "no-extended-master-secret", "SSL 3.0 cannot have it", fires: older(Hello()),
            trap: older(Hello(), Answer(version: 0x0300))),
        Trap(
            "tls-compression", "compressed certificates are no compression of the session",
            fires: older(Hello(compresses: true), compression: 1),
            trap: newer(Hello(versions: [0x0304], compressesCertificates: true), group: 29)),
    ]

    private static let older: [Trap] = [
        Trap(
            "weak-key-exchange", "before TLS 1.2 every signature is over MD5 and SHA-1",
            fires: older(Hello(), Answer(scheme: [2, 1])),
            trap: older(Hello(), Answer(version: 0x0302, scheme: [2, 1])))
    ]

    private static let resuming = Hello(versions: [0x0304], hasTicket: true)
    private static let hasty = Hello(versions: [0x0304], announcesEarlyData: true, hasTicket: true)

    private static let tickets: [Trap] = [
        Trap(
            "no-post-quantum", "a resumed session has keys from before as well", fires: newer(resuming, group: 29),
            trap: newer(resuming, group: 29, takesTicket: true)),
        Trap(
            "psk-without-dh", "a resumption with a key share", fires: newer(resuming, group: nil, takesTicket: true),
            trap: newer(resuming, group: 29, takesTicket: true)),
        Trap(
            "psk-without-dh", "drafts had key shares under another number",
            fires: newer(resuming, group: nil, takesTicket: true),
            trap: newer(Hello(versions: [0x7F16], hasTicket: true), group: nil, takesTicket: true, version: 0x7F16)),
        Trap(
            "early-data", "the server did not take the ticket",
            fires: newer(hasty, group: 29, takesTicket: true, early: true), trap: newer(hasty, group: 29, early: true)),
        Trap(
            "early-data", "the server asked for another ClientHello",
            fires: newer(hasty, group: 29, takesTicket: true, early: true),
            trap: newer(hasty, group: 29, takesTicket: true, retry: 29, early: true)),
        Trap(
            "early-data", "an offer without data", fires: newer(hasty, group: 29, takesTicket: true, early: true),
            trap: newer(hasty, group: 29, takesTicket: true)),
    ]

    /// The ClientHello comes twice, with other suites the second time.
    private static func twice(_ hello: Hello, _ other: Hello) -> [Segment] {
        older(hello).flatMap { segment -> [Segment] in
            guard segment.payload == record(22, message(1, hello.body)) else { return [segment] }
            var copy = segment
            copy.payload = record(22, message(1, other.body))
            copy.time += 200_000
            return [segment, copy]
        }
    }
}

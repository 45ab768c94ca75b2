import Support
import Wire

/// Traps around resets: who sends them, and what follows.
extension Trap {
    static let inResets: [Trap] = [
        Trap(
            "reset-injection", "nothing follows: a firewall's reset", fires: reset(foreign),
            trap: reset(foreign, end: .reset)),
        Trap(
            "reset-injection", "a firewall's reset of what was idle for long",
            fires: reset(foreign), trap: reset(foreign, end: .reset, silence: 7200)),
        Trap("reset-injection", "behind QUIT", fires: reset(foreign), trap: reset(foreign, end: .quit)),
        Trap("reset-injection", "behind the client's FIN", fires: reset(foreign), trap: reset(foreign, end: .fin)),
        Trap("reset-injection", "the hop limit alone differs", fires: reset(foreign), trap: reset { $0.hopLimit = 55 }),
        Trap(
            "reset-injection", "window 0, identification 0 and no timestamp, as genuine resets have",
            fires: reset(foreign),
            trap: reset {
                $0.hopLimit = 55
                $0.identification = 0
                $0.window = 0
            }),
    ]

    /// Sent by another host, from another place.
    private static func foreign(_ segment: inout Segment) {
        segment.hopLimit = 55
        segment.identification = 40_000
    }

    private enum End { case delivery, reset, quit, fin }

    /// A dialogue with a reset in the server's name in its midst that `change` makes look otherwise.
    private static func reset(
        _ change: (inout Segment) -> Void, end: End = .delivery, silence: Int64 = 0
    ) -> [Segment] {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 SIZE 1000000")
        if end == .quit { talk.c("QUIT") }
        if end == .fin { talk.send([], from: .client, flags: [.fin, .ack]) }
        talk.time += silence * 1_000_000_000
        var forger = talk
        forger.reset(by: .server)
        var forged = forger.segments[forger.segments.count - 1]
        change(&forged)
        talk.time += 1_000_000
        switch end {
        case .reset: break
        case .quit:
            talk.s("221 2.0.0 Bye")
            talk.close()
        case .fin:
            talk.s("221 2.0.0 Bye")
            talk.send([], from: .server, flags: [.fin, .ack])
            talk.send([], from: .client, flags: .ack)
        case .delivery:
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 2.1.0 Ok")
            talk.c("QUIT")
            talk.s("221 2.0.0 Bye")
            talk.close()
        }
        return (talk.segments + [forged]).sorted { $0.time < $1.time }
    }
}

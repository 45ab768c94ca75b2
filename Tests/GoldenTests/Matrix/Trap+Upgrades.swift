import Support
import Wire

/// Traps around STARTTLS that is contradicted, overwritten, or injected into, and around what came before it.
extension Trap {
    static let inUpgrades: [Trap] = contradictions + commands + injections + state

    /// Greeting, EHLO and a reply with `keyword`, then what `say` says.
    private static func talk(_ keyword: String, _ say: (inout Conversation) -> Void) -> [Segment] {
        Conversation.segments {
            $0.s("220 mx.example.org ESMTP")
            $0.c("EHLO client.example.net")
            $0.s("250-mx.example.org", "250-SIZE 1000000", "250 \(keyword)")
            say(&$0)
        }
    }

    /// The client says `command` and is answered with `reply`; TLS follows a 220.
    private static func exchange(_ keyword: String, _ command: String, _ reply: String) -> [Segment] {
        talk(keyword) {
            $0.c(command)
            $0.s(reply)
            if reply.hasPrefix("220") { shakeHands(&$0) }
        }
    }

    private static func shakeHands(_ talk: inout Conversation) {
        talk.send(Handshakes.clientHello, from: .client)
        talk.send(Handshakes.serverHello, from: .server)
        talk.send(Handshakes.clientKeys, from: .client)
        talk.send(Handshakes.serverKeys, from: .server)
    }

    private static func startTLS(_ command: [UInt8], _ reply: String...) -> [Segment] {
        talk("STARTTLS") {
            $0.send(command, from: .client)
            $0.send(Conversation.octets(reply), from: .server)
            shakeHands(&$0)
        }
    }

    private static let command = Array("STARTTLS\r\n".utf8)
    private static let mail = "MAIL FROM:<alice@example.net>"
    private static let demand = "530 5.7.0 Must issue a STARTTLS command first"

    // MARK: Contradictions

    private static let contradictions: [Trap] = [
        Trap(
            "starttls-contradiction", "STARTTLS was offered", fires: exchange("DSN", mail, demand),
            trap: exchange("STARTTLS", mail, demand)),
        Trap(
            "starttls-contradiction", "a STARTTLS that is refused", fires: exchange("DSN", "STARTTLS", "220 ready"),
            trap: exchange("DSN", "STARTTLS", "502 not implemented")),
    ]

    // MARK: Commands

    private static let commands: [Trap] = [
        Trap(
            "starttls-command-mangled", "no offer", fires: exchange("STARTTLS", "STARTTLS", "502 what"),
            trap: exchange("DSN", "STARTTLS", "502 what")),
        Trap(
            "starttls-command-mangled", "a known command of eight letters",
            fires: exchange("STARTTLS", "XXXXXXXX", "500 what"), trap: exchange("STARTTLS", "XFORWARD", "500 what")),
    ]

    // MARK: Injections

    private static let injections: [Trap] = [
        Trap(
            "command-injection", "a retransmission", fires: startTLS(command + Array("NOOP\r\n".utf8), "220 ready"),
            trap: repeated(startTLS(command, "220 ready"))),
        Trap(
            "response-injection", "the reply to a command that came early", .atMost(.possible),
            fires: startTLS(command, "220 ready", "250 injected"),
            trap: startTLS(command + Array("NOOP\r\n".utf8), "220 ready", "250 ok")),
    ]

    /// STARTTLS comes twice, with the same numbers.
    private static func repeated(_ segments: [Segment]) -> [Segment] {
        segments.flatMap { segment -> [Segment] in
            guard segment.payload == command else { return [segment] }
            var copy = segment
            copy.time += 200_000
            return [segment, copy]
        }
    }

    // MARK: What came before

    private static let state: [Trap] = [
        Trap(
            "helo-fallback", "EHLO refused for another reason", fires: fallback("EHLO client.example.net", "502 what"),
            trap: fallback("EHLO client.example.net", "550 go away"))
    ]

    private static func fallback(_ said: String, _ reply: String) -> [Segment] {
        Conversation.segments {
            $0.s("220 mx.example.org")
            $0.c(said)
            $0.s(reply)
            $0.c("HELO client.example.net")
            $0.s("250 mx.example.org")
            $0.c(mail)
            $0.s("250 ok")
        }
    }
}

import Support
import Wire

/// Traps around octets that come twice.
extension Trap {
    static let inCopies: [Trap] = [
        copied("a probe of one octet", of: reply) {
            $0.sequence &-= 1
            $0.payload = [0]
        },
        copied("a packet captured twice", of: reply) { $0.time += 1000 },
        copied("a copy with a wrong checksum", of: reply) {
            $0.payload = altered
            $0.isDamaged = true
        },
        copied("behind a login nothing is kept to compare", of: "250 2.1.0 Ok", login: true) {
            $0.payload = Conversation.octets(["250 2.1.0 No"])
        },
        copied("message content is not kept to compare", of: "Subject: test") {
            $0.payload = Conversation.octets(["Subject: best", "", "hello", "."])
        },
        Trap(
            "conflicting-retransmission", "checksums that nobody has filled in", .atMost(.likely),
            fires: dialogue(copying: reply) { $0.payload = altered },
            trap: dialogue(copying: reply) { $0.payload = altered }.map {
                var segment = $0
                segment.isDamaged = true
                return segment
            }),
    ]

    private static let reply = "250-PIPELINING"
    private static let altered = Conversation.octets(["250-STARTTLS  ", "250 SIZE 1000000"])

    private static func copied(
        _ name: String, of text: String, login: Bool = false, _ change: (inout Segment) -> Void
    ) -> Trap {
        Trap(
            "conflicting-retransmission", name, fires: dialogue(copying: reply, login: login) { $0.payload = altered },
            trap: dialogue(copying: text, login: login, change))
    }

    /// A dialogue in which what contains `text` comes again, changed.
    private static func dialogue(
        copying text: String, login: Bool = false, _ change: (inout Segment) -> Void
    ) -> [Segment] {
        var segments = Conversation.segments(port: 587) {
            $0.s("220 mx.example.org ESMTP with a line that is longer than any reply that comes behind it")
            $0.c("EHLO client.example.net")
            $0.s("250-PIPELINING", "250 SIZE 1000000")
            if login {
                $0.c("AUTH PLAIN AHVzZXIAZmFrZS1wYXNzd29yZA==")
                $0.s("235 2.7.0 ok")
            }
            $0.c("MAIL FROM:<alice@example.net>")
            $0.s("250 2.1.0 Ok")
            $0.c("RCPT TO:<bob@example.org>")
            $0.s("250 2.1.5 Ok")
            $0.c("DATA")
            $0.s("354 go on")
            $0.c("Subject: test", "", "hello", ".")
            $0.s("250 2.0.0 Ok")
        }
        guard let place = segments.index(of: text) else { return segments }
        var copy = segments[place]
        copy.time += 300_000
        change(&copy)
        segments.insert(copy, at: place + 1)
        return segments
    }
}

import Support
import Wire

/// A dialogue over MPTCP (RFC 8684): the opening subflow, and a further one that goes on with it.
enum Subflows {
    /// The first one without MPTCP: a connection like any other.
    static var alone: [Segment] { opening(isMultipath: false) }

    static var both: [Segment] { (opening(isMultipath: true) + further).sorted { $0.time < $1.time } }

    private static func opening(isMultipath: Bool) -> [Segment] {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250 SIZE 1000000")
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 2.1.5 Ok")
        talk.time += 100_000_000
        talk.close()
        var segments = talk.segments
        guard isMultipath else { return segments }
        // MP_CAPABLE, version 1, HMAC-SHA256; the server's key with its answer (section 3.1).
        segments[0].options = [30, 4, 0x01, 0x01]
        segments[1].options = [30, 12, 0x01, 0x01] + [UInt8](repeating: 0x5A, count: 8)
        return segments
    }

    private static var further: [Segment] {
        var talk = Conversation(
            clientPort: 34_005, clientISN: 7_000_000, serverISN: 9_000_000, at: Conversation.start + 12_000_000)
        talk.open()
        talk.c("DATA")
        talk.s("354 go on")
        talk.c("Subject: test", "", "hello", ".")
        talk.s("250 2.0.0 Ok")
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
        talk.close()
        var segments = talk.segments
        // MP_JOIN: a token and a random number; a truncated HMAC and a random number; the whole HMAC (section 3.2).
        segments[0].options = [30, 12, 0x10, 0x01] + [UInt8](repeating: 0x33, count: 8)
        segments[1].options = [30, 16, 0x10, 0x01] + [UInt8](repeating: 0x44, count: 12)
        segments[2].options = [30, 24, 0x10, 0x00] + [UInt8](repeating: 0x55, count: 20)
        return segments
    }
}

import Support

/// What is said in most dialogues.
extension Conversation {
    /// Greeting, EHLO and a reply with `keywords`.
    mutating func greet(_ keywords: String..., banner: String = "ESMTP") {
        s("220 mx.example.org \(banner)")
        c("EHLO client.example.net")
        s("250-mx.example.org")
        for keyword in keywords { s("250-\(keyword)") }
        s("250 SIZE 1000000")
    }

    /// A message, from MAIL with a `parameter` to its acceptance.
    mutating func deliver(_ parameter: String = "") {
        c("MAIL FROM:<alice@example.net>\(parameter)")
        s("250 2.1.0 Ok")
        c("RCPT TO:<bob@example.org>")
        s("250 2.1.5 Ok")
        c("DATA")
        s("354 go on")
        c("Subject: test", "", "hello", ".")
        s("250 2.0.0 Ok")
    }

    mutating func quit() {
        c("QUIT")
        s("221 2.0.0 Bye")
    }
}

extension Trap {
    /// What is said between opening and closing a connection.
    static func talk(port: UInt16 = 25, _ say: (inout Conversation) -> Void) -> [Segment] {
        Conversation.segments(port: port, say)
    }
}

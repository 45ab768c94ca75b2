import Sessions
import Support
import Testing
import Wire

/// LMTP answers content once for each recipient (RFC 2033 §4.2).
@Suite struct LMTPReplyTests {
    /// How many replies come is known when the recipients' replies are, which is behind the content.
    @Test func aPipelinedChunkIsAnsweredOncePerRecipient() throws {
        let seen = try OddDialogue { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250-PIPELINING", "250 CHUNKING")
            talk.send(
                Conversation.octets([
                    "MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>", "BDAT 5 LAST",
                ]) + Array("x\r\ny\n".utf8) + Conversation.octets(["MAIL FROM:<d@example.net>"]), from: .client)
            talk.s("250 ok", "250 ok", "250 ok", "250 b", "550 c", "250 ok")
        }
        #expect(seen.session.smtp?.transactions.map { $0.mailReply?.value } == [.ok, .ok])
        #expect(seen.session.smtp?.messagesAccepted == 1)
    }

    /// Replies that are missing are owed by no later content.
    @Test func lostRepliesToContentAreForgotten() throws {
        let seen = try OddDialogue { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250 PIPELINING")
            for recipients in [3, 1] {
                talk.c("MAIL FROM:<a@example.net>")
                talk.s("250 ok")
                for _ in 0..<recipients {
                    talk.c("RCPT TO:<b@example.org>")
                    talk.s("250 ok")
                }
                talk.c("DATA")
                talk.s("354 go on")
                talk.c("x", ".")
                talk.s("550 no")
                if recipients > 1 { talk.lose(20, from: .server) }
            }
            talk.c("MAIL FROM:<d@example.net>")
            talk.s("250 ok")
        }
        #expect(seen.session.smtp?.messagesAccepted == 0)
    }
}

import Findings
import Sessions
import Support
import Testing
import Wire

/// SMTP where the capture or the client does what few do.
@Suite struct UnusualDialogueTests {
    private func findings(_ segments: [Segment]) -> [Finding] { Observer.findings(Observer.observe(segments).sessions) }

    @Test func aClientThatLeavesInsteadOfAnsweringToldNoSecret() {
        let segments = Conversation.segments(port: 587) { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 AUTH PLAIN")
            talk.c("AUTH PLAIN")
            talk.s("334 ")
            talk.c("QUIT")
            talk.s("501 5.5.2 cannot decode")
        }
        #expect(!findings(segments).map(\.card.id).contains("credentials-in-clear"))
    }

    @Test func contentThatWasNotCapturedIsNotDenied() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250 mx.example.org")
            talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>")
            talk.s("250 ok", "250 ok")
            talk.lose(5000, from: .client)
            talk.s("354 go on", "250 queued")
            talk.c("QUIT")
            talk.s("221 bye")
        }
        let finding = try #require(findings(segments).first { $0.card.id == "envelope-in-clear" })
        #expect(!finding.sentence.contains("no content followed"))
    }

    /// `BDAT 0 LAST` (RFC 3030 §2): nothing is missing here.
    @Test func aMessageWithoutOctetsHasNone() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 CHUNKING")
            talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>", "BDAT 0 LAST")
            talk.s("250 ok", "250 ok", "250 queued")
        }
        let finding = try #require(findings(segments).first { $0.card.id == "envelope-in-clear" })
        #expect(finding.sentence.contains("no content followed"))
    }

    /// 250s that answer commands which were not kept are no reply to EHLO.
    @Test func moreCommandsThanAreKeptMixUpNoReplies() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            for _ in 0..<30 { talk.send(Conversation.octets(Array(repeating: "NOOP", count: 40)), from: .client) }
            talk.c("EHLO client.example.net", "MAIL FROM:<a@example.net>")
            for _ in 0..<30 { talk.send(Conversation.octets(Array(repeating: "250 ok", count: 40)), from: .server) }
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.startTLS.offered == nil)
        #expect(!findings(segments).map(\.card.id).contains("starttls-not-offered"))
    }

    @Test func lmtpAnswersALastChunkOncePerRecipient() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org LMTP")
            talk.c("LHLO client.example.net")
            talk.s("250-mx.example.org", "250 CHUNKING")
            talk.c("MAIL FROM:<a@example.net>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>")
            talk.s("250 ok", "250 ok", "250 ok")
            talk.c("BDAT 3 LAST")
            talk.send(Array("abc".utf8), from: .client)
            talk.c("MAIL FROM:<d@example.net>")
            talk.s("250 b", "250 c", "550 no")
        }
        let session = try #require(Observer.observe(segments).sessions.first)
        #expect(session.smtp?.transactions.last?.mailReply?.value == ReplyCode(550))
        #expect(session.smtp?.messagesAccepted == 2)
    }

    /// Octets of a client that waits for a reply, one in each segment.
    @Test(.timeLimit(.minutes(1))) func manyTinySegmentsBeforeAReplyCostLittle() throws {
        let segments = Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP")
            for _ in 0..<4 {
                talk.c("DATA")
                for _ in 0..<20_000 { talk.send([0x61], from: .client) }
                talk.c("", ".")
                talk.s("354 go on", "250 ok")
            }
        }
        #expect(try #require(Observer.observe(segments).sessions.first?.smtp).contentOctets > 50_000)
    }
}

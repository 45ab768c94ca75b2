import Findings
import Sessions
import Support
import Testing
import Wire

/// What suites on forged octets share.
protocol Forging {}

extension Forging {
    func forged(_ text: String, for segment: Segment) -> Segment { forged(Array(text.utf8), for: segment) }

    func forged(_ octets: [UInt8], for segment: Segment) -> Segment {
        var forged = segment
        forged.payload = octets
        forged.hopLimit = 1
        forged.identification = 77
        forged.time -= 1000
        return forged
    }

    func judge(_ segments: [Segment]) throws -> (JudgedSession, session: MailSession) {
        let sessions = Observer.observe(segments).sessions
        #expect(sessions.count == 1)
        let session = try #require(sessions.first)
        var judge = Judge()
        return (judge.judge(session), session)
    }

    /// A client that could log in now.
    var submission: Conversation {
        var talk = Conversation(port: 587)
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-STARTTLS", "250 AUTH PLAIN")
        return talk
    }
}

import Findings
import Sessions
import Support
import Testing
import Wire

/// What is seen of a dialogue, and found in it.
struct OddDialogue {
    let session: MailSession
    let findings: [Finding]

    init(port: UInt16 = 25, _ say: (inout Conversation) -> Void) throws {
        let sessions = Observer.observe(Conversation.segments(port: port, say)).sessions
        session = try #require(sessions.first)
        findings = Observer.findings(sessions)
    }

    func certainty(_ rule: String) -> Certainty? { findings.first { $0.card.id == rule }?.certainty }
    var verdict: Verdict { ExposureJudge.judge(session, CaptureObservations()).verdict }
}

extension Conversation {
    /// The greeting, EHLO, and these lines as its reply.
    mutating func greet(_ lines: String...) {
        s("220 mx.example.org ESMTP")
        c("EHLO client.example.net")
        send(Self.octets(lines), from: .server)
    }

    /// Up to where content begins.
    mutating func beginMessage() {
        c("MAIL FROM:<alice@example.net>")
        s("250 ok")
        c("RCPT TO:<bob@example.org>")
        s("250 ok")
        c("DATA")
        s("354 go on")
    }
}

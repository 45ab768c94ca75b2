@testable import Sessions
@testable import Wire

extension Sample {
    /// An implicit TLS 1.2 session with a certificate in sight.
    static func older() -> MailSession {
        var session = encrypted()
        session.application = .tls
        session.smtp = nil
        session.startTLS = StartTLSFacts()
        var facts = TLSFacts(isImplicit: true)
        facts.completed = true
        session.tls = facts
        session.notObservable = []
        return session
    }

    /// A handshake that ended in a reset.
    static func cut() -> MailSession {
        var session = encrypted()
        session.tls?.completed = false
        session.tls?.failure = .cut(by: .client, reset: true, frame: FrameNumber(12))
        return session
    }
}

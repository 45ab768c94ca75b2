import Sessions
import Trust
import Wire

extension ChainJudge {
    /// Adds to a finished session what its server's certificates are worth, where they are visible.
    mutating func review(_ session: inout MailSession) {
        guard let leaf = session.tls?.leaf?.value, let chain = session.tls?.certificates.observed?.value else { return }
        let trust = self.trust(of: chain, at: session.transport.start.seconds)
        session.tls?.trust = trust
        if let reason = trust.reason { session.notObservable.append(Unobserved("trust", reason)) }
        guard let name = session.tls?.hello?.value.facts.serverName else { return }
        let match = match(leaf, name)
        session.tls?.nameMatch = match
        if match == .differs { session.tls?.isHeldGenerously = holds(leaf, name) }
    }
}

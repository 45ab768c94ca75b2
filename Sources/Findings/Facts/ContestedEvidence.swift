import Sessions
import Wire

extension TransportFacts {
    /// What speaks against evidence.
    func doubt(_ evidence: borrowing Evidence) -> StreamDoubt? {
        doubt(evidence.frame, of: evidence.side, at: evidence.offset)
    }

    /// What speaks against any of it.
    func doubt(_ evidence: [Evidence]) -> StreamDoubt? {
        guard isContested else { return nil }
        for place in evidence { if let doubt = doubt(place) { return doubt } }
        return nil
    }
}

extension ClearText {
    /// All of it may have been said in other octets, or by nobody who belongs to the session.
    func isContested(in transport: borrowing TransportFacts) -> Bool {
        guard transport.isContested, !(hasRecipients && mail == nil) else { return false }
        for place in [content, mail] { if let place, transport.doubt(place) == nil { return false } }
        for secret in secrets
        where transport.doubt(secret.place) == nil && transport.doubt(secret.authentication.command) == nil {
            return false
        }
        return true
    }
}

extension MailSession {
    /// What began TLS, or was said in the handshake, may be none of the session.
    var isHandshakeContested: Bool {
        guard transport.isContested, let tls else { return false }
        if transport.hasOctetsBehindEnd { return true }
        if transport.conflicts.contains(where: { $0.place == .handshake && !$0.isSettled }) { return true }
        if let request = startTLS.request, transport.doubt(request) != nil { return true }
        if let reply = startTLS.reply, transport.doubt(reply.frame, of: .server, at: reply.value.offset) != nil {
            return true
        }
        if let hello = tls.hello, transport.doubt(hello.frame, of: .client, at: nil) != nil { return true }
        return tls.serverHello.map { transport.doubt($0.frame, of: .server, at: nil) != nil } == true
    }
}

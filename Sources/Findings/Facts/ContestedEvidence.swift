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
    func isContested(in session: borrowing MailSession) -> Bool {
        let transport = session.transport
        guard transport.isContested || transport.isDamaged else { return false }
        if let mail, !transport.isDoubtful(mail) { return false }
        if hasRecipients, mail == nil {
            guard let recipient = session.smtp?.unusual?.firstRecipient, transport.isDoubtful(recipient) else {
                return false
            }
        }
        if let content, !transport.isDoubtful(content), !session.mayBeNoContent(content) { return false }
        for secret in secrets
        where !transport.isDoubtful(secret.place) && !transport.isDoubtful(secret.authentication.command) {
            return false
        }
        return true
    }
}

extension TransportFacts {
    fileprivate func isDoubtful(_ place: borrowing Excerpt) -> Bool {
        doubt(place) != nil || isDamaged(place.frame, of: place.side)
    }
}

extension MailSession {
    /// No reply shows that it is content, or that it was asked for, and other octets were sent for what leads to it.
    func mayBeNoContent(_ content: borrowing Excerpt) -> Bool {
        let offset = content.offset
        guard let smtp, smtp.contentInferred else { return false }
        // Nobody is given a sender and a recipient by chance.
        let isExpected = smtp.transactions.contains {
            $0.content != nil && $0.rcptAccepted > 0 && $0.mailReply?.value.isPositive == true
        }
        return !isExpected
            && transport.conflicts.contains { !$0.isSettled && $0.side == .client && $0.offset < offset }
    }

    /// Other octets were sent for a reply to EHLO as well: they may have offered something else.
    func mayOfferMore(than reply: EHLOReply) -> Bool {
        transport.conflicts.contains { $0.side == .server && $0.place == .negotiation }
            || transport.isContested
                && transport.doubt(reply.frame, of: .server, at: reply.keywords.first?.offset) != nil
    }

    /// Other octets of the client were seen in the place of some that were read in clear: what they said is not known.
    var mayHaveSaidMore: Bool {
        transport.conflicts.contains { !$0.isSettled && $0.side == .client && ($0.place == .negotiation || tls == nil) }
    }

    /// What began TLS, or was said in the handshake, may be none of the session.
    var isHandshakeContested: Bool {
        guard transport.isContested, let tls else { return false }
        if transport.hasOctetsBehindEnd { return true }
        if transport.conflicts.contains(where: { $0.place == .handshake && !$0.isSettled }) { return true }
        // Other octets may have been the reply that is missing.
        if startTLS.request != nil, startTLS.reply == nil,
            transport.conflicts.contains(where: { $0.place == .negotiation && !$0.isSettled })
        {
            return true
        }
        if let request = startTLS.request, transport.doubt(request) != nil { return true }
        if let reply = startTLS.reply, transport.doubt(reply.frame, of: .server, at: reply.value.offset) != nil {
            return true
        }
        if let hello = tls.hello, transport.doubt(hello.frame, of: .client, at: nil) != nil { return true }
        return tls.serverHello.map { transport.doubt($0.frame, of: .server, at: nil) != nil } == true
    }
}

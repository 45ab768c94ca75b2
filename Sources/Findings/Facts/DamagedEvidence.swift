import Sessions
import Wire

extension TransportFacts {
    /// It may have been read in segments with wrong checksums.
    func mayBeDamaged(_ place: borrowing Evidence) -> Bool {
        guard isDamaged else { return false }
        guard let side = place.side else { return true }
        return isDamaged(place.frame, of: side)
    }

    /// Any of it may have been.
    func mayBeDamaged(_ evidence: [Evidence]) -> Bool {
        isDamaged && (evidence.isEmpty || evidence.contains { mayBeDamaged($0) })
    }
}

extension MailSession {
    /// Anything from the beginning of the handshake on may be none of it, so that how it ended is not known.
    var isHandshakeDamaged: Bool {
        guard transport.isDamaged, let tls else { return false }
        return transport.isDamaged(since: startTLS.reply?.frame ?? tls.hello?.frame ?? transport.firstFrame)
    }
}

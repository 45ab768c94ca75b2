import Sessions
import Wire

/// What the capture could have missed of a session.
extension MailSession {
    /// Why octets of this session may have escaped the capture; `nil` where it is whole.
    var blindSpot: Unobservable? {
        if transport.capture == .oneSided { return .oneSided }
        if transport.truncatedSegments > 0 { return .truncatedPackets }
        if transport.gapCount > 0 { return .gap }
        if transport.mayLackPackets { return .lostPackets }
        if transport.state == .evicted { return .budget }
        if transport.multipath != nil { return .otherSubflows }
        return startIsSeen ? nil : .midStream
    }

    /// Why commands in clear may have escaped the capture: gaps inside TLS hide none.
    var clearBlindSpot: Unobservable? {
        // Most sessions: what is whole hides nothing.
        guard let blindSpot else { return nil }
        guard let tls, tls.protection == .established else { return blindSpot }
        if transport.capture == .oneSided { return .oneSided }
        if !startIsSeen { return .midStream }
        if transport.multipath != nil { return .otherSubflows }
        return hasGapBeforeTLS ? .gap : nil
    }

    /// The answer of a rule on plaintext that found none: a pass only where everything in clear was seen.
    func nothingInClear(_ observations: CaptureObservations) -> Judgement {
        if smtp == nil, tls == nil { return .notApplicable }
        if suspectedMirror(observations) != nil { return .notObserved(.insideTLS) }
        return clearBlindSpot.map(Judgement.notObserved) ?? .pass
    }

    /// The answer of a rule on TLS where the fact it needs is missing.
    func missingFromHandshake() -> Judgement {
        guard let tls else { return .notApplicable }
        if tls.protection == .failed { return .notApplicable }
        return .notObserved(blindSpot ?? (tls.hasUnreadMessage ? .unreadableMessage : .gap))
    }

    /// The opening of a connection shows in its SYN, in the server's greeting, or in an opening ClientHello.
    var startIsSeen: Bool {
        if transport.capture == .complete || transport.capture == .halfOpen { return true }
        // On other ports TLS may follow a dialogue in clear that was not captured.
        return smtp?.greeting != nil || role == .implicitTLS && tls?.isImplicit == true && tls?.hello != nil
    }

    /// SMTP in clear, answered by the server as far as is known, where TLS has to come with the leading octet: a decrypted mirror
    /// of the port looks like this, and there is no STARTTLS that would tell.
    var mayBeDecrypted: Bool {
        guard role == .implicitTLS, tls == nil, let smtp else { return false }
        // Replies that were not captured would have shown it.
        return smtp.hasReplies || blindSpot != nil
    }

    /// The same where it is known what the session has shown.
    func mayBeDecrypted(_ traits: SessionTraits) -> Bool { traits.contains(.noTLS) && mayBeDecrypted }

    private var hasGapBeforeTLS: Bool {
        guard tls?.isImplicit == false else { return false }
        let end = startTLS.request?.offset ?? .max
        return transport.gaps.contains { $0.side == .client && $0.offset < end }
    }
}

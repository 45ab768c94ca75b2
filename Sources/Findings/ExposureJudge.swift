import Sessions
import Wire

/// Says who could read a session (design, section 2).
package enum ExposureJudge {
    package static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Exposure {
        // What is no mail is not judged; what crossed no network has no listener there.
        if session.application == .notMail { return Exposure(listeners: [], interceptor: .unknown, verdict: .unknown) }
        if session.isLocal { return Exposure(listeners: [], interceptor: .unknown, verdict: .local) }
        return Ledger(session, observations).exposure
    }
}

/// The entries of one session, each decided by itself.
private struct Ledger {
    private let session: MailSession
    private let clear: ClearText
    private let isSuspectedMirror: Bool

    init(_ session: MailSession, _ observations: CaptureObservations) {
        self.session = session
        clear = ClearText(session, observations)
        isSuspectedMirror = session.suspectedMirror(observations) != nil
    }

    var exposure: Exposure {
        let interceptor = interceptor
        var listeners: [Listener] = []
        if anyone { listeners.append(.anyone) }
        if codebreaker { listeners.append(.codebreaker) }
        if keyholder { listeners.append(.keyholder) }
        if isEstablished, session.tls?.fallsToQuantum == true { listeners.append(.quantum) }
        if interceptor != .unknown { listeners.append(.interceptor) }
        return Exposure(
            listeners: listeners, interceptor: interceptor, verdict: verdict(heardBy: listeners, interceptor))
    }

    // MARK: Listeners

    private var anyone: Bool { !clear.isEmpty || encryptsNothing }

    /// Records went out under a suite without encryption.
    private var encryptsNothing: Bool {
        guard let tls = session.tls, tls.cipherSuite?.value.weakness == .null else { return false }
        return switch tls.protection {
        case .established: true
        case .failed: false
        case .unknown: tls.clientRecords.count + tls.serverRecords.count > 0
        }
    }

    private var codebreaker: Bool {
        guard isEstablished, let tls = session.tls else { return false }
        let weakness = tls.cipherSuite?.value.weakness
        // Where nothing is encrypted there is no code to break.
        if weakness == .null { return false }
        return weakness?.isBreakable == true || tls.version?.value == .ssl2 || tls.hasSmallPrime
    }

    private var keyholder: Bool { isEstablished && session.tls?.lacksForwardSecrecy == true }

    private var isEstablished: Bool { session.tls?.protection == .established }

    private var interceptor: Interceptor {
        if MaskedKeyword(session.smtp?.ehlo)?.certainty == .certain { return .happened }
        return !clear.isEmpty || acceptedUnprovenServer ? .possible : .unknown
    }

    /// The client used TLS with a server that proved nothing, or went on past a certificate that does not prove it.
    private var acceptedUnprovenServer: Bool {
        guard let tls = session.tls else { return false }
        if tls.protection == .established, tls.isAnonymous { return true }
        return tls.completed == true && CertificateCheck(session)?.isDoubtful == true
    }

    // MARK: Verdict

    private func verdict(heardBy listeners: [Listener], _ interceptor: Interceptor) -> Verdict {
        if listeners.contains(.anyone) { return .open }
        if interceptor == .happened { return .tampered }
        if listeners.contains(.codebreaker) { return .weak }
        if listeners.contains(.keyholder) { return .recordable }
        if isUndecided { return .unknown }
        return isEstablished ? .sealed : .idle
    }

    /// Something that the capture does not show could make it worse.
    private var isUndecided: Bool {
        if isSuspectedMirror || !clear.secrets.isEmpty || session.clearBlindSpot != nil { return true }
        switch session.tls?.protection {
        case .established?: return session.tls?.lacksForwardSecrecy == nil
        case .unknown?: return session.application != .tlsHelloToPlaintextServer
        case .failed?: return isUnreadable
        case nil: return isUnreadable || !hasEnded
        }
    }

    /// Octets that no parser understood, or that are missing behind the 220 to STARTTLS: they could have held mail.
    private var isUnreadable: Bool {
        if case .notObservable = session.startTLS.afterReady { return true }
        return session.errorCount > 0
    }

    /// Nothing can follow that the capture does not hold.
    private var hasEnded: Bool {
        switch session.transport.state {
        case .closed, .reset, .timedOut: true
        case .open, .evicted: session.smtp?.quit != nil
        }
    }
}

import Sessions
import Wire

/// Says who could read a session (design, section 2).
public enum ExposureJudge {
    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Exposure {
        var session = session
        let traits = SessionTraits(&session)
        return judge(&session, observations, traits)
    }

    /// The same where it is known what the session has shown; it is looked at in place.
    static func judge(
        _ session: inout MailSession, _ observations: CaptureObservations, _ traits: SessionTraits
    ) -> Exposure {
        // What is no mail is not judged; what crossed no network has no listener there.
        if session.application.isForeign { return Exposure(listeners: [], interceptor: .unknown, verdict: .unknown) }
        if session.isLocal { return Exposure(listeners: [], interceptor: .unknown, verdict: .local) }
        return Ledger(&session, observations, traits).exposure
    }
}

/// The entries of one session, each decided by itself.
///
/// It keeps no copy of the session: that would cost more than all its questions.
private struct Ledger {
    private let isClear: Bool
    private let tls: Encryption?
    private let interceptor: Interceptor
    /// Something that the capture does not show could make it worse.
    private let isUndecided: Bool

    init(
        _ session: inout MailSession, _ observations: borrowing CaptureObservations, _ traits: SessionTraits
    ) {
        var hasSecrets = false
        var isContested = false
        if traits.contains(.exposure) {
            let clear = ClearText(session, observations)
            isContested =
                (traits.contains(.contested) || session.transport.isDamaged) && !clear.isEmpty
                && clear.isContested(in: session)
            isClear = !clear.isEmpty && !isContested
            hasSecrets = !clear.secrets.isEmpty
        } else {
            isClear = false
        }
        let mayDoubt = traits.contains(.certificate) && !traits.isDisjoint(with: .doubtfulCertificate)
        let isDoubtful =
            mayDoubt && CertificateCheck(session)?.isDoubtful(observations.settings.authorities) == true
            && session.wentOnRegardless
        // What a receiver may have dropped, or may have been told otherwise, accuses nobody, and is nobody's choice.
        let isHelloDoubtful =
            session.transport.isDamaged
            && session.tls?.serverHello.map { session.transport.isDamaged($0.frame, of: .server) } == true
            || traits.contains(.contested) && session.isHandshakeContested
        tls = session.tls?.encryption(acceptsDoubtful: isDoubtful, isHelloDoubtful: isHelloDoubtful)
        if traits.contains(.noStartTLSOffer), let ehlo = session.smtp?.ehlo, MaskedKeyword(ehlo)?.certainty == .certain,
            !session.transport.isDamaged(ehlo.frame, of: .server)
        {
            interceptor = .happened
        } else {
            interceptor = isClear || tls?.provesNoServer == true ? .possible : .unknown
        }
        isUndecided =
            isContested || traits.contains(.contested) && session.mayHaveSaidMore || isHelloDoubtful
            || session.suspectedMirror(observations) != nil || hasSecrets
            || session.clearBlindSpot != nil || session.smtp?.hidesLines == true
            || Self.isUndecided(session, tls)
    }

    var exposure: Exposure {
        var heard = 0
        if isClear || tls?.encryptsNothing == true { heard |= Listener.anyone.bit }
        if tls?.isBreakable == true { heard |= Listener.codebreaker.bit }
        if isEstablished, tls?.lacksForwardSecrecy == true { heard |= Listener.keyholder.bit }
        if isEstablished, tls?.fallsToQuantum == true { heard |= Listener.quantum.bit }
        if interceptor != .unknown { heard |= Listener.interceptor.bit }
        let listeners = Listener.lists[heard]
        return Exposure(listeners: listeners, interceptor: interceptor, verdict: verdict(heardBy: listeners))
    }

    private var isEstablished: Bool { tls?.protection == .established }

    private func verdict(heardBy listeners: [Listener]) -> Verdict {
        if listeners.contains(.anyone) { return .open }
        if interceptor == .happened { return .tampered }
        if listeners.contains(.codebreaker) { return .weak }
        if listeners.contains(.keyholder) { return .recordable }
        if isUndecided { return .unknown }
        return isEstablished ? .sealed : .idle
    }

    private static func isUndecided(_ session: MailSession, _ tls: Encryption?) -> Bool {
        switch tls?.protection {
        // What the client sends behind TLS may be mail in clear; a server's farewell is none.
        case .established?: tls?.lacksForwardSecrecy == nil || tls?.isUnknown == true || tls?.clientLeftTLS == true
        case .unknown?: session.application != .tlsHelloToPlaintextServer
        case .failed?: isUnreadable(session)
        case nil: isUnreadable(session) || !hasEnded(session)
        }
    }

    /// Octets that no parser understood, or that are missing behind the 220 to STARTTLS: they could have held mail.
    private static func isUnreadable(_ session: MailSession) -> Bool {
        if case .notObservable = session.startTLS.afterReady { return true }
        return session.errorCount > 0
    }

    /// Nothing can follow that the capture does not hold.
    private static func hasEnded(_ session: MailSession) -> Bool {
        switch session.transport.state {
        case .closed, .reset, .timedOut: true
        case .open, .evicted: session.smtp?.quit != nil
        }
    }
}

/// What a session's TLS is worth.
private struct Encryption {
    let protection: Protection
    let lacksForwardSecrecy: Bool?
    let fallsToQuantum: Bool?
    /// Records went out under a suite without encryption.
    let encryptsNothing: Bool
    /// It is in use, and known attacks break it.
    let isBreakable: Bool
    /// The client used TLS with a server that proved nothing, or went on past a certificate that does not prove it.
    let provesNoServer: Bool
    /// What its suite does is not known: there are some that encrypt nothing.
    let isUnknown: Bool
    /// Octets of the client came behind the handshake that are no TLS record.
    let clientLeftTLS: Bool

    /// `isHelloDoubtful`: what was read of the server's choice may be another one than was sent.
    init(_ tls: inout TLSFacts, acceptsDoubtful: Bool, isHelloDoubtful: Bool) {
        protection = tls.protection
        clientLeftTLS = tls.clientLeftTLS
        guard !isHelloDoubtful else {
            (lacksForwardSecrecy, fallsToQuantum) = (nil, nil)
            (encryptsNothing, isBreakable, provesNoServer, isUnknown) = (false, false, false, false)
            return
        }
        lacksForwardSecrecy = tls.lacksForwardSecrecy
        fallsToQuantum = tls.fallsToQuantum
        let suite = tls.cipherSuite?.value.properties
        isUnknown = suite == nil && tls.cipherSuite != nil
        let weakness = suite?.weakness
        encryptsNothing =
            weakness == .null
            && (protection == .established
                || protection == .unknown && tls.clientRecords.count + tls.serverRecords.count > 0)
        // Where nothing is encrypted there is no code to break.
        isBreakable =
            protection == .established && weakness != .null
            && (weakness?.isBreakable == true || tls.version?.value == .ssl2 || tls.hasSmallPrime)
        provesNoServer =
            protection == .established && suite?.isAnonymous == true || tls.completed == true && acceptsDoubtful
    }
}

extension TLSFacts {
    /// Mutating, although it changes nothing: it is copied to be asked otherwise.
    fileprivate mutating func encryption(acceptsDoubtful: Bool, isHelloDoubtful: Bool) -> Encryption {
        Encryption(&self, acceptsDoubtful: acceptsDoubtful, isHelloDoubtful: isHelloDoubtful)
    }
}

import Sessions
import Wire

/// What a session has shown, in a few bits, made once: most rules can make nothing of most sessions, and are not asked then.
///
/// A trait never stands for less than the rules that need it find something in.
public struct SessionTraits: OptionSet, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(bit: UInt64) { rawValue = 1 << bit }

    // MARK: The dialogue in clear

    /// A command that carries something worth hiding, or content, was seen in clear.
    public static let exposure = Self(bit: 0)
    /// An AUTH exchange.
    public static let authentication = Self(bit: 1)
    /// Message content.
    public static let content = Self(bit: 2)
    /// A complete reply to EHLO was seen in clear.
    public static let ehloReply = Self(bit: 3)
    /// It offers STARTTLS.
    public static let startTLSOffer = Self(bit: 4)
    /// It does not.
    public static let noStartTLSOffer = Self(bit: 5)
    /// It offers AUTH.
    public static let authOffer = Self(bit: 6)
    /// Something that few dialogues show (`UnusualFacts`).
    public static let unusual = Self(bit: 7)
    /// STARTTLS was asked for.
    public static let startTLS = Self(bit: 8)
    /// What followed the 220 to STARTTLS is no TLS.
    public static let plaintextAfterStartTLS = Self(bit: 9)
    /// STARTTLS was answered with something else than 220.
    public static let refusal = Self(bit: 10)
    /// Octets that are no TLS followed STARTTLS before its answer.
    public static let pipelined = Self(bit: 11)

    // MARK: TCP

    /// A reset that fits the connection.
    public static let reset = Self(bit: 12)
    /// A place of a stream was sent twice with different octets.
    public static let conflict = Self(bit: 13)

    /// Some of what was read may be none of the session (`TransportFacts.isContested`).
    static let contested = Self(bit: 15)

    /// It may mean something for other sessions of its hop (`RetryAttempt`).
    public static let retryAttempt = Self(bit: 14)

    // MARK: TLS

    /// A TLS record was seen.
    public static let tls = Self(bit: 16)
    /// None was.
    public static let noTLS = Self(bit: 17)
    /// The server chose TLS 1.2 or older.
    public static let olderTLS = Self(bit: 18)
    /// The server took a pre-shared key of TLS 1.3: a resumption, as a rule.
    public static let preSharedKey = Self(bit: 19)
    /// A handshake came to no end, or never began.
    public static let failure = Self(bit: 20)
    /// The server's random marks that it can do more than it was asked for.
    public static let downgradeMark = Self(bit: 21)
    /// The client says that it offers less than it can.
    public static let fallbackSignal = Self(bit: 22)
    /// The server chose what the client did not offer.
    public static let strangeChoice = Self(bit: 23)
    /// A version older than TLS 1.2.
    public static let obsoleteVersion = Self(bit: 24)
    /// A cipher suite of which something is known to be wrong.
    public static let weakSuite = Self(bit: 25)
    /// A cipher suite in which nobody proves who he is.
    public static let anonymousSuite = Self(bit: 26)
    /// The key exchange has no forward secrecy.
    public static let noForwardSecrecy = Self(bit: 27)
    /// The key exchange falls to a quantum computer, or to nobody yet knows what.
    public static let noPostQuantum = Self(bit: 28)
    /// The server compresses.
    public static let compression = Self(bit: 29)
    /// The server does not confirm safe renegotiation.
    public static let noSafeRenegotiation = Self(bit: 30)
    /// The server does not confirm an extended master secret.
    public static let noExtendedMasterSecret = Self(bit: 31)
    /// The ephemeral key is one to be looked at.
    public static let doubtfulKey = Self(bit: 32)

    // MARK: Certificates

    /// The server's leaf certificate was seen, and could be read.
    public static let certificate = Self(bit: 40)
    public static let expired = Self(bit: 41)
    public static let notYetValid = Self(bit: 42)
    /// Less than a third of its validity is left.
    public static let lastThird = Self(bit: 43)
    /// Not known to hold the server's name.
    public static let nameInDoubt = Self(bit: 44)
    public static let selfIssued = Self(bit: 45)
    public static let untrusted = Self(bit: 46)
    /// A key of the chain is short.
    public static let shortKey = Self(bit: 47)
    /// A certificate of the chain is signed over a broken hash.
    public static let brokenSignature = Self(bit: 48)

    /// What a certificate proves nothing for.
    static let doubtfulCertificate: Self = [.expired, .notYetValid, .nameInDoubt, .selfIssued, .untrusted]
}

extension SessionTraits {
    /// The traits of a session, which is not changed; it is looked at in place, where a getter would copy it first.
    public init(_ session: inout MailSession) {
        var traits: Self = []
        session.smtp?.show(&traits)
        session.startTLS.show(&traits)
        traits.note(.reset, !session.transport.resets.isEmpty)
        traits.note(.conflict, !session.transport.conflicts.isEmpty)
        traits.note(.contested, session.transport.isContested)
        traits.note(.failure, session.application.isMismatch)
        traits.insert(.noTLS)
        session.tls?.show(&traits, at: session.transport.start.seconds)
        traits.note(
            .retryAttempt, traits.contains(.noTLS) && !traits.isDisjoint(with: [.exposure, .startTLS]))
        self = traits
    }

    /// The same of a session that others go on to use.
    public init(of session: MailSession) {
        var session = session
        self.init(&session)
    }

    @inline(__always)
    fileprivate mutating func note(_ trait: Self, _ isShown: Bool) { if isShown { insert(trait) } }
}

extension SMTPFacts {
    fileprivate mutating func show(_ traits: inout SessionTraits) {
        traits.note(.exposure, mayExpose)
        traits.note(.authentication, !authentications.isEmpty)
        if case .some = firstContent { traits.insert(.content) }
        if hasUnusual {
            traits.insert(.unusual)
            // Another handshake followed that one.
            traits.note(.failure, unusual?.earlierFailure != nil)
        }
        guard case .some = ehlo else { return }
        traits.insert(.ehloReply)
        traits.insert(ehlo?.offersStartTLS == true ? .startTLSOffer : .noStartTLSOffer)
        traits.note(.authOffer, ehlo?.authentication.isEmpty == false)
    }
}

extension StartTLSFacts {
    fileprivate mutating func show(_ traits: inout SessionTraits) {
        if case .some = request { traits.insert(.startTLS) }
        if case .some = pipelined { traits.insert(.pipelined) }
        if case .plaintext = afterReady { traits.insert(.plaintextAfterStartTLS) }
        if let code = reply?.value.code.rawValue { traits.note(.refusal, code != ReplyCode.serviceReady.rawValue) }
    }
}

extension TLSFacts {
    /// - Parameter time: when the session began, in seconds since 1970.
    fileprivate mutating func show(_ traits: inout SessionTraits, at time: Int64) {
        traits.remove(.noTLS)
        traits.insert(.tls)
        if case .some = failure { traits.insert(.failure) }
        if case .some = serverHello { showChoice(&traits) }
        traits.note(.obsoleteVersion, version.map { $0.value.isKnown && $0.value < .tls12 } == true)
        traits.note(.strangeChoice, CipherNotOffered.isStrange(&self))
        traits.note(.retryAttempt, mayBeRetryAttempt())
        traits.note(.fallbackSignal, hello?.value.facts.offersFallbackSCSV == true)
        if let exchange = serverKeyExchange?.value { traits.note(.doubtfulKey, WeakKeyExchange.mayBeWeak(exchange)) }
        if case .some = leaf { showCertificates(&traits, at: time) }
    }

    /// What the ServerHello says.
    private mutating func showChoice(_ traits: inout SessionTraits) {
        guard let version = serverHello?.value.version else { return }
        traits.note(.downgradeMark, serverHello?.value.downgradeSentinel != nil)
        traits.note(.preSharedKey, serverHello?.value.selectedPSK != nil)
        if let properties = serverHello?.value.cipherSuite.properties {
            traits.note(.weakSuite, properties.weakness != nil)
            traits.note(.anonymousSuite, properties.isAnonymous)
        }
        traits.note(.noForwardSecrecy, lacksForwardSecrecy == true)
        traits.note(.noPostQuantum, fallsToQuantum == true || group?.value.isKyberDraft == true)
        traits.note(.compression, serverHello?.value.compressionMethod != 0)
        guard !version.isTLS13 else { return }
        traits.note(.olderTLS, version.isKnown)
        traits.note(.noSafeRenegotiation, serverHello?.value.usesRenegotiationInfo == false)
        traits.note(.noExtendedMasterSecret, serverHello?.value.usesExtendedMasterSecret == false)
    }

    private mutating func showCertificates(_ traits: inout SessionTraits, at time: Int64) {
        guard let leaf = leaf?.value else { return }
        traits.insert(.certificate)
        traits.note(.expired, time > leaf.notAfter)
        traits.note(.notYetValid, time < leaf.notBefore)
        traits.note(.lastThird, leaf.isInLastThird(at: time))
        traits.note(.selfIssued, leaf.isSelfIssued)
        if case .untrusted = trust { traits.insert(.untrusted) }
        if case .matches? = nameMatch {} else { traits.insert(.nameInDoubt) }
        guard case .observed(let chain) = certificates else { return }
        for index in chain.value.indices {
            guard case .facts(let facts) = chain.value[index] else { continue }
            traits.note(.shortKey, facts.hasShortKey)
            traits.note(.brokenSignature, facts.hasBrokenSignature)
        }
    }
}

/// Without the detour that a comparison of texts takes.
extension ApplicationProtocol {
    fileprivate var isMismatch: Bool {
        if case .tlsHelloToPlaintextServer = self { true } else { false }
    }

    /// It is no mail.
    public var isForeign: Bool {
        if case .notMail = self { true } else { false }
    }
}

import Wire

/// The TLS handshake of a session as far as it is visible (RFC 5246, RFC 8446).
public struct TLSFacts: Sendable, Equatable {
    /// TLS from the connection's start, not after STARTTLS; `nil` where the start was not seen, and the port does not tell.
    public var isImplicit: Bool?
    /// The handshake's opening ClientHello (not the one after a HelloRetryRequest).
    public var hello: Observed<SharedClientHello>?
    public var helloRetryRequest: Observed<ServerHelloFacts>?
    public var serverHello: Observed<ServerHelloFacts>?
    /// The server answered in SSL 2.0, whose messages are not read further.
    public var sslv2ServerHello: FrameNumber?
    /// The server's chain, leaf first (TLS 1.2 and older).
    public var certificates: Fact<[CertificateReading]> = .notObserved
    public var serverKeyExchange: Observed<ServerKeyExchangeFacts>?
    /// Alerts in clear, at most `maximumAlerts`.
    public var alerts: [SentAlert] = []
    public var clientChangeCipherSpec: FrameNumber?
    public var serverChangeCipherSpec: FrameNumber?
    /// The client presented a certificate: only that is recorded.
    public var clientCertificatePresented = false
    /// The client sent protected octets before the ServerHello: early data (RFC 8446 §2.3), if it offered any.
    public var earlyRecord: FrameNumber?
    public var clientRecords = ProtectedRecords()
    public var serverRecords = ProtectedRecords()
    /// `true` when both sides went on to use the keys; `false` when the handshake visibly failed; `nil` when the
    /// capture cannot tell.
    public var completed: Bool?
    /// Octets of the client came that are no TLS record; behind a handshake that was completed they may be mail in clear.
    public var clientLeftTLS = false
    public var resumed: Bool?
    /// A message of the handshake, or an alert, could not be read: what it said is not known.
    public var hasUnreadMessage = false
    /// How the handshake ended before both sides had finished.
    public var failure: HandshakeFailure?

    public static let maximumAlerts = 8

    public init(isImplicit: Bool?) { self.isImplicit = isImplicit }

    /// What the opening ClientHello says.
    public var clientHello: Observed<ClientHelloFacts>? {
        get { hello?.map(\.facts) }
        set { hello = newValue?.map { SharedClientHello($0) } }
    }

    /// The negotiated version; for TLS 1.3 from supported_versions (RFC 8446 §4.2.1).
    public var version: Observed<TLSVersion>? {
        // By its parts: what is bound whole is copied.
        if let version = serverHello?.value.version, let frame = serverHello?.frame {
            return Observed(version, in: frame)
        }
        return sslv2ServerHello.map { Observed(.ssl2, in: $0) }
    }
    public var cipherSuite: Observed<CipherSuite>? {
        guard let suite = serverHello?.value.cipherSuite, let frame = serverHello?.frame else { return nil }
        return Observed(suite, in: frame)
    }
    /// The key exchange group that was chosen: from key_share (1.3) or ServerKeyExchange (≤ 1.2).
    public var group: Observed<NamedGroup>?
    /// Leaf certificate, where visible and readable.
    public var leaf: Observed<CertificateFacts>?
    /// Where the server's certificates lead at the session's time; by other means than the octets of this session.
    public var trust: ChainTrust = .notChecked
    /// How the leaf's names meet the one that the client asked for; `nil` where it was not asked.
    public var nameMatch: NameMatch?
    /// The leaf is for the name that the client asked for in the eyes of clients that read certificates generously;
    /// asked only where it is not by RFC 9525, `nil` where it was not asked.
    public var isHeldGenerously: Bool?
}

/// An alert in clear and who sent it.
public struct SentAlert: Sendable, Equatable {
    public let alert: TLSAlert
    public let sender: Side
    public let frame: FrameNumber
    /// Offset of its record in the sender's stream.
    public let offset: Int64
}

/// Records of one direction that were protected by the session's keys.
public struct ProtectedRecords: Sendable, Equatable {
    public var count = 0
    /// Length of the opening one.
    public var firstLength: Int?
    public var first: FrameNumber?
}

/// How a handshake ended before both sides had finished.
public enum HandshakeFailure: Sendable, Equatable {
    case alert(SentAlert)
    /// FIN or RST in the middle of the handshake.
    case cut(by: Side, reset: Bool, frame: FrameNumber)
    /// A protected alert is likely: a TLS 1.3 client sent one short record and left.
    case likelyEncryptedAlert(by: Side, frame: FrameNumber)
}

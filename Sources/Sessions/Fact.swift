import Wire

/// A value together with the frame that shows it.
public struct Observed<Value: Sendable>: Sendable {
    public let value: Value
    public let frame: FrameNumber

    public init(_ value: Value, in frame: FrameNumber) {
        self.value = value
        self.frame = frame
    }

    public func map<Other>(_ transform: (Value) -> Other) -> Observed<Other> {
        Observed<Other>(transform(value), in: frame)
    }
}

extension Observed: Equatable where Value: Equatable {}

/// What a passive observer knows of something: seen, not seen, or not to be seen at all.
public enum Fact<Value: Sendable>: Sendable {
    case observed(Observed<Value>)
    /// It could have been seen in this session, and was not.
    case notObserved
    /// No observer at this place could have seen it.
    case notObservable(Unobservable)

    @inlinable
    public var observed: Observed<Value>? {
        if case .observed(let seen) = self { seen } else { nil }
    }
}

extension Fact: Equatable where Value: Equatable {}

/// Why something cannot be known from this capture.
public enum Unobservable: String, Sendable, CaseIterable {
    case encryptedByTLS13 = "TLS 1.3 encrypts it"
    case resumedSession = "the session was resumed, it was shown in an earlier handshake"
    case oneSided = "only one direction was captured"
    case midStream = "the capture joined the connection after its start"
    case gap = "octets are missing from the capture"
    case lostPackets = "packets were lost while it went on, and its end was not seen to be whole"
    case captureEnded = "the capture ended before it"
    case truncatedPackets = "packets were cut short by the snapshot length, or by a mirror"
    case budget = "it was larger than the memory set aside for it"
    case unreadableMessage = "a message of the handshake cannot be read"
    case sslv2 = "SSL 2.0 is read no further than its hello"
    case insideTLS = "it is inside TLS"
    case unclearReply = "lines of the server's reply cannot be told apart, or stand where they do not belong"
    case rolesReversed = "client and server changed their roles (TURN), and what followed is not read"
    case otherSubflows = "it may have gone by another subflow of the same connection (MPTCP)"
    case noAuthorities = "no bundle of certificate authorities was given to check it against"
    case unreadableCertificate = "a certificate of the chain cannot be read"
    case unsupportedAlgorithm = "a key or signature of the chain is of a kind that is not verified"
    case unsupportedName =
        "a name of the chain is written in two ways that are the same to a reader, which are not compared further"
    case unsupportedExtension = "a certificate of the chain has a critical extension that is not understood"
}

/// Something that could not be observed, and why.
public struct Unobserved: Hashable, Sendable {
    /// The fact's name as it stands in the JSON output, for example `certificate`.
    public let fact: String
    public let why: Unobservable

    public init(_ fact: String, _ why: Unobservable) {
        self.fact = fact
        self.why = why
    }

    public static func == (left: Self, right: Self) -> Bool { left.why == right.why && left.fact == right.fact }
}

/// Octets of a stream that prove something: where they are, and how they read.
public struct Excerpt: Hashable, Sendable {
    public let frame: FrameNumber
    public let side: Side
    /// Offset of the octets from the start of their stream (of what was captured of it).
    public let offset: Int64
    /// The octets, escaped; secrets are left out.
    public let octets: QuotedText

    public init(frame: FrameNumber, side: Side, offset: Int64, octets: QuotedText) {
        self.frame = frame
        self.side = side
        self.offset = offset
        self.octets = octets
    }
}

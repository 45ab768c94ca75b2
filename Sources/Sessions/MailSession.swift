import Wire

/// One TCP connection on a mail port: everything that was observed about it, each fact with its frame.
public struct MailSession: Sendable {
    public var id: SessionID
    public var client: Endpoint
    public var server: Endpoint
    /// 802.1Q identifiers, outermost first.
    public var vlans: [UInt16]
    /// What else its opening packet was wrapped in, outermost first.
    public var encapsulation: [Encapsulation] = []
    public var role: PortRole
    public var transport: TransportFacts
    public var application: ApplicationProtocol
    /// `nil` where not one SMTP line was seen.
    public var smtp: SMTPFacts?
    public var startTLS: StartTLSFacts
    /// `nil` where no TLS record was seen.
    public var tls: TLSFacts?
    /// The payload octets that the client sent before all others, quoted where they are a command.
    public var firstClientOctets: Excerpt?
    public var notObservable: [Unobserved]
    /// Octets that no parser could read, at most `maximumErrors`; `errorCount` counts all.
    public var errors: [Observed<WireError>]
    public var errorCount: Int

    public static let maximumErrors = 8

    var apart = Apart<Observed<ProxyHeader>>()
    /// Whose connection a load balancer says that it handed on.
    public var proxy: Observed<ProxyHeader>? {
        get { apart.value }
        set { apart.value = newValue }
    }

    /// Traffic that never left its host is no network hop (design, section 3).
    public var isLocal: Bool {
        client.address.isLoopback && server.address.isLoopback || client.address == server.address
    }
}

/// What a server port is for (RFC 5321, RFC 6409, RFC 8314).
public enum PortRole: String, Sendable {
    /// Port 25: between servers.
    case relay
    /// Port 587: from a person's mail client, STARTTLS.
    case submission
    /// Port 465, or what the user named: TLS from the start.
    case implicitTLS
    /// Any other port that the user named.
    case other
}

/// What was spoken on the connection.
public enum ApplicationProtocol: String, Sendable {
    /// No payload octets were seen.
    case none
    /// SMTP in clear to the end of what was seen.
    case smtp
    /// SMTP, then TLS on the same connection.
    case smtpThenTLS
    /// TLS from the start.
    case tls
    /// The client began TLS, the server answered with an SMTP greeting in clear.
    case tlsHelloToPlaintextServer
    /// Neither SMTP nor TLS: not mail, nothing is judged.
    case notMail
}

/// What TCP shows of a session.
public struct TransportFacts: Sendable, Equatable {
    public var start: Timestamp
    public var end: Timestamp
    public var firstFrame: FrameNumber
    public var lastFrame: FrameNumber
    public var toServer = Traffic()
    public var toClient = Traffic()
    public var capture: CaptureQuality = .complete
    public var state: ConnectionState = .open
    /// Octets that the capture lacks, at most `maximumGaps` of them; `gapCount` counts all.
    public var gaps: [Gap] = []
    public var gapCount = 0
    /// Segments whose end was cut off by the snapshot length.
    public var truncatedSegments = 0
    /// Segments put together of fragments that overlapped with different octets: the ends may have read other ones.
    public var ambiguousSegments = 0
    /// Octets that were seen twice and differ, at most `maximumConflicts` of them; `conflictCount` counts all.
    public var conflicts: [StreamConflict] = []
    public var conflictCount = 0
    /// Copies of its octets in clear were not kept to the end of what could be compared: the memory for them was spent.
    public var isUncompared = false
    /// The RST that ended the connection, and who sent it; `nil` where it went on in spite of it.
    public var reset: Observed<Side>?
    /// What is known of the resets that fit the connection, at most `maximumResets` of them: the earliest ones, and the
    /// one that counts now.
    public private(set) var resets: [ResetFacts] = []
    /// The FIN that was sent before the other side's, or seen before it where acknowledgements do not tell.
    public var fin: FINFacts?
    var apart = Apart<UnusualTransport>()

    public static let maximumGaps = 16
    public static let maximumConflicts = 8
    public static let maximumResets = 4

    public init(start: Timestamp, frame: FrameNumber) {
        self.start = start
        end = start
        firstFrame = frame
        lastFrame = frame
    }

    /// Whole frames as they were on the wire, in both directions, in octets.
    public var octets: UInt64 { toServer.octets + toClient.octets }

    /// Takes note of a reset that ends the connection, as far as can be seen yet.
    public mutating func end(by facts: ResetFacts) {
        reset = Observed(facts.side, in: facts.frame)
        if resets.count == Self.maximumResets { resets.removeLast() }
        resets.append(facts)
    }

    /// Lets go of what is known of resets.
    public mutating func forgetResets() { resets = [] }

    /// A packet of the reset's own side followed.
    public mutating func noteFollower(_ traits: PacketTraits, in frame: FrameNumber) {
        guard let last = resets.indices.last, resets[last].follower == nil else { return }
        resets[last].follower = Observed(traits, in: frame)
    }

    /// The reset ended nothing.
    public mutating func outlive(_ survival: ResetSurvival, in frame: FrameNumber) {
        reset = nil
        if let last = resets.indices.last { resets[last].survival = Observed(survival, in: frame) }
    }
}

/// Who closed a direction, and where.
public struct FINFacts: Sendable, Equatable {
    public let side: Side
    public let frame: FrameNumber
    /// Where it stands in its sender's stream; `nil` where that is not known.
    public let offset: Int64?
    /// How far it acknowledges the other stream, a FIN's own number included; `nil` where that is not known.
    public let acknowledged: Int64?

    public init(side: Side, frame: FrameNumber, offset: Int64?, acknowledged: Int64?) {
        self.side = side
        self.frame = frame
        self.offset = offset
        self.acknowledged = acknowledged
    }

    /// Its sender had received `other`.
    public func isBehind(_ other: Self) -> Bool {
        guard side != other.side, let acknowledged, let offset = other.offset else { return false }
        return acknowledged > offset
    }
}

/// A connection of which one side was closed before it had acknowledged all that the other said (RFC 9293 §3.6): that was
/// said behind it, or was under way.
public struct HalfClosedFacts: Hashable, Sendable {
    /// Who closed its side, and in which frame.
    public let side: Side
    public let frame: FrameNumber
    /// Octets of the other side that the one who closed had not acknowledged by then.
    public let octets: Int64

    /// `nil` where nothing came behind the earlier FIN, or its acknowledgement does not tell.
    public init?(_ first: FINFacts, _ second: FINFacts) {
        guard first.side != second.side, let acknowledged = first.acknowledged, let end = second.offset,
            end > acknowledged
        else { return nil }
        side = first.side
        frame = first.frame
        octets = end - acknowledged
    }
}

/// Packets of one direction.
public struct Traffic: Sendable, Hashable {
    public var packets: UInt64 = 0
    /// Original lengths of the frames, in octets.
    public var octets: UInt64 = 0
    /// Octets of the stream that were delivered in order.
    public var payload: UInt64 = 0

    public init(packets: UInt64 = 0, octets: UInt64 = 0) {
        self.packets = packets
        self.octets = octets
    }
}

/// Octets of one direction that will never be seen.
public struct Gap: Hashable, Sendable {
    public let side: Side
    public let offset: Int64
    public let length: Int64

    public init(side: Side, offset: Int64, length: Int64) {
        self.side = side
        self.offset = offset
        self.length = length
    }
}

/// How much of the connection the capture holds.
public enum CaptureQuality: String, Sendable {
    case complete
    /// The opening SYN was never answered.
    case halfOpen = "half-open"
    /// One direction only.
    case oneSided = "one-sided"
    /// The opening handshake was not seen.
    case midStream = "mid-stream"
}

/// How the connection stood when it was last seen.
public enum ConnectionState: String, Sendable {
    /// Still open when the capture ended.
    case open
    case closed
    case reset
    /// Silent for longer than the idle limit.
    case timedOut = "timed-out"
    /// Given up to stay within the memory budget.
    case evicted
}

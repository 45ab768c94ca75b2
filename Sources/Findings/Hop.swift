import Sessions
import Wire

/// A client-server pair that hands mail over: the unit a person acts on.
public struct HopKey: Hashable, Comparable, Sendable {
    public let vlans: [UInt16]
    /// Virtual networks and VLANs inside tunnels, outermost first: what keeps its sessions apart from others.
    public let networks: [Encapsulation]
    public let client: IPAddress
    public let server: Endpoint

    public init(_ session: borrowing MailSession) {
        vlans = session.vlans
        networks = session.encapsulation.compactMap(\.key)
        client = session.client.address
        server = session.server
    }

    /// Word by word, and what few sessions have only where it is there: a table of hops is asked for each session.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(client.low)
        hasher.combine(server.address.low)
        hasher.combine(UInt64(server.port) << 2 | (client.isV6 ? 2 : 0) | (server.address.isV6 ? 1 : 0))
        if client.isV6 { hasher.combine(client.high) }
        if server.address.isV6 { hasher.combine(server.address.high) }
        if !vlans.isEmpty { hasher.combine(vlans) }
        if !networks.isEmpty { hasher.combine(networks) }
    }

    public static func < (left: Self, right: Self) -> Bool {
        if left.server != right.server { return left.server < right.server }
        if left.client != right.client { return left.client < right.client }
        if left.vlans != right.vlans { return left.vlans.lexicographicallyPrecedes(right.vlans) }
        return left.networks.lexicographicallyPrecedes(right.networks)
    }
}

/// Everything that one client and one server did in the capture, in bounded memory.
public struct Hop: Sendable {
    public let key: HopKey
    public private(set) var sessions = 0
    /// Whole frames, in octets.
    public private(set) var octets: UInt64 = 0
    public private(set) var sessionsByVerdict: [Verdict: Int] = [:]
    public private(set) var listeners: Set<Listener> = []
    public private(set) var interceptor: Interceptor = .unknown
    /// By rule and severity, in the order in which they came.
    public private(set) var findings: [GroupedFinding] = []
    /// The server's name as it last gave it in a greeting, or as the client last asked for it.
    public private(set) var serverName: QuotedText?
    public private(set) var clientName: QuotedText?
    public private(set) var notObservable: Set<Unobserved> = []
    /// Memory that it takes, roughly, in octets.
    public private(set) var cost = Self.leastCost

    private static let leastCost = 768
    /// What an example takes besides its text.
    private static let costOfExample = 1024
    /// What followed which of its failures of TLS; `nil` where there was neither failure nor delivery in clear.
    public private(set) var retries: RetryMemory?
    /// How long after a failure something is taken to follow it, in nanoseconds; 0 switches that off.
    private let retryWindow: Int64
    /// Tunnels and labels that its sessions were seen in.
    public private(set) var encapsulations: Set<Encapsulation.Kind> = []

    /// Findings of one rule and severity on a hop: how many, and the opening ones as examples.
    public struct GroupedFinding: Sendable {
        public private(set) var count = 1
        public private(set) var examples: [Example]

        public let leading: Finding

        public static let maximumExamples = 3

        public struct Example: Sendable {
            public let session: SessionReference
            public let finding: Finding
        }

        public init(_ session: SessionReference, _ finding: Finding) {
            leading = finding
            examples = [Example(session: session, finding: finding)]
        }

        /// Answers whether it was kept as an example.
        mutating func add(_ session: SessionReference, _ finding: Finding, _ mayGrow: Bool) -> Bool {
            count += 1
            guard mayGrow, examples.count < Self.maximumExamples else { return false }
            examples.append(Example(session: session, finding: finding))
            return true
        }

        mutating func merge(_ other: Self) {
            count += other.count
            examples += other.examples.prefix(max(0, Self.maximumExamples - examples.count))
        }
    }

    public init(key: HopKey, retryWindow: Int64 = RetryMemory.defaultWindow) {
        self.key = key
        self.retryWindow = retryWindow
    }

    /// One of which nothing is known but what is remembered.
    public init(key: HopKey, retries: RetryMemory, retryWindow: Int64) {
        self.init(key: key, retryWindow: retryWindow)
        self.retries = retries
        cost += retries.cost
    }

    /// The worst verdict of its sessions, `idle` ones aside: a hop with any unknown is never sealed.
    public var verdict: Verdict { sessionsByVerdict.keys.min() ?? .unknown }

    /// Without `mayGrow` findings of a rule that was heard before are counted alone.
    public mutating func add(_ judged: JudgedSession, mayGrow: Bool = true) {
        let session = judged.session
        sessions += 1
        octets += session.transport.octets
        sessionsByVerdict[judged.exposure.verdict, default: 0] += 1
        listeners.formUnion(judged.exposure.listeners)
        interceptor = max(interceptor, judged.exposure.interceptor)
        // A greeting that is not quoted names nobody.
        if let text = session.smtp?.greeting?.value.text, !text.full.isEmpty { serverName = text }
        clientName = session.smtp?.clientName?.value ?? clientName
        notObservable.formUnion(session.notObservable)
        for layer in session.encapsulation { encapsulations.insert(layer.kind) }
        let reference = SessionReference(session)
        for finding in judged.findings { add(finding, of: reference, mayGrow) }
        if judged.mattersToHop { remember(RetryAttempt(session), mayGrow: mayGrow) }
    }

    /// Keeps what later sessions may follow, or follow from; all else of the session is left out.
    mutating func remember(_ attempt: RetryAttempt?, mayGrow: Bool) {
        guard let attempt, retryWindow > 0, attempt.isKept || retries != nil else { return }
        var memory = retries ?? RetryMemory()
        retries = nil
        let before = memory.cost
        memory.add(attempt, window: retryWindow, mayGrow: mayGrow)
        cost += memory.cost - before
        retries = memory
    }

    /// How often something followed a failure of TLS.
    public var followers: Int { retries?.followers ?? 0 }

    /// Adds what was collected elsewhere of the same hop.
    public mutating func merge(_ other: Self) {
        sessions += other.sessions
        octets += other.octets
        sessionsByVerdict.merge(other.sessionsByVerdict, uniquingKeysWith: +)
        listeners.formUnion(other.listeners)
        interceptor = max(interceptor, other.interceptor)
        cost += other.cost - Self.leastCost
        if let theirs = other.retries {
            if retries == nil { retries = theirs } else { retries?.merge(theirs, window: retryWindow) }
        }
        serverName = serverName ?? other.serverName
        clientName = clientName ?? other.clientName
        notObservable.formUnion(other.notObservable)
        encapsulations.formUnion(other.encapsulations)
        for group in other.findings {
            if let same = place(of: group.leading) { findings[same].merge(group) } else { findings.append(group) }
        }
    }

    private mutating func add(_ finding: Finding, of session: SessionReference, _ mayGrow: Bool) {
        guard let same = place(of: finding) else {
            findings.append(GroupedFinding(session, finding))
            cost += Self.costOfExample + finding.cost
            return
        }
        if findings[same].add(session, finding, mayGrow) { cost += Self.costOfExample + finding.cost }
    }

    /// The group that a finding belongs to.
    private func place(of finding: Finding) -> Int? {
        findings.firstIndex {
            $0.leading.card.id == finding.card.id && $0.leading.severity == finding.severity
                && $0.leading.certainty == finding.certainty
        }
    }
}

/// Enough of a session to find it again.
public struct SessionReference: Hashable, Sendable {
    public let id: SessionID
    public let vlans: [UInt16]
    public let client: Endpoint
    public let server: Endpoint

    public init(_ session: borrowing MailSession) {
        id = session.id
        vlans = session.vlans
        client = session.client
        server = session.server
    }
}

/// A session and what the rules say of it.
///
/// It is some two kilobytes long, and refers to dozens of others: on its way it is looked at and changed in place.
public struct JudgedSession: Sendable {
    public var session: MailSession
    public internal(set) var exposure: Exposure
    /// Worst first.
    public internal(set) var findings: [Finding]
    /// For each finding that the user does not want to hear, the entry that says so.
    public internal(set) var suppressed: [Int]
    /// It may mean something for other sessions of its hop.
    public internal(set) var mattersToHop = true

    public init(session: consuming MailSession, exposure: Exposure, findings: [Finding], suppressed: [Int] = []) {
        self.session = session
        self.exposure = exposure
        self.findings = findings
        self.suppressed = suppressed
    }

    /// Not judged yet.
    public init(unjudged session: consuming MailSession) {
        self.init(session: session, exposure: .undecided, findings: [])
    }
}

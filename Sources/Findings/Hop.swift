import Sessions
import Wire

/// A client-server pair that hands mail over: the unit a person acts on.
package struct HopKey: Hashable, Comparable, Sendable {
    package let vlans: [UInt16]
    /// Virtual networks and VLANs inside tunnels, outermost first: what keeps its sessions apart from others.
    package let networks: [Encapsulation]
    package let client: IPAddress
    package let server: Endpoint

    package init(_ session: borrowing MailSession) {
        vlans = session.vlans
        networks = session.encapsulation.compactMap(\.key)
        client = session.client.address
        server = session.server
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.server != right.server { return left.server < right.server }
        if left.client != right.client { return left.client < right.client }
        if left.vlans != right.vlans { return left.vlans.lexicographicallyPrecedes(right.vlans) }
        return left.networks.lexicographicallyPrecedes(right.networks)
    }
}

/// Everything that one client and one server did in the capture, in bounded memory.
package struct Hop: Sendable {
    package let key: HopKey
    package private(set) var sessions = 0
    /// Whole frames, in octets.
    package private(set) var octets: UInt64 = 0
    package private(set) var sessionsByVerdict: [Verdict: Int] = [:]
    package private(set) var listeners: Set<Listener> = []
    package private(set) var interceptor: Interceptor = .unknown
    /// By rule and severity, in the order in which they came.
    package private(set) var findings: [GroupedFinding] = []
    /// The server's name as it last gave it in a greeting, or as the client last asked for it.
    package private(set) var serverName: QuotedText?
    package private(set) var clientName: QuotedText?
    package private(set) var notObservable: Set<Unobserved> = []
    /// Memory that it takes, roughly, in octets.
    package private(set) var cost = Self.leastCost

    private static let leastCost = 768
    /// What an example takes besides its text.
    private static let costOfExample = 1024
    /// What followed which of its failures of TLS; `nil` where there was neither failure nor delivery in clear.
    package private(set) var retries: RetryMemory?
    /// How long after a failure something is taken to follow it, in nanoseconds; 0 switches that off.
    private let retryWindow: Int64
    /// Tunnels and labels that its sessions were seen in.
    package private(set) var encapsulations: Set<Encapsulation.Kind> = []

    /// Findings of one rule and severity on a hop: how many, and the opening ones as examples.
    package struct GroupedFinding: Sendable {
        package private(set) var count = 1
        package private(set) var examples: [Example]

        package let leading: Finding

        package static let maximumExamples = 3

        package struct Example: Sendable {
            package let session: SessionReference
            package let finding: Finding
        }

        package init(_ session: SessionReference, _ finding: Finding) {
            leading = finding
            examples = [Example(session: session, finding: finding)]
        }

        /// Answers whether it was kept as an example.
        mutating func add(_ session: SessionReference, _ finding: Finding) -> Bool {
            count += 1
            guard examples.count < Self.maximumExamples else { return false }
            examples.append(Example(session: session, finding: finding))
            return true
        }

        mutating func merge(_ other: Self) {
            count += other.count
            examples += other.examples.prefix(max(0, Self.maximumExamples - examples.count))
        }
    }

    package init(key: HopKey, retryWindow: Int64 = RetryMemory.defaultWindow) {
        self.key = key
        self.retryWindow = retryWindow
    }

    /// The worst verdict of its sessions, `idle` ones aside: a hop with any unknown is never sealed.
    package var verdict: Verdict { sessionsByVerdict.keys.min() ?? .unknown }

    package mutating func add(_ judged: JudgedSession) {
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
        for finding in judged.findings { add(finding, of: reference) }
        remember(RetryAttempt(session))
    }

    /// Keeps what later sessions may follow, or follow from; all else of the session is left out.
    package mutating func remember(_ attempt: RetryAttempt?) {
        guard let attempt, retryWindow > 0, attempt.isKept || retries != nil else { return }
        if retries == nil { cost += RetryMemory.cost }
        var memory = retries ?? RetryMemory()
        retries = nil
        switch attempt {
        case .failed(let failure): memory.add(failure, window: retryWindow)
        case .delivered(let delivery): memory.add(delivery, window: retryWindow)
        case .offeredLess(let offer): memory.add(offer, window: retryWindow)
        }
        retries = memory
    }

    /// How often something followed a failure of TLS.
    package var followers: Int { retries.map { $0.count + $0.retryCount } ?? 0 }

    /// The time of the latest attempt that is remembered.
    package var latestAttempt: Timestamp? { retries?.latest }

    /// Adds what was collected elsewhere of the same hop.
    package mutating func merge(_ other: Self) {
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
        for group in other.findings {
            if let same = place(of: group.leading) { findings[same].merge(group) } else { findings.append(group) }
        }
    }

    private mutating func add(_ finding: Finding, of session: SessionReference) {
        guard let same = place(of: finding) else {
            findings.append(GroupedFinding(session, finding))
            cost += Self.costOfExample + finding.cost
            return
        }
        if findings[same].add(session, finding) { cost += Self.costOfExample + finding.cost }
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
package struct SessionReference: Hashable, Sendable {
    package let id: SessionID
    package let vlans: [UInt16]
    package let client: Endpoint
    package let server: Endpoint

    package init(_ session: borrowing MailSession) {
        id = session.id
        vlans = session.vlans
        client = session.client
        server = session.server
    }
}

/// A session and what the rules say of it.
package struct JudgedSession: Sendable {
    package let session: MailSession
    package let exposure: Exposure
    /// Worst first.
    package let findings: [Finding]
    /// For each finding that the user does not want to hear, the entry that says so.
    package let suppressed: [Int]

    package init(session: MailSession, exposure: Exposure, findings: [Finding], suppressed: [Int] = []) {
        self.session = session
        self.exposure = exposure
        self.findings = findings
        self.suppressed = suppressed
    }
}

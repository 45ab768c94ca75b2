import Sessions
import Wire

/// What a run saw and did not see: the figures under every report.
public struct CaptureSummary: Sendable {
    public var inputs: [InputSummary] = []
    public var start: Timestamp?
    public var end: Timestamp?
    /// Sessions that exchanged payload, by verdict. Sessions that are not mail are in `notMail` alone.
    public var byVerdict: [Verdict: Tally] {
        Dictionary(uniqueKeysWithValues: tallies.counted.map { ($0.key, $0.value) })
    }
    private var tallies = FewCounts<Verdict, Tally>()
    /// Findings by rule id.
    public var findings: [String: Int] {
        Dictionary(found.counted.map { ($0.key.card.id, $0.value) }, uniquingKeysWith: +)
    }
    private var found = FewCounts<CountedRule, Int>()
    /// The worst finding of the run; what `--fail-on` is compared with.
    public var worst: Severity?
    public var notMail = 0
    /// Connections that go on while the summary is made, and findings that were told of them, which is not counted yet; `nil` at the end of a run.
    public var goingOn: GoingOn?
    /// `nil` where no packets are kept.
    public var evidence: EvidenceCounters?
    public var counters = CaptureCounters()
    /// What the user does not want to hear, as given.
    public var suppressions: [Suppression] = []
    /// Findings that were left out for each of them, by its place.
    public private(set) var suppressed: [Int: Int] = [:]
    /// In how many sessions something could not be observed, and why.
    public var notObservable: [Unobserved: Int] {
        Dictionary(uniqueKeysWithValues: unobserved.counted.map { ($0.key, $0.value) })
    }
    private var unobserved = FewCounts<Unobserved, Int>()

    public init() {}

    public struct GoingOn: Sendable, Hashable {
        public var connections = 0
        public var findings = 0

        public init(connections: Int = 0, findings: Int = 0) {
            self.connections = connections
            self.findings = findings
        }

        public mutating func add(_ other: Self) {
            connections += other.connections
            findings += other.findings
        }
    }

    public struct Tally: Sendable, Hashable {
        public var sessions = 0
        /// Whole frames, in octets.
        public var octets: UInt64 = 0

        fileprivate mutating func add(_ octets: UInt64) {
            sessions += 1
            self.octets &+= octets
        }

        fileprivate mutating func add(_ other: Self) {
            sessions += other.sessions
            octets &+= other.octets
        }
    }

    public var sessions: Int { tallies.counted.reduce(0) { $0 + $1.value.sessions } }

    public mutating func add(_ judged: JudgedSession) {
        guard !judged.session.application.isForeign else {
            notMail += 1
            return
        }
        tallies[judged.exposure.verdict, default: Tally()].add(judged.session.transport.octets)
        for fact in judged.session.notObservable { unobserved[fact, default: 0] += 1 }
        // By their places: a finding that is taken out counts all that it refers to.
        for place in judged.findings.indices {
            count(judged.findings[place].card)
            note(judged.findings[place].severity)
        }
        suppress(judged.suppressed)
    }

    /// Counts findings that were left out, each by the entry that covers it.
    public mutating func suppress(_ entries: [Int]) {
        for entry in entries { suppressed[entry, default: 0] += 1 }
    }

    /// Entries that no longer hold when the capture ends.
    public var expiredSuppressions: [Suppression] {
        guard let end else { return [] }
        return suppressions.filter { $0.hasExpired(at: end) }
    }

    /// Adds what another part of the same run has come to. Inputs and times are the run's own.
    public mutating func merge(_ other: Self) {
        for (verdict, tally) in other.tallies.counted { tallies[verdict, default: Tally()].add(tally) }
        for (rule, count) in other.found.counted { found[rule, default: 0] += count }
        if let severity = other.worst { worst = max(worst ?? severity, severity) }
        suppressed.merge(other.suppressed, uniquingKeysWith: +)
        notMail += other.notMail
        counters.merge(other.counters)
        for (fact, count) in other.unobserved.counted { unobserved[fact, default: 0] += count }
        if let more = other.evidence {
            var counters = evidence ?? EvidenceCounters()
            counters.merge(more)
            evidence = counters
        }
    }

    public mutating func add(_ finding: Finding) {
        count(finding.card)
        note(finding.severity)
    }

    private mutating func count(_ card: RuleCard) { found[CountedRule(card: card), default: 0] += 1 }

    /// Takes in how bad something is that was counted before.
    public mutating func note(_ severity: Severity) { worst = max(worst ?? .info, severity) }
}

/// A rule of which findings are counted: its card is the same object wherever it is named.
private struct CountedRule: Equatable {
    let card: RuleCard

    static func == (left: Self, right: Self) -> Bool { left.card === right.card }
}

/// Counts of a few dozen things at most, in the order in which they came: looking through them takes less than a hash.
private struct FewCounts<Key: Equatable, Count> {
    private(set) var counted: [(key: Key, value: Count)] = []

    subscript(_ key: Key, default start: Count) -> Count {
        get { counted.first { $0.key == key }?.value ?? start }
        _modify {
            let known = counted.firstIndex { $0.key == key }
            if known == nil { counted.append((key, start)) }
            yield &counted[known ?? counted.count - 1].value
        }
    }
}

extension FewCounts: Sendable where Key: Sendable, Count: Sendable {}

/// One input and how far it was read.
public struct InputSummary: Sendable {
    /// As the user named it; `-` for standard input.
    public var name: String
    public var packets: UInt64 = 0
    /// Captured octets of all packets.
    public var octets: UInt64 = 0
    /// Of an interface: packets that were lost since they were not read in time.
    public var droppedByKernel: UInt64?
    /// Of an interface: packets that it lost by itself, or its driver.
    public var droppedByInterface: UInt64?
    /// One sentence where reading ended before the input did.
    public var failure: String?

    public init(name: String) { self.name = name }
}

/// Counts of the packets and connections of a run.
public struct CaptureCounters: Sendable {
    public var packets: UInt64 = 0
    /// Packets that the user's filter left out.
    public var filtered: UInt64 = 0
    /// TCP segments on a mail port.
    public var mailSegments: UInt64 = 0
    /// Packets that are no TCP over IP, or on other ports.
    public var otherPackets: UInt64 = 0
    /// Parts of IP packets that may hold mail.
    public var fragments: UInt64 = 0
    /// Fragmented packets that were put together.
    public var reassembled: UInt64 = 0
    /// Fragmented packets that were not: parts are missing, came too late or contradict each other, or the budget was
    /// spent. Their octets show up as gaps.
    public var notReassembled: UInt64 = 0
    /// Those among them that were given up to stay within the memory budget.
    public var evictedFragments: UInt64 = 0
    /// Fragmented packets whose parts overlapped with different octets.
    public var ambiguousFragments: UInt64 = 0
    /// Packets in more headers than are read.
    public var nestedTooDeep: UInt64 = 0
    /// Mail packets in tunnels beyond those whose facts are kept.
    public var unnamedPaths: UInt64 = 0
    /// Packets that a header parser refused, by layer.
    public var malformed: [Layer: UInt64] = [:]
    /// Octets that a session's parsers refused, by layer.
    public var unreadable: [Layer: Int] = [:]
    /// SYNs on a mail port that no one answered.
    public var halfOpen = 0
    /// Connections that carried no payload, or whose segments belong to no connection seen.
    public var withoutPayload = 0
    public var retransmissions: UInt64 = 0
    /// Packets that the capture holds twice.
    public var duplicates: UInt64 = 0
    /// Segments that came before their turn.
    public var outOfOrder: UInt64 = 0
    /// Segments with a wrong checksum from senders whose others are right: their receivers dropped them.
    public var damagedSegments: UInt64 = 0
    /// Octets that were seen twice and differ.
    public var conflicts: UInt64 = 0
    /// Sessions whose copies were not compared any more, to stay within the memory budget.
    public var notCompared: UInt64 = 0
    /// Segments too far from what their connection had reached.
    public var outOfWindow: UInt64 = 0
    /// Holes in a stream that never filled.
    public var gaps = 0
    public var gapOctets: UInt64 = 0
    public var truncatedSegments = 0
    /// Packets that the snapshot length or a mirror cut before their headers ended: whose they are, or what they carry, is not known.
    public var cutHeaders: UInt64 = 0
    /// Connections given up to stay within the memory budget, unanswered ones included.
    public var evicted = 0
    /// Those among them of which octets were read: what was seen until then is told.
    public var evictedSessions = 0
    /// Packets with a time stamp hours from those around it, which go on as before: it tells nothing.
    public var contradictedStamps: UInt64 = 0
    /// Connections whose beginning was read behind what follows it, and which were taken for two: the inputs are not in the
    /// order of time.
    public var lateBeginnings: UInt64 = 0
    /// Lines that were longer than what is kept of an unfinished one: the rest was dropped.
    public var cutLines: UInt64 = 0
    /// How often octets of a client that waited for a reply took too much memory, and were read on without it.
    public var waitsGivenUp: UInt64 = 0
    /// Sessions with more commands that waited for replies than are kept.
    public var commandsGivenUp: UInt64 = 0
    /// Connections that were not followed since more came in than could be looked at.
    public var connectionsGivenUp: UInt64 = 0
    /// Packets of connections that were not followed, given up for the same reason.
    public var packetsGivenUp: UInt64 = 0
    /// How often holes in streams were given up early, since the octets held back behind them took too much memory.
    public var holdBackOverflows = 0
    /// Hops that found no room, at least: they and their findings are counted, not itemized.
    public var hopsNotItemized = 0

    public init() {}
}

extension CaptureCounters {
    /// Adds what a decoder counted.
    public mutating func add(_ decoder: DecoderCounters) {
        reassembled += decoder.reassembled
        notReassembled += decoder.notReassembled
        evictedFragments += decoder.evictedFragments
        ambiguousFragments += decoder.ambiguous
        duplicates += decoder.copies
        nestedTooDeep += decoder.nestedTooDeep
        unnamedPaths += decoder.unnamedPaths
    }

    /// Adds what readers counted of dialogues that were longer than what is kept.
    public mutating func add(_ overflows: DialogueOverflows) {
        cutLines += overflows.lines
        waitsGivenUp += overflows.waits
        commandsGivenUp += overflows.commands
    }

    /// Adds the counts of another stage of the same run.
    public mutating func merge(_ other: Self) {
        packets += other.packets
        filtered += other.filtered
        mailSegments += other.mailSegments
        otherPackets += other.otherPackets
        fragments += other.fragments
        reassembled += other.reassembled
        notReassembled += other.notReassembled
        evictedFragments += other.evictedFragments
        ambiguousFragments += other.ambiguousFragments
        nestedTooDeep += other.nestedTooDeep
        unnamedPaths += other.unnamedPaths
        malformed.merge(other.malformed, uniquingKeysWith: +)
        unreadable.merge(other.unreadable, uniquingKeysWith: +)
        halfOpen += other.halfOpen
        withoutPayload += other.withoutPayload
        retransmissions += other.retransmissions
        duplicates += other.duplicates
        outOfOrder += other.outOfOrder
        damagedSegments += other.damagedSegments
        conflicts += other.conflicts
        notCompared += other.notCompared
        outOfWindow += other.outOfWindow
        gaps += other.gaps
        gapOctets += other.gapOctets
        truncatedSegments += other.truncatedSegments
        cutHeaders += other.cutHeaders
        evicted += other.evicted
        evictedSessions += other.evictedSessions
        contradictedStamps += other.contradictedStamps
        lateBeginnings += other.lateBeginnings
        cutLines += other.cutLines
        waitsGivenUp += other.waitsGivenUp
        commandsGivenUp += other.commandsGivenUp
        connectionsGivenUp += other.connectionsGivenUp
        packetsGivenUp += other.packetsGivenUp
        holdBackOverflows += other.holdBackOverflows
        hopsNotItemized += other.hopsNotItemized
    }
}

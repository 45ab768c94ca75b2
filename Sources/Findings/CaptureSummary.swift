import Sessions
import Wire

/// What a run saw and did not see: the figures under every report.
package struct CaptureSummary: Sendable {
    package var inputs: [InputSummary] = []
    package var start: Timestamp?
    package var end: Timestamp?
    /// Sessions that exchanged payload, by verdict. Sessions that are not mail are in `notMail` alone.
    package var byVerdict: [Verdict: Tally] = [:]
    /// Findings by rule id.
    package var findings: [String: Int] = [:]
    /// The worst finding of the run; what `--fail-on` is compared with.
    package var worst: Severity?
    package var notMail = 0
    /// `nil` where no packets are kept.
    package var evidence: EvidenceCounters?
    package var counters = CaptureCounters()
    /// What the user does not want to hear, as given.
    package var suppressions: [Suppression] = []
    /// Findings that were left out for each of them, by its place.
    package private(set) var suppressed: [Int: Int] = [:]
    /// In how many sessions something could not be observed, and why.
    package var notObservable: [Unobserved: Int] = [:]

    package init() {}

    package struct Tally: Sendable, Hashable {
        package var sessions = 0
        /// Whole frames, in octets.
        package var octets: UInt64 = 0

        fileprivate mutating func add(_ octets: UInt64) {
            sessions += 1
            self.octets &+= octets
        }
    }

    package var sessions: Int { byVerdict.values.reduce(0) { $0 + $1.sessions } }

    package mutating func add(_ judged: JudgedSession) {
        guard judged.session.application != .notMail else {
            notMail += 1
            return
        }
        byVerdict[judged.exposure.verdict, default: Tally()].add(judged.session.transport.octets)
        for unobserved in judged.session.notObservable { notObservable[unobserved, default: 0] += 1 }
        for finding in judged.findings { add(finding) }
        suppress(judged.suppressed)
    }

    /// Counts findings that were left out, each by the entry that covers it.
    package mutating func suppress(_ entries: [Int]) {
        for entry in entries { suppressed[entry, default: 0] += 1 }
    }

    /// Entries that no longer hold when the capture ends.
    package var expiredSuppressions: [Suppression] {
        guard let end else { return [] }
        return suppressions.filter { $0.hasExpired(at: end) }
    }

    /// Adds what another part of the same run has come to. Inputs and times are the run's own.
    package mutating func merge(_ other: Self) {
        for (verdict, tally) in other.byVerdict {
            byVerdict[verdict, default: Tally()].sessions += tally.sessions
            byVerdict[verdict, default: Tally()].octets &+= tally.octets
        }
        findings.merge(other.findings, uniquingKeysWith: +)
        if let severity = other.worst { worst = max(worst ?? severity, severity) }
        suppressed.merge(other.suppressed, uniquingKeysWith: +)
        notMail += other.notMail
        counters.merge(other.counters)
        notObservable.merge(other.notObservable, uniquingKeysWith: +)
        if let more = other.evidence {
            var counters = evidence ?? EvidenceCounters()
            counters.merge(more)
            evidence = counters
        }
    }

    package mutating func add(_ finding: Finding) {
        findings[finding.card.id, default: 0] += 1
        note(finding.severity)
    }

    /// Takes in how bad something is that was counted before.
    package mutating func note(_ severity: Severity) { worst = max(worst ?? .info, severity) }
}

/// One input and how far it was read.
package struct InputSummary: Sendable {
    /// As the user named it; `-` for standard input.
    package var name: String
    package var packets: UInt64 = 0
    /// Captured octets of all packets.
    package var octets: UInt64 = 0
    /// Of an interface: packets that were lost since they were not read in time.
    package var droppedByKernel: UInt64?
    /// Of an interface: packets that it lost by itself, or its driver.
    package var droppedByInterface: UInt64?
    /// One sentence where reading ended before the input did.
    package var failure: String?

    package init(name: String) { self.name = name }
}

/// Counts of the packets and connections of a run.
package struct CaptureCounters: Sendable {
    package var packets: UInt64 = 0
    /// Packets that the user's filter left out.
    package var filtered: UInt64 = 0
    /// TCP segments on a mail port.
    package var mailSegments: UInt64 = 0
    /// Packets that are no TCP over IP, or on other ports.
    package var otherPackets: UInt64 = 0
    /// Parts of IP packets that may hold mail.
    package var fragments: UInt64 = 0
    /// Fragmented packets that were put together.
    package var reassembled: UInt64 = 0
    /// Fragmented packets that were not: parts are missing, came too late or contradict each other, or the budget was
    /// spent. Their octets show up as gaps.
    package var notReassembled: UInt64 = 0
    /// Fragmented packets whose parts overlapped with different octets.
    package var ambiguousFragments: UInt64 = 0
    /// Packets in more headers than are read.
    package var nestedTooDeep: UInt64 = 0
    /// Mail packets in tunnels beyond those whose facts are kept.
    package var unnamedPaths: UInt64 = 0
    /// Packets that a header parser refused, by layer.
    package var malformed: [Layer: UInt64] = [:]
    /// Octets that a session's parsers refused, by layer.
    package var unreadable: [Layer: Int] = [:]
    /// SYNs on a mail port that no one answered.
    package var halfOpen = 0
    /// Connections that carried no payload, or whose segments belong to no connection seen.
    package var withoutPayload = 0
    package var retransmissions: UInt64 = 0
    /// Packets that the capture holds twice.
    package var duplicates: UInt64 = 0
    /// Segments that came before their turn.
    package var outOfOrder: UInt64 = 0
    /// Segments with a wrong checksum from senders whose others are right: their receivers dropped them.
    package var damagedSegments: UInt64 = 0
    /// Octets that were seen twice and differ.
    package var conflicts: UInt64 = 0
    /// Segments too far from what their connection had reached.
    package var outOfWindow: UInt64 = 0
    /// Holes in a stream that never filled.
    package var gaps = 0
    package var gapOctets: UInt64 = 0
    package var truncatedSegments = 0
    /// Connections given up to stay within the memory budget, unanswered ones included.
    package var evicted = 0
    /// Connections that were not followed since more came in than could be looked at.
    package var connectionsGivenUp: UInt64 = 0
    /// Packets of connections that were not followed, given up for the same reason.
    package var packetsGivenUp: UInt64 = 0
    /// How often holes in streams were given up early, since the octets held back behind them took too much memory.
    package var holdBackOverflows = 0
    /// Sessions of hops over the limit: they and their findings are counted, not itemized.
    package var hopsNotItemized = 0

    package init() {}
}

extension CaptureCounters {
    /// Adds what a decoder counted.
    package mutating func add(_ decoder: DecoderCounters) {
        reassembled += decoder.reassembled
        notReassembled += decoder.notReassembled
        ambiguousFragments += decoder.ambiguous
        nestedTooDeep += decoder.nestedTooDeep
        unnamedPaths += decoder.unnamedPaths
    }

    /// Adds the counts of another stage of the same run.
    package mutating func merge(_ other: Self) {
        packets += other.packets
        filtered += other.filtered
        mailSegments += other.mailSegments
        otherPackets += other.otherPackets
        fragments += other.fragments
        reassembled += other.reassembled
        notReassembled += other.notReassembled
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
        outOfWindow += other.outOfWindow
        gaps += other.gaps
        gapOctets += other.gapOctets
        truncatedSegments += other.truncatedSegments
        evicted += other.evicted
        connectionsGivenUp += other.connectionsGivenUp
        packetsGivenUp += other.packetsGivenUp
        holdBackOverflows += other.holdBackOverflows
        hopsNotItemized += other.hopsNotItemized
    }
}

import Findings
import Sessions
import Wire

extension TextReport {
    /// What no one can tell from this capture; it stands beside every verdict.
    func notSeen(_ summary: CaptureSummary, on page: inout Page) {
        let rows = Self.unobservable(summary) + Self.losses(summary.counters) + Self.refused(summary.counters)
        guard !rows.isEmpty else { return }
        page.line()
        page.line(page.ink.paint("Not seen", .strong))
        for (label, words) in rows { page.row(label, words, indent: 2, column: Self.summaryLabels) }
    }

    private static func unobservable(_ summary: CaptureSummary) -> [(String, String)] {
        UnobservedCounts.sorted(summary.notObservable).map { unobserved, count in
            (unobserved.fact, "\(Quantity.counted(count, "session")): \(unobserved.why.rawValue)")
        }
    }

    private static func losses(_ counters: CaptureCounters) -> [(String, String)] {
        let missing = Quantity.counted(counters.gapOctets, "octet")
        let rows: [(label: String, count: UInt64, noun: String, what: String)] = [
            ("gaps", UInt64(clamping: counters.gaps), "hole", "in streams, \(missing) missing"),
            ("damaged", counters.damagedSegments, "segment", "with a wrong checksum, left out as its receiver did"),
            (
                "truncated", UInt64(clamping: counters.truncatedSegments), "segment",
                "cut short by the snapshot length, or by a mirror"
            ),
            (
                "truncated", counters.cutHeaders, "packet",
                "cut by the snapshot length, or by a mirror, before the headers ended, and not read: capture more of each"
            ),
            ("duplicates", counters.duplicates, "packet", "that the capture holds twice, not looked at again"),
            ("conflicts", counters.conflicts, "place", "in streams whose octets were seen twice and differ"),
            (
                "not compared", counters.notCompared, "session",
                "whose copies were not compared, to stay within the memory budget"
            ),
            ("fragments", counters.notReassembled, "fragmented packet", "not put together"),
            (
                "fragments", counters.evictedFragments, "fragmented packet",
                "among them given up to stay within the memory budget"
            ),
            ("ambiguous", counters.ambiguousFragments, "fragmented packet", "whose parts overlap and differ"),
            ("too deep", counters.nestedTooDeep, "packet", "in more headers than are read"),
            ("paths", counters.unnamedPaths, "packet", "in tunnels beyond those that are told apart by name"),
            ("half-open", UInt64(clamping: counters.halfOpen), "connection attempt", "that no one answered"),
            ("no payload", UInt64(clamping: counters.withoutPayload), "connection", "without an octet of mail"),
            ("evicted", UInt64(clamping: counters.evicted), "connection", "given up to stay within the memory budget"),
            (
                "evicted", UInt64(clamping: counters.evictedSessions), "connection",
                "among them of which octets had been read: told as evicted"
            ),
            (
                "overload", counters.connectionsGivenUp, "new connection",
                "not followed, since more came in than could be looked at"
            ),
            ("overload", counters.packetsGivenUp, "packet", "of connections that were not followed, given up likewise"),
            (
                "held back", UInt64(clamping: counters.holdBackOverflows), "time",
                "holes were given up early to stay within the memory budget"
            ),
            ("stamps", counters.contradictedStamps, "packet", "with a time that the packets around it contradict"),
            (
                "order", counters.lateBeginnings, "connection",
                "taken for two, since its beginning was read behind its end: name files in the order of time, or use --merge"
            ),
            ("long lines", counters.cutLines, "line", "longer than is kept of one, the rest not read"),
            (
                "waiting", counters.waitsGivenUp, "time",
                "a client's octets were read without the reply that they waited for, to stay within the memory budget"
            ),
            (
                "commands", counters.commandsGivenUp, "session",
                "with more commands waiting for replies than are kept: which reply answers which is guessed"
            ),
            (
                "more hops", UInt64(clamping: counters.hopsNotItemized), "hop",
                "at least that found no room: counted, not itemized"
            ),
        ]
        return rows.filter { $0.count > 0 }.map { ($0.label, "\(Quantity.counted($0.count, $0.noun)) \($0.what)") }
    }

    private static func refused(_ counters: CaptureCounters) -> [(String, String)] {
        let malformed = Layer.allCases.compactMap { layer in
            counters.malformed[layer].map { "\(layer) \(Quantity.grouped($0))" }
        }
        let unreadable = Layer.allCases.compactMap { layer in
            counters.unreadable[layer].map { "\(layer) \(Quantity.grouped($0))" }
        }
        let rows = [("malformed", "packets", malformed), ("unreadable", "in sessions", unreadable)]
        return rows.filter { !$0.2.isEmpty }.map { ($0.0, "\($0.1): \($0.2.joined(separator: ", "))") }
    }
}

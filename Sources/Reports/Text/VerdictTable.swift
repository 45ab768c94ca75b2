import Findings

/// The summary's table of verdicts. Shares are of the sessions that have one: `idle` and `local` stand outside.
struct VerdictTable {
    private let summary: CaptureSummary
    private let sessionsWithShare: UInt64
    private let octetsWithShare: UInt64

    init(_ summary: CaptureSummary) {
        self.summary = summary
        let tallies = summary.byVerdict.filter { $0.key.hasShare }.values
        sessionsWithShare = tallies.reduce(0) { $0 &+ UInt64(clamping: $1.sessions) }
        octetsWithShare = tallies.reduce(0) { $0 &+ $1.octets }
    }

    /// Columns of the verdict's word.
    static let margin = 15

    let header = Page.spaces(margin) + " sessions  share      octets  share"

    func sessions(_ verdict: Verdict) -> Int { summary.byVerdict[verdict]?.sessions ?? 0 }

    func row(_ verdict: Verdict) -> String {
        let count = sessions(verdict)
        let octets = summary.byVerdict[verdict]?.octets ?? 0
        let columns = [
            Page.rightAligned(Quantity.grouped(count), to: 9),
            share(UInt64(clamping: count), sessionsWithShare, verdict),
            Page.rightAligned(Quantity.octets(octets), to: 12),
            share(octets, octetsWithShare, verdict),
            "  " + verdict.meaning,
        ]
        return columns.joined()
    }

    private func share(_ part: UInt64, _ whole: UInt64, _ verdict: Verdict) -> String {
        Page.rightAligned(verdict.hasShare ? Quantity.share(part, of: whole) : "-", to: 7)
    }
}

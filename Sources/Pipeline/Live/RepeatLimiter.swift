import Findings
import Sessions
import Wire

/// Lets one alert through for each hop, rule and severity in a while, and counts the others: a busy server that has
/// something wrong has it wrong a thousand times an hour.
public struct RepeatLimiter: Sendable {
    /// What makes alerts alike.
    private struct Key: Hashable {
        let hop: HopKey
        let rule: Int
        let severity: Severity
    }

    /// One that was told, and what came after it.
    private struct Told {
        let until: Timestamp
        /// The latest one that was not told.
        var latest: (finding: Finding, time: Timestamp)?
        var count = 0
    }

    /// Alerts that nobody was told, when their while is over.
    public struct Summary: Sendable {
        public let finding: Finding
        public let hop: HopKey
        public let time: Timestamp
        public let count: Int
    }

    private var told: [Key: Told] = [:]
    /// Of whiles that ended when the next one began.
    private var overdue: [Summary] = []
    /// In nanoseconds; 0 lets everything through.
    private let window: Int64
    /// Kinds that are kept; beyond them alerts are told without being counted.
    private static let limit = 16_384

    public init(window: Int64) { self.window = window }

    /// Whether to tell it now.
    public mutating func admits(_ finding: Finding, on hop: HopKey, at time: Timestamp) -> Bool {
        guard window > 0 else { return true }
        let key = Key(hop: hop, rule: finding.card.signatureID, severity: finding.severity)
        if var known = told[key], time.since(known.until) < 0, !isLeap(time, before: known.until) {
            known.count += 1
            known.latest = (finding, time)
            told[key] = known
            return false
        }
        guard told.count < Self.limit || told[key] != nil else { return true }
        if let over = told[key] { overdue += summary(of: over, key) }
        let end = time.nanoseconds.addingReportingOverflow(window).partialValue
        told[key] = Told(until: Timestamp(nanoseconds: end))
        return true
    }

    /// The one that was told had a stamp that is far ahead of the others: nothing may be silent until then.
    private func isLeap(_ time: Timestamp, before until: Timestamp) -> Bool {
        let left = until.since(time)
        return left > window && left - window > window
    }

    /// What was not told in whiles that are over, in the order of their time; `nil` ends all of them.
    public mutating func takeSummaries(at now: Timestamp?) -> [Summary] {
        var summaries = overdue
        overdue = []
        for (key, entry) in told where now.map({ $0.since(entry.until) >= 0 }) ?? true {
            told[key] = nil
            summaries += summary(of: entry, key)
        }
        return summaries.sorted { ($0.time.nanoseconds, $0.hop) < ($1.time.nanoseconds, $1.hop) }
    }

    /// None where everything was told.
    private func summary(of entry: Told, _ key: Key) -> [Summary] {
        guard let latest = entry.latest else { return [] }
        return [Summary(finding: latest.finding, hop: key.hop, time: latest.time, count: entry.count)]
    }
}

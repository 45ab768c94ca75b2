import Findings
import Reports
import Trust

/// What a run shall do, as the command line says it.
package struct RunOptions: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// For people: findings by hop, then the summary.
        case text
        /// The summary alone.
        case summary
        /// One EVE event per line.
        case jsonl
    }

    /// Files, `-` for standard input, and directories, which stand for the captures in them.
    package var inputs: [String]
    /// Packets of all inputs are taken in the order of their time stamps, not input after input.
    package var mergesInputs = false
    package var filter: String?
    package var format = Format.text
    /// Nothing goes to stdout; the exit status tells.
    package var isQuiet = false
    package var report: ReportOptions
    package var tracker: TrackerOptions
    /// Findings at or above it make the exit status 1; `nil` switches that off.
    package var failOn: Severity? = .medium
    /// Rules that are asked.
    package var rules: [any Rule.Type] = RuleBook.rules
    /// Findings that the user does not want to hear.
    package var suppressions: [Suppression] = []
    /// Interfaces in place of files; `nil` where captures are read.
    package var live: LiveRunOptions?
    /// Threads that take packets apart and follow connections; the results do not depend on it.
    package var threads = 1
    /// The authorities that servers' certificates are followed to; `nil` where trust is not asked for.
    package var trust: TrustStore?
    /// What the rules shall tell of.
    package var settings = RuleSettings()
    /// More would find nothing to do.
    package static let maximumThreads = Shard.count
    /// What of it the tracker gets is in `tracker`.
    package var memory = MemoryBudget.standard
    /// How long after a failure of TLS a delivery in clear is taken to follow it, in nanoseconds; 0 switches that off.
    package var retryWindow = RetryMemory.defaultWindow
    /// Where packets of sessions with findings are kept; `nil` where they are not.
    package var evidence: EvidenceOptions?
    /// Stop after so many packets of all inputs.
    package var maximumPackets: UInt64?
    /// Counts of each input on stderr.
    package var isVerbose = false
    /// stderr is a terminal, so that a progress line may be drawn on it.
    package var showsProgress = false

    /// Findings are told as they come, for people.
    var writesAlerts: Bool { live != nil && format == .text && !isQuiet }
    /// Sessions are written as events.
    var writesEvents: Bool { format == .jsonl && !isQuiet }

    package init(inputs: [String], report: ReportOptions, tracker: TrackerOptions) {
        self.inputs = inputs
        self.report = report
        self.tracker = tracker
    }
}

/// What the process tells its caller (design, section 7).
package enum ExitStatus: Int32, Sendable {
    /// Nothing was found at or above `--fail-on`.
    case clean = 0
    case findings = 1
    /// Usage, unreadable input, or output that could not be written. Outranks findings.
    case failure = 2
}

import Findings
import Reports
import Trust

/// What a run shall do, as the command line says it.
public struct RunOptions: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        /// For people: findings by hop, then the summary.
        case text
        /// The summary alone.
        case summary
        /// One EVE event per line.
        case jsonl
    }

    /// Files, `-` for standard input, and directories, which stand for the captures in them.
    public var inputs: [String]
    /// Packets of all inputs are taken in the order of their time stamps, not input after input.
    public var mergesInputs = false
    public var filter: String?
    /// Files are left to libpcap even where they could be read without it, to compare.
    public var readsThroughLibpcap = false
    public var format = Format.text
    /// Nothing goes to stdout; the exit status tells.
    public var isQuiet = false
    public var report: ReportOptions
    public var tracker: TrackerOptions
    /// Findings at or above it make the exit status 1; `nil` switches that off.
    public var failOn: Severity? = .medium
    /// Rules that are asked.
    public var rules: [any Rule.Type] = RuleBook.rules
    /// Findings that the user does not want to hear.
    public var suppressions: [Suppression] = []
    /// Interfaces in place of files; `nil` where captures are read.
    public var live: LiveRunOptions?
    /// Threads that take packets apart and follow connections; the results do not depend on it.
    public var threads = 1
    /// The authorities that servers' certificates are followed to; `nil` where trust is not asked for.
    public var trust: TrustStore?
    /// What the rules shall tell of.
    public var settings = RuleSettings()
    /// More would find nothing to do.
    public static let maximumThreads = Shard.count
    /// What of it the tracker gets is in `tracker`.
    public var memory = MemoryBudget.standard
    /// How long after a failure of TLS a delivery in clear is taken to follow it, in nanoseconds; 0 switches that off.
    public var retryWindow = RetryMemory.defaultWindow
    /// Where packets of sessions with findings are kept; `nil` where they are not.
    public var evidence: EvidenceOptions?
    /// Stop after so many packets of all inputs.
    public var maximumPackets: UInt64?
    /// Counts of each input on stderr.
    public var isVerbose = false
    /// stderr is a terminal, so that a progress line may be drawn on it.
    public var showsProgress = false

    /// Findings are told as they come, for people.
    var writesAlerts: Bool { live != nil && format == .text && !isQuiet }
    /// Sessions are written as events.
    var writesEvents: Bool { format == .jsonl && !isQuiet }

    public init(inputs: [String], report: ReportOptions, tracker: TrackerOptions) {
        self.inputs = inputs
        self.report = report
        self.tracker = tracker
    }
}

/// What the process tells its caller (design, section 7).
public enum ExitStatus: Int32, Sendable {
    /// Nothing was found at or above `--fail-on`.
    case clean = 0
    case findings = 1
    /// Usage, unreadable input, or output that could not be written. Outranks findings.
    case failure = 2
}

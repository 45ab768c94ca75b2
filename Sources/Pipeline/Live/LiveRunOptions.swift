import Capture

/// What a run over interfaces shall do besides.
public struct LiveRunOptions: Sendable {
    public var capture: LiveOptions
    /// How long an alert on the same hop and rule is counted and not told again, in nanoseconds; 0 tells all.
    public var repeatWindow: Int64 = 600_000_000_000
    /// How often the summary is written, in nanoseconds; `nil` for at the end alone.
    public var summaryInterval: Int64?
    /// The file that results go to, which SIGHUP opens anew; `nil` for standard output.
    public var output: String?

    /// Who opens the output file anew; `nil` where the process may do so itself.
    public var broker: Broker?

    public init(capture: LiveOptions) { self.capture = capture }
}

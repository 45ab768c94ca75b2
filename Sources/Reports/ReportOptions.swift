/// What every report asks of its caller.
public struct ReportOptions: Sendable {
    /// Show mailbox names whole (`--show-addresses`); otherwise each keeps its leading character alone.
    public var showAddresses: Bool
    /// Use ANSI colour. The caller decides: a terminal, and no `NO_COLOR`.
    public var colour: Bool
    /// Columns of the terminal.
    public var width: Int
    /// EVE's `host`; absent from events where `nil`.
    public var sensorName: String?
    /// The inputs are interfaces and not files: events say `in_iface` in place of `pcap_filename`.
    public var isLive: Bool

    public static let defaultWidth = 100

    public init(
        showAddresses: Bool = false, colour: Bool = false, width: Int = defaultWidth, sensorName: String? = nil,
        isLive: Bool = false
    ) {
        self.showAddresses = showAddresses
        self.colour = colour
        self.width = width
        self.sensorName = sensorName
        self.isLive = isLive
    }
}

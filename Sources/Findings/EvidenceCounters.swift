/// What became of the packets that are kept of sessions with findings.
public struct EvidenceCounters: Sendable, Equatable {
    /// Sessions whose packets were written.
    public var sessions: UInt64 = 0
    public var packets: UInt64 = 0
    public var octets: UInt64 = 0
    /// Files that were made, those that were removed to make room included.
    public var files: UInt64 = 0
    public var filesRemoved: UInt64 = 0
    /// Packets that could not be written.
    public var packetsLost: UInt64 = 0
    /// Packets of sessions with findings beyond those that are kept of one.
    public var packetsLeftOut: UInt64 = 0
    /// Sessions whose packets were given up before they ended, to stay within the memory budget.
    public var sessionsGivenUp: UInt64 = 0

    public init() {}

    public mutating func merge(_ other: Self) {
        sessions &+= other.sessions
        packets &+= other.packets
        octets &+= other.octets
        files &+= other.files
        filesRemoved &+= other.filesRemoved
        packetsLost &+= other.packetsLost
        packetsLeftOut &+= other.packetsLeftOut
        sessionsGivenUp &+= other.sessionsGivenUp
    }
}

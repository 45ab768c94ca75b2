import Capture
import Findings

/// Which packets are kept for Wireshark, and where they go.
public struct EvidenceOptions: Sendable {
    /// The files that they go to.
    public var files: EvidenceFiles
    /// Octets of one file; what is written of a session at once is never split over two.
    public var fileSize = 64 << 20
    /// Sessions whose worst finding is below it leave nothing.
    public var leastSeverity = Severity.low
    /// Packets are written as they are: nothing is overwritten.
    public var isRaw = false

    public init(files: EvidenceFiles) { self.files = files }

    /// Whether packets of a session with these findings are kept.
    func keeps(_ findings: [Finding]) -> Bool { findings.contains { $0.severity >= leastSeverity } }

    /// A file that holds one session at least.
    public static let smallestFile = 1 << 20
}

import Capture
import Findings

/// Which packets are kept for Wireshark, and where they go.
package struct EvidenceOptions: Sendable {
    /// The files that they go to.
    package var files: EvidenceFiles
    /// Octets of one file; what is written of a session at once is never split over two.
    package var fileSize = 64 << 20
    /// Sessions whose worst finding is below it leave nothing.
    package var leastSeverity = Severity.low
    /// Packets are written as they are: nothing is overwritten.
    package var isRaw = false

    package init(files: EvidenceFiles) { self.files = files }

    /// Whether packets of a session with these findings are kept.
    func keeps(_ findings: [Finding]) -> Bool { findings.contains { $0.severity >= leastSeverity } }

    /// A file that holds one session at least.
    package static let smallestFile = 1 << 20
}

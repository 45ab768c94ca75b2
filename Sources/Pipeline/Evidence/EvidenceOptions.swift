import Capture
import Findings

/// Which packets are kept for Wireshark, and where they go.
package struct EvidenceOptions: Sendable {
    /// The files that they go to.
    package var files: EvidenceFiles
    /// Octets of one file; a session is never split over two.
    package var fileSize = 64 << 20
    /// Sessions whose worst finding is below it leave nothing.
    package var leastSeverity = Severity.low
    /// Packets are written as they are: nothing is overwritten.
    package var isRaw = false

    package init(files: EvidenceFiles) { self.files = files }

    /// A file that holds one session at least.
    package static let smallestFile = 1 << 20
}

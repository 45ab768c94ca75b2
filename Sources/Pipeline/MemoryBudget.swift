import Wire

/// How the memory that a run may use is shared out: everything that the wire can make grow has a part of it.
///
/// What does not grow comes on top: the program itself, the blocks being read (a few MiB), and the inputs' names.
public struct MemoryBudget: Sendable, Equatable {
    /// In octets.
    public let total: Int

    public static let standard = Self(total: 256 << 20)
    /// With less nothing useful could be followed.
    public static let least = Self(total: 16 << 20)

    public init(total: Int) { self.total = max(total, 16 << 20) }

    /// Connections and what their sessions have shown.
    var state: Int { total / 64 * 27 }
    /// Certificates that were read, kept for sessions that show them again.
    var certificates: Int { total / 8 }
    /// Octets held back by all connections together, with their cost.
    var held: Int { total / 8 }
    /// Octets in clear that are kept to compare others with them, of all connections together.
    var remembered: Int { total / 32 }
    /// Connections that nobody has answered; 200 octets each at most.
    var halfOpen: Int { total / 4096 }
    /// Closed connections that are kept whole for late segments; they count as state, too.
    var closing: Int { total / 16_384 }
    /// Ends of connections that are remembered after that; some 100 octets each.
    var closedFlows: Int { total / 8192 }
    /// Of all workers together, each of which may have an equal part of it however many there are: so what a run keeps
    /// does not depend on their number.
    /// Parts of fragmented packets: a whole one of 64 KiB must find room.
    var fragments: Int { max(RunOptions.maximumThreads << 17, total / 32) }
    /// What mail was wrapped in.
    var paths: Int { total / 64 * 3 }
    /// Packets of open sessions, where evidence is kept; on top of the total.
    var evidence: Int { total / 8 }
    /// Hops and examples of their findings, where these are reported; else what hops remember.
    public var hops: Int { total / 8 }
}

extension MemoryBudget {
    /// Reads `256M`, `1G` or a number of octets.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number > 0 else { return nil }
        let shift: Int
        switch text.dropFirst(digits.count).uppercased() {
        case "": shift = 0
        case "K", "KB", "KIB": shift = 10
        case "M", "MB", "MIB": shift = 20
        case "G", "GB", "GIB": shift = 30
        default: return nil
        }
        let (octets, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow, octets >= Self.least.total else { return nil }
        self.init(total: octets)
    }
}

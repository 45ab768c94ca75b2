import Findings
import Sessions
import Wire

/// Sessions that are complete and were not judged yet, in the order in which they became so: one at a time as a rule, in an
/// array that keeps its room.
struct FinishedSessions: Sendable {
    private var sessions: [JudgedSession] = []

    /// Room that is kept; many sessions end at once where time has leapt.
    private static let kept = 16

    var isEmpty: Bool { sessions.isEmpty }
    var indices: Range<Int> { sessions.indices }

    mutating func append(_ session: consuming MailSession) { sessions.append(JudgedSession(unjudged: session)) }

    /// Octets of the latest one that no parser could read.
    var latestErrors: [Observed<WireError>] { sessions.isEmpty ? [] : sessions[sessions.count - 1].session.errors }

    subscript(_ index: Int) -> JudgedSession {
        get { sessions[index] }
        _modify { yield &sessions[index] }
    }

    mutating func removeAll() { sessions.removeAll(keepingCapacity: sessions.capacity <= Self.kept) }
}

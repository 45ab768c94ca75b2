import Synchronization
import Testing

/// Differences that are known and right, each with its reason. One that no longer occurs fails the test.
final class Exceptions: Sendable {
    struct Entry: Sendable {
        let capture: String
        let field: String
        let reason: String

        init(_ capture: String, _ field: String, _ reason: String) {
            self.capture = capture
            self.field = field
            self.reason = reason
        }
    }

    private let entries: [Entry]
    private let used: Mutex<[Int]>

    init(_ entries: [Entry]) {
        self.entries = entries
        used = Mutex(Array(repeating: 0, count: entries.count))
    }

    var count: Int { entries.count }
    /// How many differences the entries have covered.
    var covered: Int { used.withLock { $0.reduce(0, +) } }

    /// Records an issue unless both sides agree or the difference is listed.
    func compare(_ capture: String, _ place: String, _ field: String, expected: String, seen: String) {
        guard expected != seen else { return }
        if let index = entries.firstIndex(where: { $0.capture == capture && $0.field == field }) {
            used.withLock { $0[index] += 1 }
        } else {
            Issue.record("\(capture) \(place): \(field) is \(seen), expected \(expected)")
        }
    }

    func expectAllUsed() {
        for (entry, uses) in zip(entries, used.withLock({ $0 })) where uses == 0 {
            Issue.record("\(entry.capture) no longer differs in \(entry.field): remove the entry (\(entry.reason))")
        }
    }
}

import Foundation
import Sessions
import Wire

/// Everything that is known of a session but where and when it was seen: equal for equal dialogues, however they were
/// cut into packets.
package struct SessionFacts: Hashable, Sendable {
    package let text: String

    package init(_ session: MailSession) {
        let values: [Any?] = [
            session.client, session.server, session.role, session.application, session.smtp, session.startTLS,
            session.tls, session.firstClientOctets, session.notObservable, session.errors, session.transport.gaps,
        ]
        text = Self.withoutFrames(values.map { $0.map { String(describing: $0) } ?? "nil" }.joined(separator: "\n"))
    }

    /// What differs first, with what stands around it; `nil` where nothing does.
    package func difference(from expected: Self) -> String? {
        guard self != expected else { return nil }
        let old = Array(expected.text)
        let new = Array(text)
        let place = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        let start = max(0, place - 80)
        func window(_ text: [Character]) -> String { String(text[start..<min(text.count, place + 80)]) }
        return "expected …\(window(old))…, is …\(window(new))…"
    }

    private static func withoutFrames(_ text: String) -> String {
        let pieces = text.components(separatedBy: "FrameNumber(file: ")
        return pieces.dropFirst().reduce(pieces.first ?? "") { result, piece in
            result + "FrameNumber" + (piece.firstIndex(of: ")").map { String(piece[$0...]) } ?? piece)
        }
    }
}

extension MailSession {
    package var facts: SessionFacts { SessionFacts(self) }
}

/// The first difference between the sessions of two captures that should tell the same.
package func difference(_ sessions: [MailSession], from expected: [SessionFacts]) -> String? {
    guard sessions.count == expected.count else { return "\(sessions.count) sessions, not \(expected.count)" }
    return zip(sessions, expected).lazy.compactMap { $0.facts.difference(from: $1) }.first
}

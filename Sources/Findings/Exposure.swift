import Sessions
import Wire

/// A class of eavesdropper (design, section 2).
package enum Listener: String, Sendable, CaseIterable, Comparable {
    /// Anyone on the path, now.
    case anyone
    /// Anyone on the path who knows the published attacks.
    case codebreaker
    /// Who records today and obtains the server's key later.
    case keyholder
    /// Who records today and has a quantum computer later.
    case quantum
    /// Who can alter traffic on the path.
    case interceptor

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What is known of an eavesdropper who alters traffic.
package enum Interceptor: String, Sendable, CaseIterable, Comparable {
    case unknown
    /// This client was seen to accept a server that did not prove itself.
    case possible
    /// Tampering is proven.
    case happened

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A session's exposure in one word, worst first.
package enum Verdict: String, Sendable, CaseIterable, Comparable {
    case open, tampered, weak, recordable, unknown, sealed, idle, local

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Who could read a session, and the verdict that follows.
package struct Exposure: Sendable, Equatable {
    /// In the order of `Listener`.
    package let listeners: [Listener]
    package let interceptor: Interceptor
    package let verdict: Verdict

    package init(listeners: [Listener], interceptor: Interceptor, verdict: Verdict) {
        self.listeners = listeners
        self.interceptor = interceptor
        self.verdict = verdict
    }
}

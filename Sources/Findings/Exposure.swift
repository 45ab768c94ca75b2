import Sessions
import Wire

/// A class of eavesdropper (design, section 2).
public enum Listener: String, Sendable, CaseIterable, Comparable {
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

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    fileprivate var rank: Int {
        switch self {
        case .anyone: 0
        case .codebreaker: 1
        case .keyholder: 2
        case .quantum: 3
        case .interceptor: 4
        }
    }

    var bit: Int { 1 << rank }

    /// Every set of them, in their order, by the bits of those that are in it: none is made anew for a session.
    static let lists: [[Self]] = (0..<1 << allCases.count).map { bits in allCases.filter { bits & $0.bit != 0 } }
}

/// What is known of an eavesdropper who alters traffic.
public enum Interceptor: String, Sendable, CaseIterable, Comparable {
    case unknown
    /// This client was seen to accept a server that did not prove itself.
    case possible
    /// Tampering is proven.
    case happened

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    fileprivate var rank: Int {
        switch self {
        case .unknown: 0
        case .possible: 1
        case .happened: 2
        }
    }
}

/// A session's exposure in one word, worst first.
public enum Verdict: String, Sendable, CaseIterable, Comparable {
    case open, tampered, weak, recordable, unknown, sealed, idle, local

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    fileprivate var rank: Int {
        switch self {
        case .open: 0
        case .tampered: 1
        case .weak: 2
        case .recordable: 3
        case .unknown: 4
        case .sealed: 5
        case .idle: 6
        case .local: 7
        }
    }
}

/// Who could read a session, and the verdict that follows.
public struct Exposure: Sendable, Equatable {
    /// In the order of `Listener`.
    public let listeners: [Listener]
    public let interceptor: Interceptor
    public let verdict: Verdict

    public init(listeners: [Listener], interceptor: Interceptor, verdict: Verdict) {
        self.listeners = listeners
        self.interceptor = interceptor
        self.verdict = verdict
    }

    /// Another one for each exposure that is another.
    public var number: UInt64 {
        let heard = listeners.reduce(UInt64(0)) { $0 << 3 | UInt64($1.rank + 1) }
        return heard << 5 | UInt64(interceptor.rank) << 3 | UInt64(verdict.rank)
    }

    /// Of a session that goes on.
    static let undecided = Exposure(listeners: [], interceptor: .unknown, verdict: .unknown)
}

import Findings

extension Verdict {
    /// What the word means, for the summary's table.
    var meaning: String {
        switch self {
        case .open: "anyone on the path could read it"
        case .tampered: "someone altered the traffic"
        case .weak: "published attacks could read it"
        case .recordable: "readable later, with the server's key"
        case .unknown: "the capture cannot tell"
        case .sealed: "encrypted on its way"
        case .idle: "no TLS, nothing exposed"
        case .local: "did not leave its host or tunnel"
        }
    }

    /// Whether shares are counted among sessions of this verdict.
    var hasShare: Bool { self != .idle && self != .local }
}

/// Who is in earshot, in words.
enum ListenerWording {
    /// `anyone on the path; whoever can alter traffic (possible)`.
    static func sentence(_ hop: Hop) -> String {
        let known = hop.listeners.sorted().map { long($0, hop.interceptor) }
        switch (known.isEmpty, hop.verdict) {
        case (true, .unknown): return "unknown"
        case (false, .unknown): return (known + ["anyone else: unknown"]).joined(separator: "; ")
        case (true, _): return "no one that the capture shows"
        case (false, _): return known.joined(separator: "; ")
        }
    }

    /// `quantum, interceptor possible`; `nil` where there is none.
    static func brief(_ hop: Hop) -> String? {
        let known = hop.listeners.sorted().map {
            $0 == .interceptor ? "interceptor \(hop.interceptor.rawValue)" : $0.rawValue
        }
        return known.isEmpty ? nil : known.joined(separator: ", ")
    }

    private static func long(_ listener: Listener, _ interceptor: Interceptor) -> String {
        switch listener {
        case .anyone: "anyone on the path"
        case .codebreaker: "anyone on the path who knows the published attacks"
        case .keyholder: "whoever records it and obtains the server's key later"
        case .quantum: "whoever records it and has a quantum computer later"
        case .interceptor where interceptor == .happened: "someone who altered the traffic"
        case .interceptor: "whoever can alter traffic on the path (possible)"
        }
    }
}

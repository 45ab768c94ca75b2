import Sessions
import Wire

/// A finding that the user knows of and does not want to hear again until a day: which rule, on which hop, and why.
///
/// What is suppressed is counted and listed with its reason; what a session exposed, and its verdict, stay as they are.
public struct Suppression: Hashable, Sendable {
    public let rule: String
    /// `nil` for every client.
    public let client: IPNetwork?
    /// `nil` for every server.
    public let server: IPNetwork?
    /// `nil` for every port.
    public let port: UInt16?
    /// Why, in the user's words.
    public let reason: String
    /// The last day on which it holds, `2027-01-31`.
    public let lastDay: String
    /// The second after it, since 1970, UTC.
    let end: Int64

    /// - Parameter end: seconds since 1970, the first moment at which it no longer holds.
    public init(
        rule: String, client: IPNetwork?, server: IPNetwork?, port: UInt16?, reason: String, lastDay: String, end: Int64
    ) {
        self.rule = rule
        self.client = client
        self.server = server
        self.port = port
        self.reason = reason
        self.lastDay = lastDay
        self.end = end
    }

    /// By the capture's clock.
    public func hasExpired(at time: Timestamp) -> Bool { time.seconds >= end }

    /// A finding over the capture as a whole belongs to no hop: only an entry for all of them covers it.
    func covers(_ finding: Finding, _ hop: Pair?, at time: Timestamp) -> Bool {
        guard finding.card.id == rule, !hasExpired(at: time) else { return false }
        guard let hop else { return client == nil && server == nil && port == nil }
        return client?.contains(hop.client) ?? true && server?.contains(hop.server.address) ?? true
            && (port ?? hop.server.port) == hop.server.port
    }

    /// Who hands mail to whom.
    struct Pair {
        let client: IPAddress
        let server: Endpoint
    }
}

extension Suppression {
    /// The hop as a person reads it.
    public var hop: String {
        let ends = (client.map(\.description) ?? "any client", server.map(\.description) ?? "any server")
        return "\(ends.0) -> \(ends.1)" + (port.map { ", port \($0)" } ?? "")
    }
}

/// Findings that are left when the suppressed ones are taken away.
struct Unsuppressed {
    private(set) var findings: [Finding]
    /// The entry that covers each of the others.
    private(set) var suppressed: [Int] = []

    init(_ all: [Finding], _ entries: [Suppression], _ hop: Suppression.Pair?, at time: Timestamp) {
        findings = all
        guard !all.isEmpty, !entries.isEmpty else { return }
        findings = all.filter { finding in
            guard let entry = entries.firstIndex(where: { $0.covers(finding, hop, at: time) }) else { return true }
            suppressed.append(entry)
            return false
        }
    }
}

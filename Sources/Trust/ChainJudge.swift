import Wire

/// Says of a server's certificates whether they are to be trusted; what was judged once is found again.
///
/// A judgement follows from the certificates, the bundle and the time alone, so it does not matter who asks for it, and
/// in which order. It holds between two moments at which a certificate of the chain or of the bundle begins or ceases
/// to be valid. Every slot holds one judgement, and a new one takes its place; of a certificate it keeps the digest.
public struct ChainJudge: Sendable {
    private struct Entry: Sendable {
        let fingerprints: [SHA256Fingerprint]
        let isWhole: Bool
        let holds: Range<Int64>
        let trust: ChainTrust

        /// The chain consists of the same certificates.
        func isOf(_ chain: [CertificateReading]) -> Bool {
            guard isWhole ? chain.count == fingerprints.count : chain.count > fingerprints.count else { return false }
            var index = 0
            for reading in chain {
                guard case .facts(let facts) = reading else { continue }
                guard index < fingerprints.count, fingerprints[index] == facts.fingerprint else { return false }
                index += 1
            }
            return index == fingerprints.count
        }
    }

    private struct NameEntry<Answer: Sendable>: Sendable {
        let leaf: SHA256Fingerprint
        let name: String
        let answer: Answer

        func isOf(_ leaf: CertificateFacts, _ name: String) -> Bool {
            self.leaf == leaf.fingerprint && self.name == name
        }
    }

    private let store: TrustStore?
    private var entries: [Entry?] = []
    private var names: [NameEntry<Bool?>?] = []
    private var matches: [NameEntry<NameMatch>?] = []
    /// Chains that had to be followed.
    public private(set) var followed = 0

    static let slots = 512

    /// - Parameter store: `nil` where trust is not asked for.
    public init(_ store: TrustStore?) { self.store = store }

    /// The server's chain as it was sent, leaf first, judged at a moment in seconds since 1970.
    public mutating func trust(of chain: [CertificateReading], at moment: Int64) -> ChainTrust {
        guard let store else { return .notChecked }
        guard chain.first?.facts != nil else { return .undecided(.unreadable) }
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.slots) }
        let slot = Self.slot(of: chain)
        if let known = entries[slot], known.holds.contains(moment), known.isOf(chain) { return known.trust }
        followed += 1
        let judged = Self.judge(chain, store.anchors, moment)
        entries[slot] = judged
        return judged.trust
    }

    /// By all certificates in their order: one leaf may be sent with others by turns.
    private static func slot(of chain: [CertificateReading]) -> Int {
        let sum: UInt64 = chain.reduce(0) { sum, reading in
            // An odd factor, so that no certificate's place is lost.
            sum &* 31 &+ (reading.facts?.fingerprint.sample ?? 0)
        }
        return Int(truncatingIfNeeded: sum) & (slots - 1)
    }

    private static func judge(_ chain: [CertificateReading], _ anchors: TrustAnchors, _ moment: Int64) -> Entry {
        let facts = chain.compactMap(\.facts)
        let isWhole = facts.count == chain.count
        let issuers = anchors.issuers(of: facts)
        // What the user trusts by itself needs nobody to vouch for it.
        var trust: ChainTrust =
            facts.first.map(anchors.contains) == true
            ? .trusted : ChainVerifier(anchors: issuers, moment: moment).trust(of: facts, isWhole: isWhole)
        // The rest of a chain that was cut could have led further.
        if case .untrusted = trust, chain.count >= CertificateReading.maximumChain { trust = .undecided(.tooLong) }
        return Entry(
            fingerprints: facts.map(\.fingerprint), isWhole: isWhole,
            holds: interval(around: moment, facts, issuers), trust: trust)
    }

    /// Between the last turn up to a moment, and the next one.
    private static func interval(
        around moment: Int64, _ facts: [CertificateFacts], _ anchors: IssuingAnchors
    ) -> Range<Int64> {
        let turns = anchors.turns.union(facts.flatMap(\.turns))
        let start = turns.filter { $0 <= moment }.max() ?? .min
        let end = turns.filter { $0 > moment }.min() ?? .max
        return start..<end
    }

    /// Whether the library takes a certificate to be for a host; `nil` where it does not take the certificate.
    public mutating func holds(_ leaf: CertificateFacts, _ name: String) -> Bool? {
        if names.isEmpty { names = Array(repeating: nil, count: Self.slots) }
        let slot = Int(truncatingIfNeeded: leaf.fingerprint.sample) & (Self.slots - 1)
        if let known = names[slot], known.isOf(leaf, name) { return known.answer }
        let holds = NameVerifier.holds(leaf, name)
        names[slot] = NameEntry(leaf: leaf.fingerprint, name: name, answer: holds)
        return holds
    }

    /// How the names of a certificate meet that of a host.
    public mutating func match(_ leaf: CertificateFacts, _ name: String) -> NameMatch {
        if matches.isEmpty { matches = Array(repeating: nil, count: Self.slots) }
        let slot = Int(truncatingIfNeeded: leaf.fingerprint.sample) & (Self.slots - 1)
        if let known = matches[slot], known.isOf(leaf, name) { return known.answer }
        let match = leaf.match(name)
        matches[slot] = NameEntry(leaf: leaf.fingerprint, name: name, answer: match)
        return match
    }
}

/// Certificate chains that many sessions show, found again by the octets of their messages.
///
/// It changes how fast a chain is read, never what is read.
public struct ChainCache: Sendable {
    /// Memory of the chains at most, in octets; one that takes more by itself is not kept.
    public let budget: Int
    /// Memory that they take, roughly, in octets: as if none had a certificate of another.
    public private(set) var cost = 0
    private var chains = Self.none

    private static var none: OctetCache<[CertificateReading]> { OctetCache(slots: 256, longest: 8 << 10) }

    public init(budget: Int) { self.budget = budget }

    /// The chain in the body of a Certificate message (RFC 5246 §7.4.2) that was read before.
    func find(_ body: Span<UInt8>) -> [CertificateReading]? { chains.find(body) }

    mutating func insert(_ body: Span<UInt8>, _ chain: [CertificateReading]) {
        let more = chain.reduce(body.count + Self.costOfPlace) { $0 + $1.cost }
        guard more <= budget else { return }
        cost += more
        // Whoever shows ever new ones has all of them read again, which the certificates that are kept make cheap.
        if cost > budget {
            chains = Self.none
            cost = more
        }
        chains.insert(body, chain)
    }

    /// What a chain takes besides its octets and its readings: its places in tables that are half empty at worst, and two lists.
    private static let costOfPlace = 160
}

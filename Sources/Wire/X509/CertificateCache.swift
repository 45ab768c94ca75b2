/// Readings of certificates by their digest: a server shows the same one in every session.
///
/// Bounded by entries and by the memory that they take; the oldest reading leaves first.
public struct CertificateCache: Sendable {
    /// Entries at most.
    public let capacity: Int
    /// Memory of the readings at most, in octets.
    public let budget: Int
    /// How often a reading was found.
    public private(set) var hits = 0
    /// How often a certificate had to be read.
    public private(set) var misses = 0
    /// Memory of all readings that had to be made, roughly, in octets.
    public private(set) var costMade = 0
    /// Memory that the cached ones take, roughly, in octets.
    public private(set) var cost = 0
    private var entries: [SHA256Fingerprint: CertificateReading] = [:]
    private var ages: [Age] = []
    /// The place in `ages` of the oldest entry; those before it are gone.
    private var oldest = 0

    private struct Age: Sendable {
        let fingerprint: SHA256Fingerprint
        let cost: Int
    }

    /// What a reading takes here besides itself: its places in both lists are half empty at worst.
    private static let costOfPlace =
        2
        * (MemoryLayout<SHA256Fingerprint>.stride + MemoryLayout<CertificateReading>.stride
            + MemoryLayout<Age>.stride)

    public init(capacity: Int = 4096, budget: Int = 4 << 20) {
        self.capacity = max(1, capacity)
        self.budget = budget
    }

    public var count: Int { entries.count }

    public mutating func reading(of der: Span<UInt8>) -> CertificateReading {
        let fingerprint = SHA256Fingerprint(of: der)
        if let known = entries[fingerprint] {
            hits += 1
            return known
        }
        misses += 1
        let reading = CertificateReading(der, fingerprint)
        costMade += reading.cost
        insert(reading, fingerprint)
        return reading
    }

    private mutating func insert(_ reading: CertificateReading, _ fingerprint: SHA256Fingerprint) {
        let age = Age(fingerprint: fingerprint, cost: reading.cost + Self.costOfPlace)
        entries[fingerprint] = reading
        ages.append(age)
        cost += age.cost
        while entries.count > capacity || cost > budget && entries.count > 1 { evictOldest() }
    }

    private mutating func evictOldest() {
        let age = ages[oldest]
        entries[age.fingerprint] = nil
        cost -= age.cost
        oldest += 1
        // The gone half is dropped at once, so that an eviction costs little on average.
        if 2 * oldest > ages.count {
            ages.removeFirst(oldest)
            oldest = 0
        }
    }
}

extension CertificateReading {
    fileprivate init(_ der: Span<UInt8>, _ fingerprint: SHA256Fingerprint) {
        do {
            self = .facts(try CertificateFacts(parsing: der, fingerprint: fingerprint))
        } catch {
            self = .unreadable(error, sha256: fingerprint.hex)
        }
    }
}

/// Readings of certificates by their digest: a server shows the same one in every session.
///
/// Bounded by entries and by the certificates' octets; the oldest reading leaves first.
public struct CertificateCache: Sendable {
    /// Entries at most.
    public let capacity: Int
    /// Octets of the cached certificates' encodings at most (a hostile one's reading takes up to nine times as much memory).
    public let octetBudget: Int
    /// How often a reading was found.
    public private(set) var hits = 0
    /// How often a certificate had to be read.
    public private(set) var misses = 0
    /// Octets of the certificates that had to be read.
    public private(set) var octetsRead = 0
    private var entries: [SHA256Fingerprint: CertificateReading] = [:]
    private var ages: [Age] = []
    /// The place in `ages` of the oldest entry; those before it are gone.
    private var oldest = 0
    private var octets = 0

    private struct Age: Sendable {
        let fingerprint: SHA256Fingerprint
        let octets: Int
    }

    public init(capacity: Int = 4096, octetBudget: Int = 8 << 20) {
        self.capacity = max(1, capacity)
        self.octetBudget = octetBudget
    }

    public var count: Int { entries.count }

    public mutating func reading(of der: Span<UInt8>) -> CertificateReading {
        let fingerprint = SHA256Fingerprint(of: der)
        if let known = entries[fingerprint] {
            hits += 1
            return known
        }
        misses += 1
        octetsRead += min(der.count, CertificateFacts.maximumOctets)
        let reading = CertificateReading(der, fingerprint)
        insert(reading, fingerprint, octets: min(der.count, CertificateFacts.maximumOctets))
        return reading
    }

    private mutating func insert(_ reading: CertificateReading, _ fingerprint: SHA256Fingerprint, octets count: Int) {
        entries[fingerprint] = reading
        ages.append(Age(fingerprint: fingerprint, octets: count))
        octets += count
        while entries.count > capacity || octets > octetBudget && entries.count > 1 { evictOldest() }
    }

    private mutating func evictOldest() {
        let age = ages[oldest]
        entries[age.fingerprint] = nil
        octets -= age.octets
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

import Testing

@testable import Wire

@Suite struct CertificateCacheTests {
    @Test func readsEachCertificateOnce() {
        var cache = CertificateCache()
        for _ in 0..<3 {
            for der in Certificates.all {
                let reading = cache.reading(of: der.span)
                #expect(reading.facts?.sha256 == SHA256Fingerprint(of: der.span).hex)
            }
        }
        #expect(cache.misses == Certificates.all.count)
        #expect(cache.hits == 2 * Certificates.all.count)
        #expect(cache.count == Certificates.all.count)
    }

    /// Readings of what is no certificate are kept as well: a hostile peer must not be the expensive one.
    @Test func remembersTheUnreadable() {
        var cache = CertificateCache()
        let octets: [UInt8] = [0x30, 0x03, 0x02]
        let first = cache.reading(of: octets.span)
        #expect(first.facts == nil)
        #expect(first.sha256 == SHA256Fingerprint(of: octets.span).hex)
        #expect(cache.reading(of: octets.span) == first)
        #expect(cache.hits == 1)
    }

    @Test func theOldestLeavesFirst() {
        var cache = CertificateCache(capacity: 3)
        func octets(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
        for number in 0..<1000 {
            _ = cache.reading(of: octets(number).span)
            #expect(cache.count == min(number + 1, 3))
        }
        for number in [997, 998, 999] { _ = cache.reading(of: octets(number).span) }
        #expect(cache.hits == 3)
        _ = cache.reading(of: octets(996).span)
        #expect(cache.hits == 3)
    }

    @Test func keepsWithinItsOctets() {
        var cache = CertificateCache(capacity: 100, octetBudget: 1000)
        for number in 0..<50 { _ = cache.reading(of: [UInt8](repeating: UInt8(number), count: 300).span) }
        #expect(cache.count == 3)
        let large = [UInt8](repeating: 0xAA, count: 5000)
        _ = cache.reading(of: large.span)
        _ = cache.reading(of: large.span)
        #expect(cache.count == 1)
        #expect(cache.hits == 1)
    }

    /// FIPS 180-4's own examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func digests(_ text: String, _ hex: String) {
        #expect(SHA256Fingerprint(of: Array(text.utf8).span).hex == hex)
    }
}

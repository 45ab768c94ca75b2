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

    @Test func keepsWithinItsBudget() {
        var cache = CertificateCache(capacity: 1000, budget: 40_000)
        for number in 0..<200 as Range<UInt8> {
            var builder = CertificateBuilder()
            builder.serial = [1, number]
            _ = cache.reading(of: builder.der.span)
            #expect(cache.cost <= 40_000)
        }
        #expect(cache.count > 10 && cache.count < 100)
        var large = CertificateBuilder()
        large.extensions = DER.altNames([UInt8]((0..<2000).map { _ in DER.dnsName("mx.example.org") }.joined()))
        _ = cache.reading(of: large.der.span)
        _ = cache.reading(of: large.der.span)
        #expect(cache.count == 1)
        #expect(cache.hits == 1)
    }

    /// Names of one letter take the most: a place in a list for each, and some of it in vain.
    @Test(arguments: ["a", "mail.example.organization"]) func namesAreCountedWithWhatTheyTake(_ name: String) throws {
        var builder = CertificateBuilder()
        builder.extensions = DER.altNames([UInt8]((0..<4000).map { _ in DER.dnsName(name) }.joined()))
        var cache = CertificateCache()
        let facts = try #require(cache.reading(of: builder.der.span).facts)
        let least = facts.encoded.count + 4000 * (16 + (name.utf8.count > 15 ? 32 + name.utf8.count : 0))
        #expect(facts.dnsNames.count == 4000)
        #expect(cache.cost >= least && cache.cost < 3 * least)
        #expect(cache.costMade <= cache.cost)
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

import Testing

@testable import Wire

@Suite struct ChainCacheTests {
    private static func reading(_ number: UInt8) -> CertificateReading {
        var builder = CertificateBuilder()
        builder.serial = [1, number]
        var cache = CertificateCache()
        return cache.reading(of: builder.der.span)
    }

    @Test func findsWhatItHasReadByItsOctets() {
        var cache = ChainCache(budget: 100_000)
        let chain = [Self.reading(1), Self.reading(2)]
        cache.insert([1, 2, 3].span, chain)
        #expect(cache.find([1, 2, 3].span) == chain)
        #expect(cache.find([1, 2, 4].span) == nil)
    }

    @Test func keepsWithinItsBudget() {
        var cache = ChainCache(budget: 40_000)
        var most = 0
        for number in 0..<200 as Range<UInt8> {
            let body = Array(repeating: number, count: 300)
            cache.insert(body.span, [Self.reading(number)])
            most = max(most, cache.cost)
            #expect(cache.find(body.span) != nil)
        }
        #expect(most <= 40_000 && most > 30_000)
        // By itself more than the budget: the others stay.
        let before = cache.cost
        cache.insert([7].span, (0..<100).map { Self.reading($0) })
        #expect(cache.find([7].span) == nil && cache.cost == before)
    }
}

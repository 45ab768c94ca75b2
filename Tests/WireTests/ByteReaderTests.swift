import Testing

@testable import Wire

@Suite struct ByteReaderTests {
    @Test func readsBigEndianAndCountsOffsets() throws {
        let octets: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
        var reader = ByteReader(octets.span, layer: .tcp)
        #expect(try reader.u16() == 0x0102)
        #expect(try reader.u24() == 0x030405)
        #expect(reader.offset == 5)
        #expect(reader.remaining == 2)
    }

    @Test func sayHowMuchIsMissing() {
        let octets: [UInt8] = [1, 2, 3]
        var reader = ByteReader(octets.span, layer: .tcp)
        var caught: WireError?
        do { _ = try reader.u32() } catch { caught = error }
        #expect(caught == WireError(.incomplete(needed: 1), layer: .tcp, offset: 0))
    }
}

import Testing

@testable import Wire

@Suite struct TCPConnectionSizeTests {
    /// Every connection keeps one for its whole life: what few of them need lies elsewhere.
    @Test func bothDirectionsFitInFewOctets() {
        #expect(MemoryLayout<TCPStream>.stride <= 56)
        #expect(MemoryLayout<TCPConnection>.stride <= 160)
    }
}

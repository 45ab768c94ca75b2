import Testing

@testable import Wire

@Suite struct TLSStreamDisclosureTests {
    /// A ChangeCipherSpec that is longer than one octet is none, and what stands in it is hidden, in however many pieces it comes.
    @Test(arguments: [[[0xAA, 1]], [[0xAA], [1]], [[0xAA, 0xBB], [1]]] as [[[UInt8]]])
    func whatAMalformedRecordHoldsIsHidden(_ pieces: [[UInt8]]) {
        var stream = TLSStream(sender: .server)
        var context = SessionContext()
        context.disclosure = Disclosure()
        var events: [TLSEvent] = []
        let length = pieces.reduce(0) { $0 + $1.count }
        var offset: Int64 = 0
        for piece in [[20, 3, 3, 0, UInt8(length)]] + pieces {
            stream.consume(piece.span, at: offset, &context, into: &events)
            offset += Int64(piece.count)
        }
        let shown = context.disclosure?.server.octets(at: 5, count: length)
        #expect(shown?.prefix(length - 1).allSatisfy { $0 == ShownOctets.hidden } == true)
    }
}

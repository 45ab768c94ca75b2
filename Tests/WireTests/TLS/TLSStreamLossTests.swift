import Testing

@testable import Wire

/// What is still read when a stream goes wrong, or takes a turn that few peers take.
@Suite struct TLSStreamLossTests {
    /// A malformed alert, then octets that would be a fatal alert if they were read on.
    @Test func nothingIsReadBehindAMalformedAlert() {
        let octets = Self.record(21, [9, 9, 2, 40, 2, 46])
        for cut in 0..<octets.count {
            var stream = TLSStream(sender: .server)
            let events = Self.read([Array(octets[..<cut]), Array(octets[cut...])], with: &stream)
            #expect(events == ["malformed"], "cut at \(cut)")
            #expect(stream.isLost)
        }
    }

    /// A client with early data sends ChangeCipherSpec before it learns of the retry (RFC 8446 appendix D.4).
    @Test func theSecondHelloIsReadAfterEarlyData() {
        var stream = TLSStream(sender: .client)
        let early = Self.hello + Self.record(20, [1]) + Self.record(23, [UInt8](repeating: 9, count: 40))
        #expect(Self.read([early], with: &stream) == ["clientHello", "changeCipherSpec", "protected"])
        stream.expectHelloAfterRetry()
        #expect(Self.read([Self.hello], with: &stream) == ["clientHello"])
        #expect(Self.read([Self.record(22, [UInt8](repeating: 0, count: 40))], with: &stream) == ["protected"])
    }

    @Test func aGapOfNothingLosesNothing() {
        var stream = TLSStream(sender: .client)
        stream.gap(0)
        #expect(Self.read([Self.hello], with: &stream) == ["clientHello"])
    }

    private static func record(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type, 3, 3, 0, UInt8(body.count)] + body }

    /// The shortest ClientHello: one suite, no extensions.
    private static let hello: [UInt8] = record(
        22, [1, 0, 0, 41, 3, 3] + [UInt8](repeating: 5, count: 32) + [0, 0, 2, 0x13, 1, 1, 0])

    private static func read(_ pieces: [[UInt8]], with stream: inout TLSStream) -> [String] {
        var context = SessionContext()
        var events: [TLSEvent] = []
        for piece in pieces { stream.consume(piece.span, at: 0, &context, into: &events) }
        return events.map { event in
            switch event {
            case .clientHello: "clientHello"
            case .changeCipherSpec: "changeCipherSpec"
            case .protected: "protected"
            case .malformed: "malformed"
            default: "other"
            }
        }
    }
}

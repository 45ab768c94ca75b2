import Support
import Testing

@testable import Wire

/// The scanner, which skips from line end to line end, against one that looks at every octet.
@Suite struct ContentScannerTests {
    /// Where content ends by the letter of RFC 5321 §4.1.1.4, and whether a dot between bare line feeds went by.
    private struct Model {
        var end: Int?
        var sawBareEnd = false

        init(_ octets: [UInt8], acceptsBare: Bool) {
            // Content begins at the start of a line.
            let all = [0x0D, 0x0A] + octets
            for index in 2..<max(2, all.count) where all[index] == UInt8(ascii: ".") {
                guard all[index - 1] == 0x0A else { continue }
                let isBareBefore = all[index - 2] != 0x0D
                let rest = Array(all[(index + 1)...])
                let length = rest.starts(with: [0x0D, 0x0A]) ? 2 : rest.first == 0x0A ? 1 : 0
                guard length > 0 else { continue }
                let isBare = isBareBefore || length == 1
                if isBare { sawBareEnd = true }
                guard !isBare || acceptsBare else { continue }
                end = index + 1 + length - 2
                return
            }
        }
    }

    private static let alphabet: [UInt8] = [0x61, 0x62, 0x20, 0x0D, 0x0A, 0x0A, UInt8(ascii: "."), UInt8(ascii: ".")]

    @Test(arguments: 0..<40 as Range<UInt64>, [false, true])
    func findsTheEndHoweverItIsCut(seed: UInt64, acceptsBare: Bool) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var octets: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<60, using: &random) {
                octets.append(Self.alphabet.randomElement(using: &random) ?? 0x61)
            }
            let model = Model(octets, acceptsBare: acceptsBare)
            let size = Int.random(in: 1...24, using: &random)
            var scanner = ContentScanner()
            var end: Int?
            for start in stride(from: 0, to: octets.count, by: size) {
                let piece = Array(octets[start..<min(octets.count, start + size)])
                if let found = scanner.scan(piece.span, acceptsBare: acceptsBare) {
                    end = start + found
                    break
                }
            }
            #expect(end == model.end, "\(octets)")
            #expect(scanner.sawBareEnd == model.sawBareEnd, "\(octets)")
            #expect(scanner.octets == UInt64(end ?? octets.count))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func findsAnOctetFromAnyPlaceOn(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let octets = (0..<100).map { _ in UInt8.random(in: 0...20, using: &random) }
        for start in 0...octets.count {
            #expect(octets.span.firstIndex(of: 7, from: start) == octets[start...].firstIndex(of: 7))
        }
        #expect([UInt8]().span.firstIndex(of: 7) == nil)
        #expect(octets.span.firstIndex(of: 7, from: 101) == nil)
    }
}

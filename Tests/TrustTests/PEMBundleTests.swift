import Foundation
import Testing

@testable import Trust

@Suite struct PEMBundleTests {
    /// Two certificates, in lines of 64 characters, the last one of any length.
    private static let bundle: String = {
        let blocks = [62, 96].map { length in
            let digits = Data((0..<length).map { UInt8($0) }).base64EncodedString()
            let lines = stride(from: 0, to: digits.count, by: 64).map { String(digits.dropFirst($0).prefix(64)) }
            return "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
        }
        return "# One - a root\n" + blocks.joined(separator: "\n")
    }()

    private func plain(_ text: [UInt8]) -> [[UInt8]]? { PEMBundle.plain(text.span) }

    @Test func whatBundlesLookLikeIsReadLineByLine() throws {
        let text = Array(Self.bundle.utf8)
        let certificates = try #require(plain(text))
        #expect(certificates.map(\.count) == [62, 96])
        #expect(try certificates == PEMBundle.any(Data(text)))
    }

    /// Whatever is changed in a bundle: it is read as the library reads it, or left to it.
    @Test func whatIsReadLineByLineIsReadAsTheLibraryReadsIt() throws {
        let whole = Array(Self.bundle.utf8)
        var readCount = 0
        for place in whole.indices {
            for change in ["", "-", "\n", "\r\n", "A", "=", " ", "\n\n", "-----BEGIN X-----\n", "\u{E9}"] {
                for replaced in 0...1 {
                    var text = whole
                    text.replaceSubrange(place..<place + replaced, with: Array(change.utf8))
                    guard let certificates = plain(text) else { continue }
                    readCount += 1
                    let expected = try? PEMBundle.any(Data(text))
                    #expect(certificates == expected, "\(change.debugDescription) at \(place)")
                }
            }
        }
        #expect(readCount > whole.count)
    }

    @Test func everyCutIsReadAsTheLibraryReadsIt() {
        let whole = Array(Self.bundle.utf8)
        for end in whole.indices {
            let text = Array(whole[..<end])
            guard let certificates = plain(text) else { continue }
            #expect(certificates == (try? PEMBundle.any(Data(text))), "\(end)")
        }
    }
}

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

    /// Lines of other lengths, or with blanks behind them, as OpenSSL takes them.
    @Test(arguments: [(76, ""), (1000, ""), (7, ""), (64, " \t"), (64, "\r")])
    func linesOfAnyLengthAreRead(_ length: Int, _ behind: String) throws {
        let octets = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
        let digits = Data(octets).base64EncodedString()
        let lines = stride(from: 0, to: digits.count, by: length).map { String(digits.dropFirst($0).prefix(length)) }
        let block = ["-----BEGIN CERTIFICATE-----"] + lines + ["-----END CERTIFICATE-----", ""]
        let text = "# One - a root\n" + block.joined(separator: behind + "\n")
        #expect(try PEMBundle.certificates(Data((text + text).utf8)) == [octets, octets])
    }

    @Test func whatIsNoBundleIsSaidInASentence() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem")
        try Data("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let error = try #require(throws: TrustError.self) { _ = try TrustStore(file: url.path) }
        #expect(error.description.hasPrefix("\(url.path): this is no bundle of certificates in PEM: "))
        #expect(!error.description.contains("ASN1"))
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

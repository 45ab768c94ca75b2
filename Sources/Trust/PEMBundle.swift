import FoundationEssentials
import SwiftASN1
import Wire
import X509

/// The certificates in a text of PEM (RFC 7468).
///
/// The library takes a text apart character by character, which for a machine's bundle takes 20 million instructions. What is laid
/// out as bundles are is read here line by line; everything else is left to the library, and so is saying what is wrong with it.
enum PEMBundle {
    /// In DER, in their order. What stands around them is passed over.
    static func certificates(_ text: Data) throws -> [[UInt8]] {
        try plain(text.span) ?? any(relaid(text))
    }

    /// The same with lines as long as they should be and nothing behind them: who reads such texts may take others, too (RFC 7468 §2),
    /// and OpenSSL does.
    private static func relaid(_ text: Data) -> Data {
        var result = Data()
        var digits: [UInt8]?
        var lines = Lines(text.span)
        while let whole = lines.next() {
            let line = whole.withoutBlanksBehind
            if line.starts(withASCII: "-----BEGIN ") {
                digits = []
            } else if line.starts(withASCII: "-----END "), let body = digits {
                for start in stride(from: 0, to: body.count, by: lineLength) {
                    result.append(contentsOf: body[start..<min(start + lineLength, body.count)])
                    result.append(ASCII.lineFeed)
                }
                digits = nil
            } else if digits != nil {
                digits?.append(copying: line)
                continue
            }
            result.append(contentsOf: [UInt8](copying: line))
            result.append(ASCII.lineFeed)
        }
        return result
    }

    /// As the library reads them.
    static func any(_ text: Data) throws -> [[UInt8]] {
        try PEMDocument.parseMultiple(pemString: String(decoding: text, as: UTF8.self))
            .filter { $0.discriminator == Certificate.defaultPEMDiscriminator }
            .map(\.derBytes)
    }

    private static let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
    private static let end = Array("-----END CERTIFICATE-----".utf8)
    /// RFC 7468 §2: every line but the last has as many characters.
    private static let lineLength = 64

    /// `nil` where anything is not as it nearly always is.
    static func plain(_ text: Span<UInt8>) -> [[UInt8]]? {
        var certificates: [[UInt8]] = []
        var lines = Lines(text)
        while let line = lines.next() {
            if line.equals(begin.span) {
                guard let certificate = body(&lines) else { return nil }
                certificates.append(certificate)
            } else if line.hasFence {
                return nil
            }
        }
        return certificates
    }

    /// A certificate up to the end of its last line.
    private static func body(_ lines: inout Lines) -> [UInt8]? {
        var digits: [UInt8] = []
        var isLast = false
        while let line = lines.next() {
            if line.equals(end.span) {
                guard let octets = Data(base64Encoded: Data(digits)), !octets.isEmpty else { return nil }
                return [UInt8](octets)
            }
            guard !isLast, (1...lineLength).contains(line.count) else { return nil }
            isLast = line.count < lineLength
            digits.append(copying: line)
        }
        return nil
    }
}

/// Goes through a text line by line; what stands behind the last line feed is a line, too.
private struct Lines: ~Escapable {
    private let text: Span<UInt8>
    private var position = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    @_lifetime(copy self)
    mutating func next() -> Span<UInt8>? {
        guard position < text.count else { return nil }
        let end = text.firstIndex(of: ASCII.lineFeed, from: position) ?? text.count
        let line = text.extracting(position..<end)
        position = end + 1
        return line
    }
}

extension Span<UInt8> {
    fileprivate var withoutBlanksBehind: Self {
        @_lifetime(copy self) get {
            var end = count
            while end > 0, ASCII.isBlank(self[end - 1]) || self[end - 1] == ASCII.carriageReturn { end -= 1 }
            return extracting(first: end)
        }
    }

    /// They hold five hyphens, where something else may begin.
    fileprivate var hasFence: Bool {
        guard let first = firstIndex(of: UInt8(ascii: "-")) else { return false }
        var hyphens = 0
        for index in first..<count {
            hyphens = self[index] == UInt8(ascii: "-") ? hyphens + 1 : 0
            if hyphens == 5 { return true }
        }
        return false
    }
}

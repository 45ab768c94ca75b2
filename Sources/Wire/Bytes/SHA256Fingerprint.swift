import Crypto

/// The SHA-256 digest of some octets (FIPS 180-4), small enough to be a key.
public struct SHA256Fingerprint: Hashable, Sendable {
    private let words: InlineWords

    /// Four words, big-endian.
    private struct InlineWords: Hashable, Sendable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    /// No digest of anything: all zeros.
    public init() { words = InlineWords() }

    /// Some of its bits.
    public var sample: UInt64 { words.first ^ words.third }

    /// The digest of `octets`. The octets are hashed where they lie.
    public init(of octets: Span<UInt8>) {
        var hasher = SHA256()
        // The hash function takes a raw buffer only; it does not keep it.
        unsafe octets.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        var words = InlineWords()
        for (index, octet) in hasher.finalize().enumerated() {
            switch index / 8 {
            case 0: words.first = words.first << 8 | UInt64(octet)
            case 1: words.second = words.second << 8 | UInt64(octet)
            case 2: words.third = words.third << 8 | UInt64(octet)
            default: words.fourth = words.fourth << 8 | UInt64(octet)
            }
        }
        self.words = words
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        let octets = [words.first, words.second, words.third, words.fourth].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
        }
        return Hex.text(octets)
    }
}

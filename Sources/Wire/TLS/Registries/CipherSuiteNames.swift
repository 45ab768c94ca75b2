/// The names of all cipher suites: IANA "TLS Cipher Suites", and those that are in use without being registered
/// (GOST, SM, Salsa20, FIPS and 56-bit export suites, the drafts of ChaCha20).
enum CipherSuiteNames {
    struct Entry: Sendable {
        let name: String
        let properties: CipherSuiteProperties?
    }

    /// `nil` for a code point that nobody has named. Allocates nothing.
    static func entry(for rawValue: UInt16) -> Entry? { table[rawValue] }

    static let all: [(UInt16, String)] = classic + ellipticCurve + modern

    private static let table: [UInt16: Entry] = Dictionary(
        all.map { ($0, Entry(name: $1, properties: CipherSuiteProperties(name: $1))) },
        uniquingKeysWith: { first, _ in first })
}

/// The names of all cipher suites: IANA "TLS Cipher Suites", and those that are in use without being registered
/// (GOST, SM, Salsa20, FIPS and 56-bit export suites, the drafts of ChaCha20).
enum CipherSuiteNames {
    struct Entry: Sendable {
        let name: String
        let properties: CipherSuiteProperties?
    }

    /// `nil` for a code point that nobody has named. Allocates nothing.
    static func entry(for rawValue: UInt16) -> Entry? {
        let place = places[Int(rawValue)]
        return place == 0 ? nil : entries[Int(place) - 1]
    }

    static let all: [(UInt16, String)] = classic + ellipticCurve + modern

    private static let entries = all.map { Entry(name: $1, properties: CipherSuiteProperties(name: $1)) }

    /// For each code point where its entry stands, counted from 1: rules ask about suites many times a session.
    private static let places: [UInt16] = {
        var places = [UInt16](repeating: 0, count: 1 << 16)
        // Where two have the same code point, the leading one counts.
        for (index, (rawValue, _)) in all.enumerated() where places[Int(rawValue)] == 0 {
            places[Int(rawValue)] = UInt16(index + 1)
        }
        return places
    }()
}

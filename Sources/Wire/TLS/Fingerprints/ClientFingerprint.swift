import Crypto

/// What a ClientHello's shape says of the program that sent it, in the two ways that lists of known clients use.
public struct ClientFingerprint: Sendable, Equatable {
    /// Version, suites, extensions, groups and point formats in decimal, as sent, GREASE left out.
    public let ja3String: String
    /// MD5 of it, in 32 lower-case hexadecimal digits.
    public let ja3: String
    /// `t13d1516h2_8daaf6152771_e5627efa2ab1`.
    public let ja4: String

    /// `nil` for an SSLv2-compatible hello: neither method is defined for it.
    public init?(_ hello: ClientHelloFacts) {
        guard !hello.isSSLv2Compatible else { return nil }
        ja3String = JA3.text(hello)
        ja3 = JA3.digest(ja3String)
        ja4 = JA4.text(hello)
    }
}

/// The method of Althouse, Atkinson and Atkins (Salesforce, 2017).
public enum JA3 {
    static func text(_ hello: ClientHelloFacts) -> String {
        [
            "\(hello.legacyVersion.rawValue)", joined(hello.suitesAsSent.map(\.rawValue)),
            joined(hello.extensionTypes.filter { !GREASE.contains($0) }), joined(hello.groups.map(\.rawValue)),
            joined(hello.pointFormats.map(UInt16.init)),
        ].joined(separator: ",")
    }

    /// JA3S: version, suite and extensions of a ServerHello; `nil` where not all its extensions were kept.
    public static func text(_ hello: ServerHelloFacts) -> String? {
        guard let types = hello.extensionTypes.whole else { return nil }
        return "\(hello.legacyVersion.rawValue),\(hello.cipherSuite.rawValue),\(joined(types))"
    }

    /// MD5, in 32 lower-case hexadecimal digits.
    public static func digest(_ text: String) -> String {
        Hex.text(Array(Insecure.MD5.hash(data: Array(text.utf8))))
    }

    private static func joined(_ values: [UInt16]) -> String {
        values.map { "\($0)" }.joined(separator: "-")
    }
}

/// The method of Althouse and others (FoxIO, 2023; the client's part is under the BSD licence).
enum JA4 {
    static func text(_ hello: ClientHelloFacts) -> String {
        let suites = hello.suitesAsSent.map { digits($0.rawValue) }
        let extensions = hello.extensionTypes.filter { !GREASE.contains($0) }
        let isNamed = extensions.contains(ExtensionType.serverName.rawValue)
        return "t\(version(hello))\(isNamed ? "d" : "i")\(count(suites))\(count(extensions))\(protocolEnds(hello))_"
            + digest(suites.sorted().joined(separator: ",")) + "_" + digest(extensionText(extensions, hello))
    }

    /// Sorted, since some clients shuffle them; the two that differ by destination are left out.
    private static func extensionText(_ types: [UInt16], _ hello: ClientHelloFacts) -> String {
        let others: Set = [
            ExtensionType.serverName.rawValue, ExtensionType.applicationLayerProtocolNegotiation.rawValue,
        ]
        let sorted = types.filter { !others.contains($0) }.map(digits).sorted().joined(separator: ",")
        let schemes = hello.signatureSchemes.map { digits($0.rawValue) }.joined(separator: ",")
        return schemes.isEmpty ? sorted : "\(sorted)_\(schemes)"
    }

    private static func version(_ hello: ClientHelloFacts) -> String {
        switch hello.offeredVersions?.max(by: { $0.rawValue < $1.rawValue }) ?? hello.legacyVersion {
        case .tls13: "13"
        case .tls12: "12"
        case .tls11: "11"
        case .tls10: "10"
        case .ssl3: "s3"
        case .ssl2: "s2"
        default: "00"
        }
    }

    private static func count<Element>(_ list: [Element]) -> String {
        let count = min(99, list.count)
        return count < 10 ? "0\(count)" : "\(count)"
    }

    /// The outer characters of the leading protocol name; of its hexadecimal digits where it is no plain word.
    private static func protocolEnds(_ hello: ClientHelloFacts) -> String {
        guard let ends = hello.protocolEnds else { return "00" }
        let octets = [UInt8(ends >> 8), UInt8(ends & 0xFF)]
        if octets.allSatisfy(isAlphanumeric) { return String(decoding: octets, as: UTF8.self) }
        return String(Hex.text(octets).enumerated().filter { $0.offset == 0 || $0.offset == 3 }.map(\.element))
    }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// The leading twelve digits of SHA-256; zeros for nothing.
    private static func digest(_ text: String) -> String {
        guard !text.isEmpty else { return "000000000000" }
        return String(SHA256Fingerprint(of: Array(text.utf8).span).hex.prefix(12))
    }

    private static func digits(_ value: UInt16) -> String { String(RegistryName.hex(value).dropFirst(2)) }
}

import Support
import Testing
import Wire

/// The registries against those of tshark (`tshark -G values`), code point by code point.
@Suite struct RegistryComparisonTests {
    @Test func namesAreThoseOfTshark() throws {
        guard let tshark = Tool("tshark") else { return SharedCaptures.skip("tshark is not installed (5 registries)") }
        let values = try RegistryValues(by: tshark)
        let suites = values.compare("tls.handshake.ciphersuite") { CipherSuite(rawValue: $0).name }
        let groups = values.compare("tls.handshake.extensions_supported_group") { NamedGroup(rawValue: $0).name }
        let schemes = values.compare("tls.handshake.sig_hash_alg") { SignatureScheme(rawValue: $0).name }
        let extensions = values.compare("tls.handshake.extension.type") { ExtensionType(rawValue: $0).name }
        let alerts = values.compare("tls.alert_message.desc") { AlertDescription(rawValue: UInt8($0)).name }
        print(
            "registries: \(suites) suites, \(groups) groups, \(schemes) schemes, \(extensions) extensions,",
            "\(alerts) alerts")
        #expect(suites >= 400)
        #expect(groups >= 38)
        #expect(schemes >= 17)
        #expect(extensions >= 50)
        #expect(alerts >= 36)
    }

    @Test func everyReplyCodeOfTsharkHasAMeaning() throws {
        guard let tshark = Tool("tshark") else { return SharedCaptures.skip("tshark is not installed (reply codes)") }
        let codes = try RegistryValues(by: tshark).entries["smtp.response.code"] ?? [:]
        #expect(codes.count >= 30)
        for code in codes.keys { #expect(ReplyCode(code).meaning != nil, "\(code)") }
    }
}

/// What tshark calls each value of its fields.
private struct RegistryValues {
    private(set) var entries: [String: [UInt16: String]] = [:]

    init(by tshark: Tool) throws {
        for line in try tshark.run(["-G", "values"]).output.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count >= 4, columns[0] == "V", let value = Self.number(columns[2]) else { continue }
            entries[String(columns[1]), default: [:]][value] = String(columns[3])
        }
    }

    /// Expects each name of tshark's; answers how many were compared.
    func compare(_ field: String, _ name: (UInt16) -> String) -> Int {
        var compared = 0
        for (value, theirs) in entries[field] ?? [:] where !Self.isOfItsOwn(theirs, value, field) {
            compared += 1
            #expect(Self.plain(name(value)) == Self.plain(theirs), "\(field) \(value)")
        }
        return compared
    }

    /// Names that stand in no registry: GREASE, and the experiments of Open Quantum Safe, which lie where IANA has since
    /// put ML-KEM or in the ranges for private use.
    private static func isOfItsOwn(_ name: String, _ value: UInt16, _ field: String) -> Bool {
        if name.contains("GREASE") || name.contains("drafts version") { return true }
        switch field {
        case "tls.handshake.extensions_supported_group":
            return (0x0200...0x02FF).contains(value) || (0x2F00...0x2FFF).contains(value)
        case "tls.handshake.sig_hash_alg": return value >= 0xFE00
        // The name of the list itself.
        case "tls.handshake.ciphersuite": return name == "ssl_31_ciphersuite"
        default: return false
        }
    }

    /// Spellings that differ without a difference: `Reserved (key_share)`, `Unknown CA`, `delegated_credentials`.
    private static func plain(_ name: String) -> String {
        var name = name.lowercased().replacing(" ", with: "_").replacing("_(deprecated)", with: "")
        if name.hasPrefix("reserved_("), name.hasSuffix(")") { name = String(name.dropFirst(10).dropLast()) }
        return name == "delegated_credentials" ? "delegated_credential" : name
    }

    private static func number(_ text: Substring) -> UInt16? {
        text.hasPrefix("0x") ? UInt16(text.dropFirst(2), radix: 16) : UInt16(text)
    }
}

import Testing

@testable import Wire

@Suite struct NameMatchTests {
    private func facts(names: [String], common: [String] = [], addresses: [String] = []) -> CertificateFacts {
        var fields = CertificateFields()
        fields.dnsNames = names
        fields.commonNames = common
        fields.ipAddresses = addresses
        return CertificateFacts(fields)
    }

    @Test(arguments: [
        ("mx.example.org", "mx.example.org", true), ("MX.Example.ORG", "mx.example.org", true),
        ("mx.example.org.", "mx.example.org", true), ("mx.example.org", "mx.example.org.", true),
        ("mx.example.org", "example.org", false), ("example.org", "mx.example.org", false),
        ("mx.example.org", "*.example.org", true), ("mx.example.org", "*.EXAMPLE.org", true),
        ("a.mx.example.org", "*.example.org", false), ("example.org", "*.example.org", false),
        ("mx.example.org", "mx.*.org", false), ("mx.example.org", "m*.example.org", false),
        ("mx.example.org", "*x.example.org", false), ("mx.example.org", "**.example.org", false),
        ("mx.example.org", "*.*.org", false), ("localhost", "*", false), ("localhost", "localhost", true),
        ("", "", false), (".", ".", false), ("mx..org", "mx..org", false), ("mx.example.org", "", false),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", true), (".example.org", "*.example.org", false),
        ("mx.example.org", "mx.example.org..", false), ("ＭX.example.org", "mx.example.org", false),
    ])
    func comparesNames(_ host: String, _ presented: String, _ isMatch: Bool) {
        #expect(facts(names: [presented]).match(host) == (isMatch ? .matches : .differs))
        #expect(facts(names: [], common: [presented]).match(host) == (isMatch ? .onlyByCommonName : .differs))
    }

    /// RFC 6125 §6.4.3, as older clients have it.
    @Test(arguments: [
        ("mx1.example.org", "mx*.example.org", true), ("MX1.example.org", "*1.Example.org", true),
        ("mx1.example.org", "m*1.example.org", true), ("mx1.example.org", "mx1*.example.org", true),
        ("mx.1.example.org", "mx*.example.org", false), ("mx1.example.org", "mx.*.org", false),
        ("mx1.example.org", "*m*.example.org", false), ("mx1.example.org", "mail*.example.org", false),
        ("mx1.example.org", "mx1.example.org", false), ("ab.org", "ab*b.org", false),
    ])
    func comparesPartsOfLabels(_ host: String, _ presented: String, _ isMatch: Bool) {
        #expect(facts(names: [presented]).mayHoldByPartOfLabel(host) == isMatch)
    }

    @Test func aNameBeatsTheCommonName() {
        let facts = facts(names: ["a.example", "b.example"], common: ["a.example", "c.example"])
        #expect(facts.match("a.example") == .matches)
        #expect(facts.match("b.example") == .matches)
        #expect(facts.match("c.example") == .onlyByCommonName)
        #expect(facts.match("d.example") == .differs)
    }

    @Test(arguments: [
        ("192.0.2.25", NameMatch.matches), ("[192.0.2.25]", .matches), ("192.0.2.26", .differs),
        ("2001:db8::25", .matches), ("2001:DB8:0:0:0:0:0:25", .matches), ("[IPv6:2001:db8::25]", .matches),
        ("2001:db8::26", .differs), ("198.51.100.1", .onlyByCommonName), ("203.0.113.1", .differs),
    ])
    func comparesAddresses(_ host: String, _ expected: NameMatch) {
        let facts = facts(
            names: ["203.0.113.1", "*.0.2.26"], common: ["198.51.100.1"], addresses: ["192.0.2.25", "2001:db8::25"])
        #expect(facts.match(host) == expected)
    }

    @Test func matchesARealCertificate() throws {
        let facts = try CertificateFacts(parsing: Certificates.wildcard)
        #expect(facts.match("anything.example.org") == .matches)
        #expect(facts.match("mx.example.net") == .matches)
        #expect(facts.match("2001:db8::25") == .matches)
        #expect(facts.match("example.org") == .differs)
    }

    @Test(arguments: [
        ("1.2.3.4", "1.2.3.4"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"), ("FE80::A", "fe80::a"),
    ])
    func readsAddressLiterals(_ text: String, _ canonical: String) throws {
        #expect(try #require(IPAddress(literal: text)).description == canonical)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.+4", "1.2.3.", "1..2.3", "0001.2.3.4", "a.b.c.d",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", ":::", "12345::", "g::",
        "1:2:3:4:5:6:7::8", "1.2.3.4::", "::1.2.3", "::+1", "fe80::1%eth0", "[::1", "::1]", "[]",
        "1:2:3:4:5:6:7:1.2.3.4",
    ])
    func refusesOtherText(_ text: String) {
        #expect(IPAddress(literal: text) == nil)
    }
}

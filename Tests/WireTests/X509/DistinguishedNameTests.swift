import Testing

@testable import Wire

@Suite struct DistinguishedNameTests {
    private func subject(_ name: [UInt8]) throws -> CertificateFacts {
        var builder = CertificateBuilder()
        builder.subject = name
        return try builder.facts
    }

    @Test(arguments: [
        (DER.tlv(0x0C, Array("Bücher".utf8)), "Bücher"),
        (DER.tlv(0x13, Array("plain".utf8)), "plain"),
        (DER.tlv(0x14, [0x42, 0xFC, 0x63]), "Büc"),
        (DER.tlv(0x1E, [0x00, 0x42, 0x20, 0xAC]), "B€"),
        (DER.tlv(0x1E, [0xD8, 0x3D, 0xDC, 0xE7]), "📧"),
        (DER.tlv(0x1C, [0, 0, 0, 0x42, 0, 1, 0xF4, 0xE7]), "B📧"),
        (DER.tlv(0x1C, [0, 0x11, 0, 0]), "\u{FFFD}"),
        (DER.tlv(0x0C, [0x42, 0xFF, 0x00, 0x0A]), #"B\xff\x00\n"#),
        (DER.tlv(0x0C, [0x1B, 0x5B, 0x33, 0x31, 0x6D]), #"\x1b[31m"#),
        (DER.tlv(0x0C, Array("a\u{202E}b".utf8)), #"a\xe2\x80\xaeb"#),
        (DER.tlv(0x0C, []), ""),
    ])
    func readsStringTypes(_ value: [UInt8], _ text: String) throws {
        let facts = try subject(DER.commonName(value))
        #expect(facts.commonNames == [text])
        #expect(facts.subject == "CN=" + text)
    }

    @Test(arguments: [
        ("a,b", #"a\,b"#), ("a+b", #"a\+b"#), ("\"a\"", #"\"a\""#), ("a\\b", #"a\\b"#), ("<a>;", #"\<a\>\;"#),
        (" a ", #"\ a\ "#), ("#a#", ##"\#a#"##), ("a b", "a b"), ("a=b", "a=b"), (" ", #"\ "#),
    ])
    func quotesStructure(_ value: String, _ text: String) throws {
        let facts = try subject(DER.commonName(DER.utf8(value)))
        #expect(facts.subject == "CN=" + text)
        #expect(facts.commonNames == [value])
    }

    /// A NUL made some clients see another name than the issuer had seen.
    @Test func showsANulInTheName() throws {
        let facts = try subject(DER.commonName(DER.utf8("mx.example.org\0.evil.example")))
        #expect(facts.commonNames == [#"mx.example.org\x00.evil.example"#])
        #expect(facts.match("mx.example.org") == .differs)
    }

    @Test func anOddUnitIsNoText() throws {
        let facts = try subject(DER.commonName(DER.tlv(0x1E, [0x00, 0x42, 0x20])))
        #expect(facts.subject == "2.5.4.3=#1e03004220")
        #expect(facts.commonNames == [])
    }

    @Test func numbersUnknownAttributes() throws {
        let facts = try subject(DER.name([0x2A, 0x03, 0x04], DER.utf8("x")))
        #expect(facts.subject == "1.2.3.4=#0c0178")
    }

    @Test func anEmptyNameIsEmpty() throws {
        let facts = try subject([0x30, 0x00])
        #expect(facts.subject == "")
        #expect(facts.commonNames == [])
    }

    @Test func cutsLongNames() throws {
        let facts = try subject(DER.commonName(DER.utf8(String(repeating: "x", count: 9000))))
        #expect(facts.subject == "CN=" + String(repeating: "x", count: 1021) + "…")
        #expect(facts.commonNames == [String(repeating: "x", count: 256) + "…"])
    }
}

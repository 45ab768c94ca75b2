import Testing

@testable import Wire

@Suite struct CertificateFactsTests {
    @Test func readsNamesAndDates() throws {
        let facts = try CertificateFacts(parsing: Certificates.rsa1024)
        #expect(facts.subject == #"CN=mx.example.org,O=Example \"Mail\"\, Ltd+OU=Post,C=DE"#)
        #expect(facts.issuer == facts.subject)
        #expect(facts.isSelfIssued)
        #expect(facts.commonNames == ["mx.example.org"])
        #expect(facts.serial == "80")
        #expect(facts.notBefore == 1_795_577_219)
        #expect(facts.notAfter == 2_110_937_219)
        #expect(facts.version == 1)
        #expect(facts.sha256 == "f7a6c2114a8eda9c376394c5a2be059cdd93589631b69493f747377813b9a666")
    }

    @Test func readsExtensions() throws {
        let facts = try CertificateFacts(parsing: Certificates.wildcard)
        #expect(facts.dnsNames == ["*.example.org", "MX.Example.net"])
        #expect(facts.ipAddresses == ["192.0.2.25", "2001:db8::25"])
        #expect(facts.emailCount == 1)
        #expect(facts.serial == "0123456789abcdef")
        #expect(!facts.isCA)
        #expect(facts.version == 3)
    }

    @Test func readsAnAuthority() throws {
        let facts = try CertificateFacts(parsing: Certificates.ed25519)
        #expect(facts.isCA)
        #expect(facts.subject == "CN=ed.example.org,DC=example,DC=org")
        #expect(facts.subjectKeyID?.count == 20)
        let issued = try CertificateFacts(parsing: Certificates.issued)
        #expect(!issued.isSelfIssued)
        #expect(issued.issuer == facts.subject)
        #expect(issued.serial == "-01")
        #expect(issued.subjectKeyID == nil)
    }

    @Test(arguments: [
        (Certificates.rsa1024, "RSA 1024", 1024, "sha1WithRSAEncryption", true),
        (Certificates.wildcard, "ECDSA P-256", 256, "ecdsa-with-SHA256", false),
        (Certificates.ed25519, "Ed25519", 255, "ED25519", false),
        (Certificates.dsa1024, "DSA 1024", 1024, "dsa_with_SHA256", false),
        (Certificates.pss, "RSA 2048", 2048, "RSASSA-PSS with SHA384", false),
        (Certificates.version1, "ECDSA P-384", 384, "ecdsa-with-SHA256", false),
        (Certificates.explicit, "ECDSA explicit curve 521", 521, "ecdsa-with-SHA512", false),
    ])
    func readsKeysAndSignatures(_ der: [UInt8], key: String, bits: Int, signature: String, isBroken: Bool) throws {
        let facts = try CertificateFacts(parsing: der)
        #expect(facts.publicKey.description == key)
        #expect(facts.publicKey.bits == bits)
        #expect(facts.signatureAlgorithm == signature)
        #expect(facts.signature.usesBrokenDigest == isBroken)
    }

    @Test func readsTheIssuersKeyIdentifier() throws {
        var builder = CertificateBuilder()
        builder.extensions = DER.extension(35, DER.sequence(DER.tlv(0x80, [1, 2, 3])))
        #expect(try builder.facts.authorityKeyID == [1, 2, 3])
    }

    @Test func countsMailboxes() throws {
        #expect(try CertificateFacts(parsing: Certificates.pss).emailCount == 1)
    }

    @Test(
        arguments: [
            ([0], "00"), ([0, 0x80], "80"), ([0x7F], "7f"), ([0xFF], "-01"), ([0x80], "-80"), ([0xFF, 0x7F], "-81"),
            ([0x01, 0x00], "0100"), ([], "00"),
        ] as [([UInt8], String)])
    func writesSerialNumbers(_ octets: [UInt8], _ text: String) throws {
        var builder = CertificateBuilder()
        builder.serial = octets
        #expect(try builder.facts.serial == text)
    }

    @Test func boundsTheSerialNumber() throws {
        var builder = CertificateBuilder()
        builder.serial = Array(repeating: 0x11, count: 5000)
        #expect(try builder.facts.serial == String(repeating: "11", count: 64) + "…")
    }

    @Test func namesUnknownAlgorithmsByTheirNumber() throws {
        var builder = CertificateBuilder()
        builder.keyAlgorithm = DER.sequence([0x06, 0x03, 0x2A, 0x03, 0x04])
        builder.signatureAlgorithm = DER.sequence([0x06, 0x03, 0x2A, 0x03, 0x05])
        let facts = try builder.facts
        #expect(facts.publicKey == PublicKeyFacts(.other, bits: nil, description: "1.2.3.4"))
        #expect(facts.signature == SignatureFacts(name: "1.2.3.5", digest: nil))
    }

    @Test func boundsObjectIdentifiers() throws {
        var builder = CertificateBuilder()
        let long = DER.sequence(DER.tlv(0x06, [UInt8](repeating: 1, count: 20_000)))
        builder.keyAlgorithm = long
        builder.signatureAlgorithm = long
        let facts = try builder.facts
        #expect(facts.publicKey.description == "0" + String(repeating: ".1", count: 31) + "…")
        #expect(facts.signatureAlgorithm == facts.publicKey.description)
    }

    /// RFC 4055 §3.1: without a hash in its parameters PSS means SHA-1; without parameters it means nothing, and a hash that is
    /// not known here (SHA3-256) or cannot be read is not SHA-1.
    @Test(
        arguments: [
            ([0x30, 0x00], .sha1), ([], nil), ([0x05, 0x00], nil),
            (
                [
                    0x30, 0x0F, 0xA0, 0x0D, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                    0x08,
                ], nil
            ),
        ] as [([UInt8], SignatureFacts.Digest?)])
    func pssWithoutAHashMeansSHA1(_ parameters: [UInt8], _ digest: SignatureFacts.Digest?) throws {
        var builder = CertificateBuilder()
        let pss: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]
        builder.signatureAlgorithm = DER.sequence(pss, parameters)
        let name = digest == nil ? "RSASSA-PSS" : "RSASSA-PSS with SHA1"
        #expect(try builder.facts.signature == SignatureFacts(name: name, digest: digest))
    }

    @Test func aBrokenKeyHasNoSize() throws {
        var builder = CertificateBuilder()
        let rsa: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
        builder.keyAlgorithm = DER.sequence(rsa, [0x05, 0x00])
        #expect(try builder.facts.publicKey == PublicKeyFacts(.rsa, bits: nil, description: "RSA"))
    }

    @Test func refusesWhatIsTooLarge() {
        let octets = [UInt8](repeating: 0, count: CertificateFacts.maximumOctets + 1)
        #expect(throws: WireError(.malformed("certificate too large"), layer: .x509, offset: 0x2_0000)) {
            try CertificateFacts(parsing: octets)
        }
    }

    @Test func refusesTrailingOctets() {
        #expect(throws: WireError.self) { try CertificateFacts(parsing: Certificates.ed25519 + [0]) }
    }

    /// Issuers have written lengths with more octets than need be.
    @Test func readsLongLengths() throws {
        let der = Certificates.ed25519
        #expect(der.prefix(2) == [0x30, 0x82])
        let facts = try CertificateFacts(parsing: [0x30, 0x83, 0x00] + der[2...])
        #expect(facts.subject == "CN=ed.example.org,DC=example,DC=org")
    }

    @Test func refusesUnknownVersions() {
        var builder = CertificateBuilder()
        builder.version = DER.tlv(0xA0, [0x02, 0x01, 0x03])
        #expect(throws: WireError.self) { try builder.facts }
    }

    @Test func equalCertificatesHaveEqualFacts() throws {
        let facts = try CertificateFacts(parsing: Certificates.ed25519)
        #expect(try facts == CertificateFacts(parsing: Certificates.ed25519))
        #expect(try facts != CertificateFacts(parsing: Certificates.issued))
    }
}

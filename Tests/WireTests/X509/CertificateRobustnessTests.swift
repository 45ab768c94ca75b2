import Testing

@testable import Wire

@Suite struct CertificateRobustnessTests {
    /// Reads `octets`; whatever comes out must be fit to show.
    private func endsWell(_ octets: [UInt8]) -> Bool {
        do {
            return isPrintable(try CertificateFacts(parsing: octets))
        } catch {
            return error.layer == .x509 && !error.isIncomplete && (0...octets.count).contains(error.offset)
        }
    }

    private func isPrintable(_ facts: CertificateFacts) -> Bool {
        let names = [facts.subject, facts.issuer, facts.serial, facts.publicKey.description, facts.signatureAlgorithm]
        return (names + facts.dnsNames + facts.ipAddresses + facts.commonNames).allSatisfy { text in
            text.utf8.count <= 4 * 1024 + 3
                && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        }
    }

    // By number: a certificate's octets would fill the test's log.
    @Test(arguments: Certificates.all.indices) func noPrefixIsACertificate(_ number: Int) {
        let der = Certificates.all[number]
        for count in 0..<der.count {
            if (try? CertificateFacts(parsing: Array(der[..<count]))) != nil { Issue.record("\(count) octets") }
        }
        #expect(throws: Never.self) { try CertificateFacts(parsing: der) }
    }

    @Test(arguments: 0..<4) func everyOctetMayBeWrong(_ number: Int) {
        let der = [Certificates.wildcard, Certificates.pss, Certificates.ed25519, Certificates.rsa1024][number]
        var octets = der
        for index in der.indices {
            for value in (0..<8).map({ der[index] ^ 1 << UInt8($0) }) + [0x00, 0xFF] {
                octets[index] = value
                if !endsWell(octets) { Issue.record("octet \(index) as \(value)") }
            }
            octets[index] = der[index]
        }
    }

    @Test(arguments: Certificates.all.indices) func everyOctetMayBeMissingOrTwice(_ number: Int) {
        let der = Certificates.all[number]
        for index in der.indices {
            if !endsWell(Array(der[..<index] + der[(index + 1)...])) { Issue.record("without octet \(index)") }
            if !endsWell(Array(der[...index] + der[index...])) { Issue.record("with octet \(index) twice") }
        }
    }

    /// Deeper than any certificate: refused, not followed to the end of the stack.
    @Test func refusesDeepNesting() {
        var nested: [UInt8] = [0x05, 0x00]
        for _ in 0..<5000 { nested = DER.tlv(0x30, nested) }
        #expect(throws: WireError.self) { try CertificateFacts(parsing: nested) }
        let indefinite: [UInt8] = (0..<40_000).map { $0.isMultiple(of: 2) ? 0x30 : 0x80 }
        #expect(throws: WireError.self) { try CertificateFacts(parsing: indefinite) }
    }

    /// Many small fields cost time in proportion to their number only.
    @Test func survivesManyNames() throws {
        var builder = CertificateBuilder()
        let names = (0..<6000).flatMap { DER.dnsName("mx\($0).example.org") }
        builder.extensions = DER.extension(17, DER.tlv(0x30, names))
        let facts = try builder.facts
        #expect(facts.dnsNames.count == 6000)
        #expect(facts.match("mx5999.example.org") == .matches)
    }

    @Test func brokenNamesAreNoReasonToAccuse() {
        var builder = CertificateBuilder()
        builder.extensions = DER.extension(17, [0x30, 0x05, 0x82])
        #expect(throws: WireError.self) { try builder.facts }
    }

    @Test func brokenKeyIdentifiersCostThemselvesOnly() throws {
        var builder = CertificateBuilder()
        builder.extensions =
            DER.extension(14, [0xFF]) + DER.extension(35, [0x30, 0x02, 0x80]) + DER.altNames(DER.dnsName("mx.example"))
        let facts = try builder.facts
        #expect(facts.subjectKeyID == nil)
        #expect(facts.authorityKeyID == nil)
        #expect(facts.dnsNames == ["mx.example"])
    }

    @Test func passesOverOtherNames() throws {
        var builder = CertificateBuilder()
        builder.extensions = DER.altNames(
            DER.tlv(0x86, Array("https://example.org".utf8)), DER.tlv(0x87, [1, 2, 3]), DER.dnsName("a\u{0}b"),
            DER.tlv(0xA0, DER.sequence([0x06, 0x01, 0x2A])), DER.tlv(0x87, [192, 0, 2, 1]))
        let facts = try builder.facts
        #expect(facts.dnsNames == [#"a\x00b"#])
        #expect(facts.ipAddresses == ["#010203", "192.0.2.1"])
    }
}

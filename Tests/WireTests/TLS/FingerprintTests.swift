import Testing

@testable import Wire

@Suite struct FingerprintTests {
    /// Chrome's hello from the description of the method by its authors, with the digests that they print for it.
    @Test func ja4OfAPublishedHello() throws {
        var hello = ClientHelloFacts(legacyVersion: .tls12)
        hello.cipherSuites = [
            0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D,
            0x002F,
            0x0035,
        ].map { CipherSuite(rawValue: $0) }
        hello.extensionTypes = [
            0x1A1A, 0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005, 0x0023, 0x0012, 0x002B,
            0xFF01,
            0x000B, 0x000A, 0x0015, 0x2A2A,
        ]
        hello.offeredVersions = [.tls13, .tls12]
        hello.signatureSchemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
            .map { SignatureScheme(rawValue: $0) }
        hello.alpn = ["h2", "http/1.1"]
        hello.protocolEnds = 0x6832
        #expect(ClientFingerprint(hello)?.ja4 == "t13d1516h2_8daaf6152771_e5627efa2ab1")
    }

    /// The example in the description of the method by its authors.
    @Test func ja3OfAPublishedString() throws {
        #expect(
            JA3.digest("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0")
                == "ada70206e40642a3e4461f35503241d5")
        #expect(JA3.digest("769,4-5-10-9-100-98-3-6-19-18-99,,,") == "de350869b8c85de67a350c8d186f11e6")
    }

    @Test func signalsStandWhereTheyWereSent() throws {
        let suites: [UInt8] = [0, 10, 0x0A, 0x0A, 0x00, 0xFF, 0xC0, 0x2F, 0x56, 0x00, 0x00, 0x2F]
        let body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + suites + [1, 0]
        var reader = ByteReader(body.span, layer: .tlsHandshake)
        let hello = try ClientHelloFacts(parsing: &reader)
        #expect(hello.suitesAsSent.map(\.rawValue) == [0x00FF, 0xC02F, 0x5600, 0x002F])
        #expect(hello.cipherSuites.map(\.rawValue) == [0xC02F, 0x002F])
        let fingerprint = try #require(ClientFingerprint(hello))
        #expect(fingerprint.ja3String == "771,255-49199-22016-47,,,")
        #expect(fingerprint.ja4.hasPrefix("t12i040000_"))
        #expect(fingerprint.ja4.hasSuffix("_000000000000"))
    }

    @Test func aHelloFullOfSignalsIsBounded() throws {
        let suites = [UInt8](repeating: 0, count: 2000).enumerated().map { $0.offset % 2 == 0 ? UInt8(0x56) : 0 }
        let body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0x07, 0xD0] + suites + [1, 0]
        var reader = ByteReader(body.span, layer: .tlsHandshake)
        let hello = try ClientHelloFacts(parsing: &reader)
        #expect(hello.signals.count == ClientHelloFacts.maximumSignals)
        #expect(hello.offersFallbackSCSV)
    }

    @Test(
        arguments: [
            ([2, 0x68, 0x32], 0x6832, "h2"), ([1, 0x78], 0x7878, "xx"), ([1, 0xAB], 0xABAB, "ab"),
            ([2, 0x30, 0xAB], 0x30AB, "3b"), ([0], nil, "00"), ([9, 1], nil, "00"),
        ] as [([UInt8], UInt16?, String)])
    func protocolNamesShowTheirEnds(_ name: [UInt8], _ ends: UInt16?, _ text: String) throws {
        let list = [0, UInt8(name.count)] + name
        let data = ByteReader(list.span, layer: .tlsHandshake)
        #expect(data.leadingProtocolEnds == ends)
        var hello = ClientHelloFacts(legacyVersion: .tls12)
        hello.protocolEnds = ends
        #expect(ClientFingerprint(hello)?.ja4.prefix(10) == "t12i0000\(text)")
    }

    /// A list of point formats that is cut short is no reason to give up the hello.
    @Test func pointFormatsMayBeMalformed() {
        let cut: [UInt8] = [3, 0, 1]
        #expect(ByteReader(cut.span, layer: .tlsHandshake).octetList.isEmpty)
        let whole: [UInt8] = [2, 0, 1]
        #expect(ByteReader(whole.span, layer: .tlsHandshake).octetList == [0, 1])
        #expect(ByteReader([UInt8]().span, layer: .tlsHandshake).octetList.isEmpty)
    }

    @Test func aServerHelloWithTooManyExtensionsHasNoFingerprint() {
        var hello = ServerHelloFacts(
            legacyVersion: .tls12, version: .tls12, random: .none, cipherSuite: .rsaAES128CBCSHA)
        #expect(JA3.text(hello) == "771,47,")
        for type in 1...16 as ClosedRange<UInt16> { hello.extensionTypes.append(type) }
        #expect(JA3.text(hello) == "771,47,1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16")
        hello.extensionTypes.append(17)
        #expect(hello.extensionTypes.count == 17)
        #expect(JA3.text(hello) == nil)
    }
}

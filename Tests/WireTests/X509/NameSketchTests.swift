import Testing

@testable import Wire

@Suite struct NameSketchTests {
    private static let utf8: UInt8 = 0x0C
    private static let printable: UInt8 = 0x13
    private static let teletex: UInt8 = 0x14

    private func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        content.count < 0x80
            ? [tag, UInt8(content.count)] + content
            : [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }

    /// A name of one commonName for each text.
    private func name(_ texts: [String], _ tag: UInt8 = utf8) -> [UInt8] {
        let type = value(0x06, [0x55, 0x04, 0x03])
        return value(0x30, texts.flatMap { value(0x31, value(0x30, type + value(tag, Array($0.utf8)))) })
    }

    /// As much of a certificate as is looked at.
    private func certificate(issuer: [UInt8], subject: [UInt8], hasVersion: Bool = true) -> [UInt8] {
        let version = hasVersion ? value(0xA0, value(0x02, [2])) : []
        let fields = version + value(0x02, [1]) + value(0x30, []) + issuer + value(0x30, []) + subject
        return value(0x30, value(0x30, fields))
    }

    private func sketch(_ subject: [UInt8]) -> NameSketch? {
        NameSketch(ofSubjectIn: certificate(issuer: name(["Another"]), subject: subject))
    }

    @Test func namesThatReadAlikeLookAlike() throws {
        let one = try #require(sketch(name(["Root", "Example"])))
        #expect(sketch(name(["Root", "Example"], Self.printable)) == one)
        #expect(sketch(name(["Root", "Other"])) != one)
        #expect(sketch(name(["Root"])) != one)
        #expect(NameSketch(ofIssuerIn: certificate(issuer: name(["Root", "Example"]), subject: name(["mx"]))) == one)
    }

    @Test func aVersionMayBeMissing() {
        let old = certificate(issuer: name(["Root"]), subject: name(["mx"]), hasVersion: false)
        #expect(NameSketch(ofIssuerIn: old) == sketch(name(["Root"])))
        #expect(NameSketch(ofSubjectIn: old) == sketch(name(["mx"])))
    }

    /// Other octets may read like these.
    @Test func whatIsNotPlainHasNone() {
        #expect(sketch(name(["R\u{F6}\u{DF}ler"])) == nil)
        #expect(sketch(name(["Root"], Self.teletex)) == nil)
        #expect(sketch(name(["Root\u{0}"])) == nil)
        #expect(sketch(name([String(repeating: "R", count: 300)])) == nil)
    }

    @Test func everyCutHasNoneOrTheSame() {
        let whole = certificate(issuer: name(["Root"]), subject: name(["mx", "Example"]))
        for end in whole.indices {
            #expect(NameSketch(ofSubjectIn: Array(whole[..<end])) == nil)
            #expect(NameSketch(ofIssuerIn: Array(whole[..<end])) == nil)
        }
    }
}

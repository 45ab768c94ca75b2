@testable import Wire

/// Writes DER, and certificates that no tool would issue.
enum DER {
    static func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            switch content.count {
            case 0..<0x80: [UInt8(content.count)]
            case 0x80..<0x100: [0x81, UInt8(content.count)]
            case 0x100..<0x1_0000: [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
            default: [0x83, UInt8(content.count >> 16), UInt8(content.count >> 8 & 0xFF), UInt8(content.count & 0xFF)]
            }
        return [tag] + length + content
    }

    static func sequence(_ fields: [UInt8]...) -> [UInt8] { tlv(0x30, fields.flatMap(\.self)) }

    static func utf8(_ text: String) -> [UInt8] { tlv(0x0C, Array(text.utf8)) }

    /// A name of one attribute; `type` is the content of its object identifier.
    static func name(_ type: [UInt8], _ value: [UInt8]) -> [UInt8] {
        sequence(tlv(0x31, sequence(tlv(0x06, type), value)))
    }

    static func commonName(_ value: [UInt8]) -> [UInt8] { name([0x55, 4, 3], value) }

    static func `extension`(_ last: UInt8, _ value: [UInt8]) -> [UInt8] {
        sequence(tlv(0x06, [0x55, 0x1D, last]), tlv(0x04, value))
    }

    /// subjectAltName with these GeneralNames.
    static func altNames(_ names: [UInt8]...) -> [UInt8] { self.extension(17, tlv(0x30, names.flatMap(\.self))) }

    static func dnsName(_ text: String) -> [UInt8] { tlv(0x82, Array(text.utf8)) }
}

/// The parts of a certificate with an Ed25519 key, each to be replaced by a test.
struct CertificateBuilder {
    var version: [UInt8] = DER.tlv(0xA0, [0x02, 0x01, 0x02])
    var serial: [UInt8] = [1]
    var issuer = DER.commonName(DER.utf8("Issuer"))
    var notBefore = DER.tlv(0x17, Array("260101000000Z".utf8))
    var notAfter = DER.tlv(0x17, Array("270101000000Z".utf8))
    var subject = DER.commonName(DER.utf8("Subject"))
    var keyAlgorithm = DER.sequence([0x06, 0x03, 0x2B, 0x65, 0x70])
    var signatureAlgorithm = DER.sequence([0x06, 0x03, 0x2B, 0x65, 0x70])
    var extensions: [UInt8] = []

    var der: [UInt8] {
        let key = DER.sequence(keyAlgorithm, DER.tlv(0x03, [0] + Array(repeating: 7, count: 32)))
        let tbs = DER.sequence(
            version, DER.tlv(0x02, serial), signatureAlgorithm, issuer, DER.sequence(notBefore, notAfter), subject, key,
            extensions.isEmpty ? [] : DER.tlv(0xA3, DER.tlv(0x30, extensions)))
        return DER.sequence(tbs, signatureAlgorithm, DER.tlv(0x03, [0] + Array(repeating: 9, count: 64)))
    }

    var facts: CertificateFacts { get throws { try CertificateFacts(parsing: der) } }
}

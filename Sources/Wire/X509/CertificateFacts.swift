/// What a certificate says, in values that are safe to show and compare (RFC 5280 §4.1).
///
/// Many sessions see the same certificate, so copies share one storage.
@dynamicMemberLookup
package struct CertificateFacts: Sendable {
    private final class Storage: Sendable {
        let fields: CertificateFields
        let encoded: [UInt8]
        let fingerprint: SHA256Fingerprint

        init(_ fields: CertificateFields, _ encoded: [UInt8], _ fingerprint: SHA256Fingerprint) {
            self.fields = fields
            self.encoded = encoded
            self.fingerprint = fingerprint
        }
    }

    private let storage: Storage

    package init(
        _ fields: CertificateFields, encoded: [UInt8] = [], fingerprint: SHA256Fingerprint = SHA256Fingerprint()
    ) {
        storage = Storage(fields, encoded, fingerprint)
    }

    /// The DER encoding that it was read from, for who follows its chain.
    package var encoded: [UInt8] { storage.encoded }
    /// The digest of `encoded`.
    package var fingerprint: SHA256Fingerprint { storage.fingerprint }

    /// A number that tells it from others while it lives.
    package var identity: UInt64 { UInt64(UInt(bitPattern: ObjectIdentifier(storage)) >> 4) }

    package subscript<Value>(dynamicMember path: KeyPath<CertificateFields, Value>) -> Value {
        storage.fields[keyPath: path]
    }
}

/// What every session's judgement asks for, without the detour over a key path.
extension CertificateFacts {
    package var notBefore: Int64 { storage.fields.notBefore }
    package var notAfter: Int64 { storage.fields.notAfter }
    package var isSelfIssued: Bool { storage.fields.isSelfIssued }
    package var subjectKeyID: [UInt8]? { storage.fields.subjectKeyID }
    package var authorityKeyID: [UInt8]? { storage.fields.authorityKeyID }
    package var dnsNames: [String] { storage.fields.dnsNames }
    package var ipAddresses: [String] { storage.fields.ipAddresses }
    package var commonNames: [String] { storage.fields.commonNames }
    package var publicKey: PublicKeyFacts { storage.fields.publicKey }
    package var signature: SignatureFacts { storage.fields.signature }
}

extension CertificateFacts: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.storage === right.storage || left.storage.fields == right.storage.fields
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(storage.fields) }
}

/// The facts themselves, one by one. Text from the wire has its control characters escaped.
package struct CertificateFields: Hashable, Sendable {
    /// RFC 4514 text, at most 1024 octets of it before escaping; empty for an empty name.
    package var subject = ""
    /// As `subject`.
    package var issuer = ""
    /// Lower-case hexadecimal digits, with a sign if negative; at most 64 octets.
    package var serial = "00"
    /// Seconds since 1970, the first moment of validity.
    package var notBefore: Int64 = 0
    /// Seconds since 1970, the last moment of validity.
    package var notAfter: Int64 = 0
    /// dNSName entries of subjectAltName, in wire order.
    package var dnsNames: [String] = []
    /// iPAddress entries of subjectAltName, in canonical text.
    package var ipAddresses: [String] = []
    /// The subject's common names, in wire order.
    package var commonNames: [String] = []
    /// How many mailbox names it carries, in the subject and in subjectAltName.
    package var emailCount = 0
    package var publicKey = PublicKeyFacts(.other, bits: nil, description: "unknown")
    package var signature = SignatureFacts(name: "unknown", digest: nil)
    /// Lower-case hexadecimal SHA-256 of the DER encoding.
    package var sha256 = ""
    /// Issuer and subject are the same name, octet by octet. Whether the key signed itself is not checked.
    package var isSelfIssued = false
    package var subjectKeyID: [UInt8]?
    package var authorityKeyID: [UInt8]?
    package var isCA = false
    /// 1, 2 or 3.
    package var version = 3

    package init() {}

    /// The signature's usual name, `sha256WithRSAEncryption`, or a dotted object identifier.
    package var signatureAlgorithm: String { signature.name }
}

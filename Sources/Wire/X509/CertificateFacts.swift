/// What a certificate says, in values that are safe to show and compare (RFC 5280 §4.1).
///
/// Many sessions see the same certificate, so copies share one storage.
@dynamicMemberLookup
public struct CertificateFacts: Sendable {
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

    public init(
        _ fields: CertificateFields, encoded: [UInt8] = [], fingerprint: SHA256Fingerprint = SHA256Fingerprint()
    ) {
        storage = Storage(fields, encoded, fingerprint)
    }

    /// The DER encoding that it was read from, for who follows its chain.
    public var encoded: [UInt8] { storage.encoded }
    /// The digest of `encoded`.
    public var fingerprint: SHA256Fingerprint { storage.fingerprint }
    var fields: CertificateFields { storage.fields }

    /// A number that tells it from others while it lives.
    public var identity: UInt64 { UInt64(UInt(bitPattern: ObjectIdentifier(storage)) >> 4) }

    public subscript<Value>(dynamicMember path: KeyPath<CertificateFields, Value>) -> Value {
        storage.fields[keyPath: path]
    }
}

/// What every session's judgement asks for, without the detour over a key path.
extension CertificateFacts {
    public var notBefore: Int64 { storage.fields.notBefore }
    public var notAfter: Int64 { storage.fields.notAfter }
    public var isSelfIssued: Bool { storage.fields.isSelfIssued }
    public var subjectKeyID: [UInt8]? { storage.fields.subjectKeyID }
    public var authorityKeyID: [UInt8]? { storage.fields.authorityKeyID }
    public var dnsNames: [String] { storage.fields.dnsNames }
    public var ipAddresses: [String] { storage.fields.ipAddresses }
    public var commonNames: [String] { storage.fields.commonNames }
    public var publicKey: PublicKeyFacts { storage.fields.publicKey }
    public var signature: SignatureFacts { storage.fields.signature }
    public var hasShortKey: Bool { storage.fields.publicKey.isTooShort }
    /// Signed by another one, over a hash that no longer keeps two certificates apart.
    public var hasBrokenSignature: Bool { !isSelfIssued && storage.fields.signature.usesBrokenDigest }

    /// Less than a third of its validity is left, in seconds since 1970.
    public func isInLastThird(at time: Int64) -> Bool {
        let (left, isLong) = notAfter.subtractingReportingOverflow(time)
        let (lifetime, isUnending) = notAfter.subtractingReportingOverflow(notBefore)
        return !isLong && (isUnending || left < lifetime / 3)
    }
}

extension CertificateFacts: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.storage === right.storage || left.storage.fields == right.storage.fields
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(storage.fields) }
}

/// The facts themselves, one by one. Text from the wire has its control characters escaped.
public struct CertificateFields: Hashable, Sendable {
    /// RFC 4514 text, at most 1024 octets of it before escaping; empty for an empty name.
    public var subject = ""
    /// As `subject`.
    public var issuer = ""
    /// Lower-case hexadecimal digits, with a sign if negative; at most 64 octets.
    public var serial = "00"
    /// Seconds since 1970, the first moment of validity.
    public var notBefore: Int64 = 0
    /// Seconds since 1970, the last moment of validity.
    public var notAfter: Int64 = 0
    /// dNSName entries of subjectAltName, in wire order.
    public var dnsNames: [String] = []
    /// iPAddress entries of subjectAltName, in canonical text.
    public var ipAddresses: [String] = []
    /// The subject's common names, in wire order.
    public var commonNames: [String] = []
    /// How many mailbox names it carries, in the subject and in subjectAltName.
    public var emailCount = 0
    public var publicKey = PublicKeyFacts(.other, bits: nil, description: "unknown")
    public var signature = SignatureFacts(name: "unknown", digest: nil)
    /// Lower-case hexadecimal SHA-256 of the DER encoding.
    public var sha256 = ""
    /// Issuer and subject are the same name. Whether the key signed itself is not checked.
    public var isSelfIssued = false
    public var subjectKeyID: [UInt8]?
    public var authorityKeyID: [UInt8]?
    public var isCA = false
    /// 1, 2 or 3.
    public var version = 3

    public init() {}

    /// The signature's usual name, `sha256WithRSAEncryption`, or a dotted object identifier.
    public var signatureAlgorithm: String { signature.name }
}

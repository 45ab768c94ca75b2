/// What a ServerHello or HelloRetryRequest says (RFC 8446 §4.1.3, §4.1.4; RFC 5246 §7.4.1.3).
///
///     struct {
///         ProtocolVersion legacy_version = 0x0303;
///         Random random;
///         opaque legacy_session_id_echo<0..32>;
///         CipherSuite cipher_suite;
///         uint8 legacy_compression_method = 0;
///         Extension extensions<6..2^16-1>;
///     } ServerHello;
public struct ServerHelloFacts: Sendable, Equatable {
    public var legacyVersion: TLSVersion
    /// What was chosen: supported_versions where the server sent it, else `legacyVersion`.
    public var version: TLSVersion
    /// The server sent supported_versions.
    public var isVersionExtended = false
    public var random: HelloRandom
    public var cipherSuite: CipherSuite
    /// As sent: 0 compresses nothing (RFC 3749 §2); TLS 1.3 has no other.
    public var compressionMethod: UInt8 = 0
    /// The group of the chosen key share, or the one that a HelloRetryRequest asks for.
    public var group: NamedGroup?
    /// Index of the pre-shared key that the server took.
    public var selectedPSK: UInt16?
    public var alpn: String?
    public var usesExtendedMasterSecret = false
    public var usesRenegotiationInfo = false
    public var usesEncryptThenMAC = false
    /// Types of the extensions, as sent.
    public var extensionTypes = ServerExtensionTypes()

    /// The message asks for another ClientHello (RFC 8446 §4.1.4).
    public var isHelloRetryRequest: Bool { random.asksForRetry }

    /// What the last octets of the random say about the server's own ceiling (RFC 8446 §4.1.3).
    public var downgradeSentinel: DowngradeSentinel? { random.downgradeSentinel }
}

/// A server that could have gone higher marks what it settled for (RFC 8446 §4.1.3).
public enum DowngradeSentinel: Sendable {
    /// It can do TLS 1.3 and negotiated TLS 1.2.
    case tls12
    /// It can do TLS 1.2 or 1.3 and negotiated TLS 1.1 or below.
    case tls11OrBelow
}

extension ServerHelloFacts {
    /// Reads a message body; the reader must end with it.
    public init(parsing reader: inout ByteReader) throws(WireError) {
        legacyVersion = TLSVersion(rawValue: try reader.u16())
        version = legacyVersion
        random = HelloRandom(try reader.take(32))
        // The early drafts of TLS 1.3 had neither session id nor compression method here.
        let isEarlyDraft = legacyVersion.rawValue >> 8 == 0x7F
        if !isEarlyDraft { _ = try reader.vector8(0...32) }
        cipherSuite = CipherSuite(rawValue: try reader.u16())
        if !isEarlyDraft { compressionMethod = try reader.u8() }
        guard !reader.isAtEnd else { return }
        let start = reader.offset + 2
        var block = HelloExtensions(try reader.vector16(), at: start)
        while !block.isAtEnd {
            var next = try block.next()
            extensionTypes.append(next.type)
            try take(ExtensionType(rawValue: next.type), &next.data)
        }
        guard reader.isAtEnd else { throw reader.failure(.malformed("octets behind the extensions")) }
    }

    private mutating func take(_ type: ExtensionType, _ data: inout ByteReader) throws(WireError) {
        switch type {
        case .supportedVersions:
            version = TLSVersion(rawValue: try data.u16())
            isVersionExtended = true
        case .keyShare, .draftKeyShare: group = NamedGroup(rawValue: try data.u16())
        case .preSharedKey: selectedPSK = try data.u16()
        case .applicationLayerProtocolNegotiation: alpn = try data.protocolNames().first
        case .extendedMasterSecret: usesExtendedMasterSecret = true
        case .renegotiationInfo: usesRenegotiationInfo = true
        case .encryptThenMAC: usesEncryptThenMAC = true
        default: break
        }
    }
}

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
package struct ServerHelloFacts: Sendable {
    package var legacyVersion: TLSVersion
    /// What was chosen: supported_versions where the server sent it, else `legacyVersion`.
    package var version: TLSVersion
    package var random: [UInt8]
    package var sessionID: [UInt8]
    package var cipherSuite: CipherSuite
    package var compressionMethod: UInt8
    /// In the order of sending.
    package var extensionTypes: [UInt16] = []
    /// The group of the chosen key share, or the one that a HelloRetryRequest asks for.
    package var group: NamedGroup?
    /// Index of the pre-shared key that the server took.
    package var selectedPSK: UInt16?
    package var alpn: String?
    package var usesExtendedMasterSecret = false
    package var usesRenegotiationInfo = false
    package var usesEncryptThenMAC = false

    /// The message asks for another ClientHello (RFC 8446 §4.1.4).
    package var isHelloRetryRequest: Bool { random == Self.retryRandom }

    /// What the last octets of the random say about the server's own ceiling (RFC 8446 §4.1.3).
    package var downgradeSentinel: DowngradeSentinel? {
        guard random.count == 32, random[24..<31].elementsEqual([0x44, 0x4F, 0x57, 0x4E, 0x47, 0x52, 0x44]) else {
            return nil
        }
        return random[31] == 1 ? .tls12 : random[31] == 0 ? .tls11OrBelow : nil
    }

    /// SHA-256 of "HelloRetryRequest".
    private static let retryRandom: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]
}

/// A server that could have gone higher marks what it settled for (RFC 8446 §4.1.3).
package enum DowngradeSentinel: Sendable {
    /// It can do TLS 1.3 and negotiated TLS 1.2.
    case tls12
    /// It can do TLS 1.2 or 1.3 and negotiated TLS 1.1 or below.
    case tls11OrBelow
}

extension ServerHelloFacts {
    /// Reads a message body; the reader must end with it.
    package init(parsing reader: inout ByteReader) throws(WireError) {
        legacyVersion = TLSVersion(rawValue: try reader.u16())
        version = legacyVersion
        random = [UInt8](copying: try reader.take(32))
        // The early drafts of TLS 1.3 had neither session id nor compression method here.
        let isEarlyDraft = legacyVersion.rawValue >> 8 == 0x7F
        sessionID = isEarlyDraft ? [] : [UInt8](copying: try reader.vector8(0...32))
        cipherSuite = CipherSuite(rawValue: try reader.u16())
        compressionMethod = isEarlyDraft ? 0 : try reader.u8()
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
        case .supportedVersions: version = TLSVersion(rawValue: try data.u16())
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

/// The header of a TLS record (RFC 8446 §5.1, RFC 5246 §6.2.1).
///
///     struct {
///         ContentType type;
///         ProtocolVersion legacy_record_version;
///         uint16 length;
///     } TLSPlaintext;
public struct TLSRecordHeader: Equatable, Sendable {
    public let type: TLSContentType
    public let version: TLSVersion
    /// Length of the fragment behind the header, in octets.
    public let length: Int

    public static let size = 5
    /// 2¹⁴ octets and what protection may add to them (RFC 5246 §6.2.3).
    public static let maximumLength = 1 << 14 + 2048

    /// Reads its five octets.
    public init(_ octets: Span<UInt8>) throws(WireError) {
        type = TLSContentType(rawValue: octets[0])
        guard octets[0] >= 20, octets[0] <= 24 else {
            throw WireError(.malformed("unknown content type"), layer: .tlsRecord, offset: 1)
        }
        version = TLSVersion(rawValue: octets.u16(at: 1))
        guard octets[1] == 3 else {
            throw WireError(.malformed("record version is not 3.x"), layer: .tlsRecord, offset: 3)
        }
        length = Int(octets.u16(at: 3))
        guard length <= Self.maximumLength else {
            throw WireError(.malformed("record longer than 2^14+2048"), layer: .tlsRecord, offset: Self.size)
        }
    }
}

extension TLSRecordHeader {
    /// Length of the fragment of a record of application data, whose header stands at `index`; `nil` where another one
    /// stands there, one without octets, or a part of one.
    public static func lengthOfApplicationData(in octets: Span<UInt8>, at index: Int) -> Int? {
        guard octets.count - index >= size, octets[index] == TLSContentType.applicationData.rawValue,
            octets[index + 1] == 3
        else { return nil }
        let length = Int(octets.u16(at: index + 3))
        return length > 0 && length <= maximumLength ? length : nil
    }
}

/// Whether octets begin TLS, as far as their leading ones tell.
public enum TLSSignature {
    /// A handshake's start: a ClientHello or ServerHello record, a plain alert, or an SSLv2-compatible hello.
    /// `nil` where there are too few octets to tell.
    public static func beginsTLS(_ octets: Span<UInt8>) -> Bool? {
        guard let first = byte(octets, 0) else { return nil }
        if first & 0x80 != 0 { return beginsSSLv2(octets) }
        guard first == TLSContentType.handshake.rawValue || first == TLSContentType.alert.rawValue else { return false }
        guard let isHeader = isRecordHeader(octets) else { return nil }
        guard isHeader else { return false }
        if first == TLSContentType.alert.rawValue { return byte(octets, 3) == 0 && byte(octets, 4) == 2 }
        guard let message = byte(octets, 5) else { return nil }
        return message <= HandshakeType.serverHello.rawValue
    }

    /// Any record, also in the middle of a connection.
    public static func isRecord(_ octets: Span<UInt8>) -> Bool? {
        guard let first = byte(octets, 0) else { return nil }
        guard first >= 20, first <= 24 else { return false }
        return isRecordHeader(octets)
    }

    private static func isRecordHeader(_ octets: Span<UInt8>) -> Bool? {
        guard let major = byte(octets, 1) else { return nil }
        guard major == 3 else { return false }
        guard let minor = byte(octets, 2) else { return nil }
        guard minor <= 4 else { return false }
        guard octets.count >= TLSRecordHeader.size else { return nil }
        let length = Int(octets[3]) << 8 | Int(octets[4])
        return length > 0 && length <= TLSRecordHeader.maximumLength
    }

    /// A two-octet length with the high bit set, then CLIENT-HELLO with consistent lengths (RFC 5246 appendix E.2).
    private static func beginsSSLv2(_ octets: Span<UInt8>) -> Bool? {
        if let type = byte(octets, 2), type != 1 { return false }
        if let major = byte(octets, 3), major != 3, major != 0 { return false }
        guard octets.count >= 11 else { return nil }
        let version = UInt16(octets[3]) << 8 | UInt16(octets[4])
        guard version == TLSVersion.ssl2.rawValue || version >> 8 == 3 && version & 0xFF <= 4 else { return false }
        let specs = Int(octets[5]) << 8 | Int(octets[6])
        let session = Int(octets[7]) << 8 | Int(octets[8])
        let challenge = Int(octets[9]) << 8 | Int(octets[10])
        let length = Int(octets[0] & 0x7F) << 8 | Int(octets[1])
        return specs > 0 && specs % 3 == 0 && challenge >= 16 && challenge <= 32
            && length == 9 + specs + session + challenge
    }

    private static func byte(_ octets: Span<UInt8>, _ index: Int) -> UInt8? {
        index < octets.count ? octets[index] : nil
    }
}

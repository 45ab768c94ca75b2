/// Why a TLS peer complains or ends (RFC 8446 §6, IANA "TLS Alerts").
public struct AlertDescription: Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let closeNotify = Self(rawValue: 0)
    public static let endOfEarlyData = Self(rawValue: 1)
    public static let unexpectedMessage = Self(rawValue: 10)
    public static let badRecordMAC = Self(rawValue: 20)
    public static let decryptionFailed = Self(rawValue: 21)
    public static let recordOverflow = Self(rawValue: 22)
    public static let decompressionFailure = Self(rawValue: 30)
    public static let handshakeFailure = Self(rawValue: 40)
    public static let noCertificate = Self(rawValue: 41)
    public static let badCertificate = Self(rawValue: 42)
    public static let unsupportedCertificate = Self(rawValue: 43)
    public static let certificateRevoked = Self(rawValue: 44)
    public static let certificateExpired = Self(rawValue: 45)
    public static let certificateUnknown = Self(rawValue: 46)
    public static let illegalParameter = Self(rawValue: 47)
    public static let unknownCA = Self(rawValue: 48)
    public static let accessDenied = Self(rawValue: 49)
    public static let decodeError = Self(rawValue: 50)
    public static let decryptError = Self(rawValue: 51)
    public static let tooManyCIDsRequested = Self(rawValue: 52)
    public static let exportRestriction = Self(rawValue: 60)
    public static let protocolVersion = Self(rawValue: 70)
    public static let insufficientSecurity = Self(rawValue: 71)
    public static let internalError = Self(rawValue: 80)
    public static let inappropriateFallback = Self(rawValue: 86)
    public static let userCanceled = Self(rawValue: 90)
    public static let noRenegotiation = Self(rawValue: 100)
    public static let missingExtension = Self(rawValue: 109)
    public static let unsupportedExtension = Self(rawValue: 110)
    public static let certificateUnobtainable = Self(rawValue: 111)
    public static let unrecognizedName = Self(rawValue: 112)
    public static let badCertificateStatusResponse = Self(rawValue: 113)
    public static let badCertificateHashValue = Self(rawValue: 114)
    public static let unknownPSKIdentity = Self(rawValue: 115)
    public static let certificateRequired = Self(rawValue: 116)
    public static let generalError = Self(rawValue: 117)
    public static let noApplicationProtocol = Self(rawValue: 120)
    public static let echRequired = Self(rawValue: 121)
}

extension AlertDescription: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    public var name: String {
        switch self {
        case .closeNotify: "close_notify"
        case .endOfEarlyData: "end_of_early_data"
        case .unexpectedMessage: "unexpected_message"
        case .badRecordMAC: "bad_record_mac"
        case .decryptionFailed: "decryption_failed"
        case .recordOverflow: "record_overflow"
        case .decompressionFailure: "decompression_failure"
        case .handshakeFailure: "handshake_failure"
        case .noCertificate: "no_certificate"
        case .badCertificate: "bad_certificate"
        case .unsupportedCertificate: "unsupported_certificate"
        case .certificateRevoked: "certificate_revoked"
        case .certificateExpired: "certificate_expired"
        case .certificateUnknown: "certificate_unknown"
        case .illegalParameter: "illegal_parameter"
        case .unknownCA: "unknown_ca"
        case .accessDenied: "access_denied"
        case .decodeError: "decode_error"
        case .decryptError: "decrypt_error"
        case .tooManyCIDsRequested: "too_many_cids_requested"
        case .exportRestriction: "export_restriction"
        case .protocolVersion: "protocol_version"
        case .insufficientSecurity: "insufficient_security"
        case .internalError: "internal_error"
        case .inappropriateFallback: "inappropriate_fallback"
        case .userCanceled: "user_canceled"
        case .noRenegotiation: "no_renegotiation"
        case .missingExtension: "missing_extension"
        case .unsupportedExtension: "unsupported_extension"
        case .certificateUnobtainable: "certificate_unobtainable"
        case .unrecognizedName: "unrecognized_name"
        case .badCertificateStatusResponse: "bad_certificate_status_response"
        case .badCertificateHashValue: "bad_certificate_hash_value"
        case .unknownPSKIdentity: "unknown_psk_identity"
        case .certificateRequired: "certificate_required"
        case .generalError: "general_error"
        case .noApplicationProtocol: "no_application_protocol"
        case .echRequired: "ech_required"
        default: RegistryName.hex(rawValue)
        }
    }

    public var description: String { name }
}

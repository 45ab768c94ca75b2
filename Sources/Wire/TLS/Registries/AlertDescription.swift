/// Why a TLS peer complains or ends (RFC 8446 §6, IANA "TLS Alerts").
package struct AlertDescription: Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let closeNotify = Self(rawValue: 0)
    package static let endOfEarlyData = Self(rawValue: 1)
    package static let unexpectedMessage = Self(rawValue: 10)
    package static let badRecordMAC = Self(rawValue: 20)
    package static let decryptionFailed = Self(rawValue: 21)
    package static let recordOverflow = Self(rawValue: 22)
    package static let decompressionFailure = Self(rawValue: 30)
    package static let handshakeFailure = Self(rawValue: 40)
    package static let noCertificate = Self(rawValue: 41)
    package static let badCertificate = Self(rawValue: 42)
    package static let unsupportedCertificate = Self(rawValue: 43)
    package static let certificateRevoked = Self(rawValue: 44)
    package static let certificateExpired = Self(rawValue: 45)
    package static let certificateUnknown = Self(rawValue: 46)
    package static let illegalParameter = Self(rawValue: 47)
    package static let unknownCA = Self(rawValue: 48)
    package static let accessDenied = Self(rawValue: 49)
    package static let decodeError = Self(rawValue: 50)
    package static let decryptError = Self(rawValue: 51)
    package static let tooManyCIDsRequested = Self(rawValue: 52)
    package static let exportRestriction = Self(rawValue: 60)
    package static let protocolVersion = Self(rawValue: 70)
    package static let insufficientSecurity = Self(rawValue: 71)
    package static let internalError = Self(rawValue: 80)
    package static let inappropriateFallback = Self(rawValue: 86)
    package static let userCanceled = Self(rawValue: 90)
    package static let noRenegotiation = Self(rawValue: 100)
    package static let missingExtension = Self(rawValue: 109)
    package static let unsupportedExtension = Self(rawValue: 110)
    package static let certificateUnobtainable = Self(rawValue: 111)
    package static let unrecognizedName = Self(rawValue: 112)
    package static let badCertificateStatusResponse = Self(rawValue: 113)
    package static let badCertificateHashValue = Self(rawValue: 114)
    package static let unknownPSKIdentity = Self(rawValue: 115)
    package static let certificateRequired = Self(rawValue: 116)
    package static let generalError = Self(rawValue: 117)
    package static let noApplicationProtocol = Self(rawValue: 120)
    package static let echRequired = Self(rawValue: 121)
}

extension AlertDescription: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    package var name: String {
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

    package var description: String { name }
}

/// An extension of a TLS hello (RFC 8446 §4.2, IANA "TLS ExtensionType Values"; with a few that browsers use outside
/// the registry).
public struct ExtensionType: Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let serverName = Self(rawValue: 0)
    public static let maxFragmentLength = Self(rawValue: 1)
    public static let clientCertificateURL = Self(rawValue: 2)
    public static let trustedCAKeys = Self(rawValue: 3)
    public static let truncatedHMAC = Self(rawValue: 4)
    public static let statusRequest = Self(rawValue: 5)
    public static let userMapping = Self(rawValue: 6)
    public static let clientAuthz = Self(rawValue: 7)
    public static let serverAuthz = Self(rawValue: 8)
    public static let certType = Self(rawValue: 9)
    public static let supportedGroups = Self(rawValue: 10)
    public static let ecPointFormats = Self(rawValue: 11)
    public static let srp = Self(rawValue: 12)
    public static let signatureAlgorithms = Self(rawValue: 13)
    public static let useSRTP = Self(rawValue: 14)
    public static let heartbeat = Self(rawValue: 15)
    public static let applicationLayerProtocolNegotiation = Self(rawValue: 16)
    public static let statusRequestV2 = Self(rawValue: 17)
    public static let signedCertificateTimestamp = Self(rawValue: 18)
    public static let clientCertificateType = Self(rawValue: 19)
    public static let serverCertificateType = Self(rawValue: 20)
    public static let padding = Self(rawValue: 21)
    public static let encryptThenMAC = Self(rawValue: 22)
    public static let extendedMasterSecret = Self(rawValue: 23)
    public static let tokenBinding = Self(rawValue: 24)
    public static let cachedInfo = Self(rawValue: 25)
    public static let tlsLTS = Self(rawValue: 26)
    public static let compressCertificate = Self(rawValue: 27)
    public static let recordSizeLimit = Self(rawValue: 28)
    public static let pwdProtect = Self(rawValue: 29)
    public static let pwdClear = Self(rawValue: 30)
    public static let passwordSalt = Self(rawValue: 31)
    public static let ticketPinning = Self(rawValue: 32)
    public static let tlsCertWithExternPSK = Self(rawValue: 33)
    public static let delegatedCredential = Self(rawValue: 34)
    public static let sessionTicket = Self(rawValue: 35)
    public static let tlmsp = Self(rawValue: 36)
    public static let tlmspProxying = Self(rawValue: 37)
    public static let tlmspDelegate = Self(rawValue: 38)
    public static let supportedEKTCiphers = Self(rawValue: 39)
    /// key_share up to draft 22 of TLS 1.3; reserved since (RFC 8446 §11).
    public static let draftKeyShare = Self(rawValue: 40)
    public static let preSharedKey = Self(rawValue: 41)
    public static let earlyData = Self(rawValue: 42)
    public static let supportedVersions = Self(rawValue: 43)
    public static let cookie = Self(rawValue: 44)
    public static let pskKeyExchangeModes = Self(rawValue: 45)
    /// Of the drafts of TLS 1.3; reserved since (RFC 8446 §11).
    public static let draftTicketEarlyDataInfo = Self(rawValue: 46)
    public static let certificateAuthorities = Self(rawValue: 47)
    public static let oidFilters = Self(rawValue: 48)
    public static let postHandshakeAuth = Self(rawValue: 49)
    public static let signatureAlgorithmsCert = Self(rawValue: 50)
    public static let keyShare = Self(rawValue: 51)
    public static let transparencyInfo = Self(rawValue: 52)
    /// connection_id as drafts had it (RFC 9146 §3 has another number).
    public static let draftConnectionID = Self(rawValue: 53)
    public static let connectionID = Self(rawValue: 54)
    public static let externalIDHash = Self(rawValue: 55)
    public static let externalSessionID = Self(rawValue: 56)
    public static let quicTransportParameters = Self(rawValue: 57)
    public static let ticketRequest = Self(rawValue: 58)
    public static let dnssecChain = Self(rawValue: 59)
    public static let sequenceNumberEncryptionAlgorithms = Self(rawValue: 60)
    public static let rrc = Self(rawValue: 61)
    public static let tlsFlags = Self(rawValue: 62)
    public static let nextProtocolNegotiation = Self(rawValue: 0x3374)
    public static let applicationSettings = Self(rawValue: 0x4469)
    public static let applicationSettingsNew = Self(rawValue: 0x44CD)
    public static let channelIDOld = Self(rawValue: 0x754F)
    public static let channelID = Self(rawValue: 0x7550)
    public static let echOuterExtensions = Self(rawValue: 0xFD00)
    public static let encryptedClientHello = Self(rawValue: 0xFE0D)
    public static let encryptedServerName = Self(rawValue: 0xFFCE)
    public static let renegotiationInfo = Self(rawValue: 0xFF01)
}

extension ExtensionType: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    public var name: String {
        switch self {
        case .serverName: "server_name"
        case .maxFragmentLength: "max_fragment_length"
        case .clientCertificateURL: "client_certificate_url"
        case .trustedCAKeys: "trusted_ca_keys"
        case .truncatedHMAC: "truncated_hmac"
        case .statusRequest: "status_request"
        case .userMapping: "user_mapping"
        case .clientAuthz: "client_authz"
        case .serverAuthz: "server_authz"
        case .certType: "cert_type"
        case .supportedGroups: "supported_groups"
        case .ecPointFormats: "ec_point_formats"
        case .srp: "srp"
        case .signatureAlgorithms: "signature_algorithms"
        case .useSRTP: "use_srtp"
        case .heartbeat: "heartbeat"
        case .applicationLayerProtocolNegotiation: "application_layer_protocol_negotiation"
        case .statusRequestV2: "status_request_v2"
        case .signedCertificateTimestamp: "signed_certificate_timestamp"
        case .clientCertificateType: "client_certificate_type"
        case .serverCertificateType: "server_certificate_type"
        case .padding: "padding"
        case .encryptThenMAC: "encrypt_then_mac"
        case .extendedMasterSecret: "extended_master_secret"
        case .tokenBinding: "token_binding"
        case .cachedInfo: "cached_info"
        case .tlsLTS: "tls_lts"
        case .compressCertificate: "compress_certificate"
        case .recordSizeLimit: "record_size_limit"
        case .pwdProtect: "pwd_protect"
        case .pwdClear: "pwd_clear"
        case .passwordSalt: "password_salt"
        case .ticketPinning: "ticket_pinning"
        case .tlsCertWithExternPSK: "tls_cert_with_extern_psk"
        case .delegatedCredential: "delegated_credential"
        case .sessionTicket: "session_ticket"
        case .tlmsp: "TLMSP"
        case .tlmspProxying: "TLMSP_proxying"
        case .tlmspDelegate: "TLMSP_delegate"
        case .supportedEKTCiphers: "supported_ekt_ciphers"
        case .preSharedKey: "pre_shared_key"
        case .earlyData: "early_data"
        case .supportedVersions: "supported_versions"
        case .cookie: "cookie"
        case .pskKeyExchangeModes: "psk_key_exchange_modes"
        case .draftTicketEarlyDataInfo: "ticket_early_data_info"
        case .certificateAuthorities: "certificate_authorities"
        case .oidFilters: "oid_filters"
        case .postHandshakeAuth: "post_handshake_auth"
        case .signatureAlgorithmsCert: "signature_algorithms_cert"
        case .keyShare, .draftKeyShare: "key_share"
        case .transparencyInfo: "transparency_info"
        case .connectionID, .draftConnectionID: "connection_id"
        case .externalIDHash: "external_id_hash"
        case .externalSessionID: "external_session_id"
        case .quicTransportParameters: "quic_transport_parameters"
        case .ticketRequest: "ticket_request"
        case .dnssecChain: "dnssec_chain"
        case .sequenceNumberEncryptionAlgorithms: "sequence_number_encryption_algorithms"
        case .rrc: "rrc"
        case .tlsFlags: "tls_flags"
        case .nextProtocolNegotiation: "next_protocol_negotiation"
        case .applicationSettings: "application_settings"
        case .applicationSettingsNew: "application_settings_new"
        case .channelIDOld: "channel_id_old"
        case .channelID: "channel_id"
        case .echOuterExtensions: "ech_outer_extensions"
        case .encryptedClientHello: "encrypted_client_hello"
        case .encryptedServerName: "encrypted_server_name"
        case .renegotiationInfo: "renegotiation_info"
        default: GREASE.contains(rawValue) ? "GREASE \(RegistryName.hex(rawValue))" : RegistryName.hex(rawValue)
        }
    }

    public var description: String { name }
}

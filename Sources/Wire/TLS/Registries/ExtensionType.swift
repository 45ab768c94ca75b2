/// An extension of a TLS hello (RFC 8446 §4.2, IANA "TLS ExtensionType Values"; with a few that browsers use outside
/// the registry).
package struct ExtensionType: Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let serverName = Self(rawValue: 0)
    package static let maxFragmentLength = Self(rawValue: 1)
    package static let clientCertificateURL = Self(rawValue: 2)
    package static let trustedCAKeys = Self(rawValue: 3)
    package static let truncatedHMAC = Self(rawValue: 4)
    package static let statusRequest = Self(rawValue: 5)
    package static let userMapping = Self(rawValue: 6)
    package static let clientAuthz = Self(rawValue: 7)
    package static let serverAuthz = Self(rawValue: 8)
    package static let certType = Self(rawValue: 9)
    package static let supportedGroups = Self(rawValue: 10)
    package static let ecPointFormats = Self(rawValue: 11)
    package static let srp = Self(rawValue: 12)
    package static let signatureAlgorithms = Self(rawValue: 13)
    package static let useSRTP = Self(rawValue: 14)
    package static let heartbeat = Self(rawValue: 15)
    package static let applicationLayerProtocolNegotiation = Self(rawValue: 16)
    package static let statusRequestV2 = Self(rawValue: 17)
    package static let signedCertificateTimestamp = Self(rawValue: 18)
    package static let clientCertificateType = Self(rawValue: 19)
    package static let serverCertificateType = Self(rawValue: 20)
    package static let padding = Self(rawValue: 21)
    package static let encryptThenMAC = Self(rawValue: 22)
    package static let extendedMasterSecret = Self(rawValue: 23)
    package static let tokenBinding = Self(rawValue: 24)
    package static let cachedInfo = Self(rawValue: 25)
    package static let tlsLTS = Self(rawValue: 26)
    package static let compressCertificate = Self(rawValue: 27)
    package static let recordSizeLimit = Self(rawValue: 28)
    package static let pwdProtect = Self(rawValue: 29)
    package static let pwdClear = Self(rawValue: 30)
    package static let passwordSalt = Self(rawValue: 31)
    package static let ticketPinning = Self(rawValue: 32)
    package static let tlsCertWithExternPSK = Self(rawValue: 33)
    package static let delegatedCredential = Self(rawValue: 34)
    package static let sessionTicket = Self(rawValue: 35)
    package static let tlmsp = Self(rawValue: 36)
    package static let tlmspProxying = Self(rawValue: 37)
    package static let tlmspDelegate = Self(rawValue: 38)
    package static let supportedEKTCiphers = Self(rawValue: 39)
    /// key_share up to draft 22 of TLS 1.3; reserved since (RFC 8446 §11).
    package static let draftKeyShare = Self(rawValue: 40)
    package static let preSharedKey = Self(rawValue: 41)
    package static let earlyData = Self(rawValue: 42)
    package static let supportedVersions = Self(rawValue: 43)
    package static let cookie = Self(rawValue: 44)
    package static let pskKeyExchangeModes = Self(rawValue: 45)
    /// Of the drafts of TLS 1.3; reserved since (RFC 8446 §11).
    package static let draftTicketEarlyDataInfo = Self(rawValue: 46)
    package static let certificateAuthorities = Self(rawValue: 47)
    package static let oidFilters = Self(rawValue: 48)
    package static let postHandshakeAuth = Self(rawValue: 49)
    package static let signatureAlgorithmsCert = Self(rawValue: 50)
    package static let keyShare = Self(rawValue: 51)
    package static let transparencyInfo = Self(rawValue: 52)
    /// connection_id as drafts had it (RFC 9146 §3 has another number).
    package static let draftConnectionID = Self(rawValue: 53)
    package static let connectionID = Self(rawValue: 54)
    package static let externalIDHash = Self(rawValue: 55)
    package static let externalSessionID = Self(rawValue: 56)
    package static let quicTransportParameters = Self(rawValue: 57)
    package static let ticketRequest = Self(rawValue: 58)
    package static let dnssecChain = Self(rawValue: 59)
    package static let sequenceNumberEncryptionAlgorithms = Self(rawValue: 60)
    package static let rrc = Self(rawValue: 61)
    package static let tlsFlags = Self(rawValue: 62)
    package static let nextProtocolNegotiation = Self(rawValue: 0x3374)
    package static let applicationSettings = Self(rawValue: 0x4469)
    package static let applicationSettingsNew = Self(rawValue: 0x44CD)
    package static let channelIDOld = Self(rawValue: 0x754F)
    package static let channelID = Self(rawValue: 0x7550)
    package static let echOuterExtensions = Self(rawValue: 0xFD00)
    package static let encryptedClientHello = Self(rawValue: 0xFE0D)
    package static let encryptedServerName = Self(rawValue: 0xFFCE)
    package static let renegotiationInfo = Self(rawValue: 0xFF01)
}

extension ExtensionType: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    package var name: String {
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

    package var description: String { name }
}

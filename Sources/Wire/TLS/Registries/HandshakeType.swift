/// A handshake message's type (RFC 8446 §4, IANA "TLS HandshakeType").
package struct HandshakeType: Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let helloRequest = Self(rawValue: 0)
    package static let clientHello = Self(rawValue: 1)
    package static let serverHello = Self(rawValue: 2)
    package static let helloVerifyRequest = Self(rawValue: 3)
    package static let newSessionTicket = Self(rawValue: 4)
    package static let endOfEarlyData = Self(rawValue: 5)
    package static let helloRetryRequest = Self(rawValue: 6)
    package static let encryptedExtensions = Self(rawValue: 8)
    package static let requestConnectionID = Self(rawValue: 9)
    package static let newConnectionID = Self(rawValue: 10)
    package static let certificate = Self(rawValue: 11)
    package static let serverKeyExchange = Self(rawValue: 12)
    package static let certificateRequest = Self(rawValue: 13)
    package static let serverHelloDone = Self(rawValue: 14)
    package static let certificateVerify = Self(rawValue: 15)
    package static let clientKeyExchange = Self(rawValue: 16)
    package static let clientCertificateRequest = Self(rawValue: 17)
    package static let finished = Self(rawValue: 20)
    package static let certificateURL = Self(rawValue: 21)
    package static let certificateStatus = Self(rawValue: 22)
    package static let supplementalData = Self(rawValue: 23)
    package static let keyUpdate = Self(rawValue: 24)
    package static let compressedCertificate = Self(rawValue: 25)
    package static let ektKey = Self(rawValue: 26)
    package static let nextProtocol = Self(rawValue: 67)
    package static let messageHash = Self(rawValue: 254)
}

extension HandshakeType: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    package var name: String {
        switch self {
        case .helloRequest: "hello_request"
        case .clientHello: "client_hello"
        case .serverHello: "server_hello"
        case .helloVerifyRequest: "hello_verify_request"
        case .newSessionTicket: "new_session_ticket"
        case .endOfEarlyData: "end_of_early_data"
        case .helloRetryRequest: "hello_retry_request"
        case .encryptedExtensions: "encrypted_extensions"
        case .requestConnectionID: "request_connection_id"
        case .newConnectionID: "new_connection_id"
        case .certificate: "certificate"
        case .serverKeyExchange: "server_key_exchange"
        case .certificateRequest: "certificate_request"
        case .serverHelloDone: "server_hello_done"
        case .certificateVerify: "certificate_verify"
        case .clientKeyExchange: "client_key_exchange"
        case .clientCertificateRequest: "client_certificate_request"
        case .finished: "finished"
        case .certificateURL: "certificate_url"
        case .certificateStatus: "certificate_status"
        case .supplementalData: "supplemental_data"
        case .keyUpdate: "key_update"
        case .compressedCertificate: "compressed_certificate"
        case .ektKey: "ekt_key"
        case .nextProtocol: "next_protocol"
        case .messageHash: "message_hash"
        default: RegistryName.hex(rawValue)
        }
    }

    package var description: String { name }
}

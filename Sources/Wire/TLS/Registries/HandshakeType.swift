/// A handshake message's type (RFC 8446 §4, IANA "TLS HandshakeType").
public struct HandshakeType: Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let helloRequest = Self(rawValue: 0)
    public static let clientHello = Self(rawValue: 1)
    public static let serverHello = Self(rawValue: 2)
    public static let helloVerifyRequest = Self(rawValue: 3)
    public static let newSessionTicket = Self(rawValue: 4)
    public static let endOfEarlyData = Self(rawValue: 5)
    public static let helloRetryRequest = Self(rawValue: 6)
    public static let encryptedExtensions = Self(rawValue: 8)
    public static let requestConnectionID = Self(rawValue: 9)
    public static let newConnectionID = Self(rawValue: 10)
    public static let certificate = Self(rawValue: 11)
    public static let serverKeyExchange = Self(rawValue: 12)
    public static let certificateRequest = Self(rawValue: 13)
    public static let serverHelloDone = Self(rawValue: 14)
    public static let certificateVerify = Self(rawValue: 15)
    public static let clientKeyExchange = Self(rawValue: 16)
    public static let clientCertificateRequest = Self(rawValue: 17)
    public static let finished = Self(rawValue: 20)
    public static let certificateURL = Self(rawValue: 21)
    public static let certificateStatus = Self(rawValue: 22)
    public static let supplementalData = Self(rawValue: 23)
    public static let keyUpdate = Self(rawValue: 24)
    public static let compressedCertificate = Self(rawValue: 25)
    public static let ektKey = Self(rawValue: 26)
    public static let nextProtocol = Self(rawValue: 67)
    public static let messageHash = Self(rawValue: 254)
}

extension HandshakeType: CustomStringConvertible {
    /// The name in the registry's spelling; `0x…` where it has none.
    public var name: String {
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

    public var description: String { name }
}

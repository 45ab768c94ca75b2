/// What a TLS record carries (RFC 8446 §5.1, IANA "TLS ContentType").
public struct TLSContentType: Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let changeCipherSpec = Self(rawValue: 20)
    public static let alert = Self(rawValue: 21)
    public static let handshake = Self(rawValue: 22)
    public static let applicationData = Self(rawValue: 23)
    public static let heartbeat = Self(rawValue: 24)
    public static let tls12CID = Self(rawValue: 25)
    public static let ack = Self(rawValue: 26)
}

extension TLSContentType: CustomStringConvertible {
    public var name: String {
        switch self {
        case .changeCipherSpec: "change_cipher_spec"
        case .alert: "alert"
        case .handshake: "handshake"
        case .applicationData: "application_data"
        case .heartbeat: "heartbeat"
        case .tls12CID: "tls12_cid"
        case .ack: "ACK"
        default: RegistryName.hex(rawValue)
        }
    }

    public var description: String { name }
}

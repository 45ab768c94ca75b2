/// What a TLS record carries (RFC 8446 §5.1, IANA "TLS ContentType").
package struct TLSContentType: Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let changeCipherSpec = Self(rawValue: 20)
    package static let alert = Self(rawValue: 21)
    package static let handshake = Self(rawValue: 22)
    package static let applicationData = Self(rawValue: 23)
    package static let heartbeat = Self(rawValue: 24)
    package static let tls12CID = Self(rawValue: 25)
    package static let ack = Self(rawValue: 26)
}

extension TLSContentType: CustomStringConvertible {
    package var name: String {
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

    package var description: String { name }
}

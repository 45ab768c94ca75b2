/// A protocol version as it stands in hellos and records (RFC 8446 §4.2.1, appendix B.1).
public struct TLSVersion: Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ssl2 = Self(rawValue: 0x0002)
    public static let ssl3 = Self(rawValue: 0x0300)
    public static let tls10 = Self(rawValue: 0x0301)
    public static let tls11 = Self(rawValue: 0x0302)
    public static let tls12 = Self(rawValue: 0x0303)
    public static let tls13 = Self(rawValue: 0x0304)

    /// TLS 1.3 or one of its drafts.
    public var isTLS13: Bool { self == .tls13 || draft != nil }

    /// One of the versions above, or a draft of TLS 1.3.
    public var isKnown: Bool { rank >= 0 }

    /// The draft of TLS 1.3 that this code point stands for: 0x7Fnn, or 0xFBnn of one large deployment.
    public var draft: UInt8? {
        switch rawValue >> 8 {
        case 0x7F, 0xFB: UInt8(rawValue & 0xFF)
        default: nil
        }
    }
}

extension TLSVersion: Comparable {
    /// By protocol age, not by number: SSL 2.0 < SSL 3.0 < … < TLS 1.2 < drafts of 1.3 < TLS 1.3.
    /// Unknown values and GREASE come before all of them, so that they are never the maximum of an offer.
    public static func < (left: Self, right: Self) -> Bool {
        (left.rank, left.rawValue) < (right.rank, right.rawValue)
    }

    private var rank: Int {
        switch self {
        case .ssl2: 0
        case .ssl3: 1
        case .tls10: 2
        case .tls11: 3
        case .tls12: 4
        case .tls13: 0x200
        default: draft.map { 0x100 + Int($0) } ?? -1
        }
    }
}

extension TLSVersion: CustomStringConvertible {
    /// The name as people write it: `SSL 3.0`, `TLS 1.2`.
    public var name: String {
        switch self {
        case .ssl2: "SSL 2.0"
        case .ssl3: "SSL 3.0"
        case .tls10: "TLS 1.0"
        default: eveName
        }
    }

    public var description: String { name }

    /// The name as it stands in EVE events: `SSLv3`, `TLSv1`, `TLS 1.2`.
    public var eveName: String {
        switch self {
        case .ssl2: "SSLv2"
        case .ssl3: "SSLv3"
        case .tls10: "TLSv1"
        case .tls11: "TLS 1.1"
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        default: draftName ?? RegistryName.hex(rawValue)
        }
    }

    private var draftName: String? {
        draft.map { rawValue >> 8 == 0x7F ? "TLS 1.3 draft-\($0)" : "TLS 1.3 draft-\($0)-fb" }
    }
}

/// A SASL mechanism name as it stands in AUTH (RFC 4954 §4, IANA "SASL Mechanisms").
///
/// Names that no registry knows are not kept: what stands in their place could be a secret.
public struct SASLMechanism: Hashable, Sendable, CustomStringConvertible {
    /// Upper-case name, or `unrecognized`.
    public let name: String
    public let exposure: Exposure

    /// What an exchange in clear gives to whoever listens.
    public enum Exposure: String, Sendable {
        /// The secret itself, or a token that works like one.
        case secret
        /// Material for guessing the password offline.
        case guessable
        /// Nothing that helps to log in.
        case harmless
        /// The mechanism is not known.
        case unknown
    }

    public static let unrecognized = Self(name: "unrecognized", exposure: .unknown)

    /// The mechanism called `name`, in any letter case.
    public init(named name: String) {
        let name = name.uppercased()
        if let exposure = Self.exposure(of: name) {
            self.init(name: name, exposure: exposure)
        } else {
            self = Self.families.first { name.hasPrefix($0.prefix) }?.mechanism ?? .unrecognized
        }
    }

    /// Mechanisms that the registry names by how they begin; what follows is not kept.
    private static let families = [
        (prefix: "GS2-", mechanism: Self(name: "GS2-*", exposure: .harmless)),
        (prefix: "SCRAM-", mechanism: Self(name: "SCRAM-*", exposure: .guessable)),
    ]

    private init(name: String, exposure: Exposure) {
        self.name = name
        self.exposure = exposure
    }

    public var description: String { name }

    private static func exposure(of name: String) -> Exposure? {
        switch name {
        case "PLAIN", "LOGIN", "XOAUTH", "XOAUTH2", "OAUTHBEARER", "OAUTH10A", "SECURID", "OTP", "SKEY",
            "OPENID20", "SAML20":
            .secret
        case "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256",
            "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "SCRAM-SHA3-512", "SCRAM-SHA3-512-PLUS",
            "KERBEROS_V4", "NMAS-SAMBA-AUTH", "GSS-SPNEGO":
            .guessable
        case "EXTERNAL", "GSSAPI", "ANONYMOUS", "GS2-KRB5", "GS2-KRB5-PLUS", "GS2-IAKERB", "GS2-IAKERB-PLUS",
            "EAP-AES128", "EAP-AES128-PLUS", "ECDH-X25519-CHALLENGE", "ECDSA-NIST256P-CHALLENGE", "NMAS_AUTH",
            "NMAS_LOGIN":
            .harmless
        default: nil
        }
    }
}

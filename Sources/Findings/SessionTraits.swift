import Sessions
import Wire

/// What a session has shown, in a few bits: most rules can make nothing of most sessions, and are not asked then.
public struct SessionTraits: OptionSet, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A command that carries something worth hiding, or content, was seen in clear.
    public static let exposure = Self(rawValue: 1 << 0)
    /// A TLS record was seen.
    public static let tls = Self(rawValue: 1 << 1)
    /// The server's leaf certificate was seen, and could be read.
    public static let certificate = Self(rawValue: 1 << 2)
    /// A complete reply to EHLO was seen in clear.
    public static let ehloReply = Self(rawValue: 1 << 3)
    /// STARTTLS was asked for.
    public static let startTLS = Self(rawValue: 1 << 4)
    /// What followed the 220 to STARTTLS is no TLS.
    public static let plaintextAfterStartTLS = Self(rawValue: 1 << 5)
    /// Something that few dialogues show (`UnusualFacts`).
    public static let unusual = Self(rawValue: 1 << 6)
    /// A reset that fits the connection.
    public static let reset = Self(rawValue: 1 << 7)
    /// The server chose TLS 1.2 or older.
    public static let olderTLS = Self(rawValue: 1 << 8)
    /// The server took a pre-shared key of TLS 1.3: a resumption, as a rule.
    public static let preSharedKey = Self(rawValue: 1 << 9)

    /// The traits of a session.
    public init(_ session: borrowing MailSession) {
        var traits: Self = []
        if session.smtp?.mayExpose == true { traits.insert(.exposure) }
        if session.smtp?.ehlo != nil { traits.insert(.ehloReply) }
        if session.smtp?.unusual != nil { traits.insert(.unusual) }
        if session.tls != nil { traits.insert(.tls) }
        if let hello = session.tls?.serverHello?.value {
            if hello.version.isKnown, !hello.version.isTLS13 { traits.insert(.olderTLS) }
            if hello.selectedPSK != nil { traits.insert(.preSharedKey) }
        }
        if session.tls?.leaf != nil { traits.insert(.certificate) }
        if session.startTLS.request != nil { traits.insert(.startTLS) }
        if case .plaintext = session.startTLS.afterReady { traits.insert(.plaintextAfterStartTLS) }
        if !session.transport.resets.isEmpty { traits.insert(.reset) }
        self = traits
    }
}

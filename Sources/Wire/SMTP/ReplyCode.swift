/// A three-digit SMTP reply code (RFC 5321 §4.2).
public struct ReplyCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, so that other modules compare two numbers instead of asking the protocol's witness.

    @inlinable
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    @inlinable
    public static func != (left: Self, right: Self) -> Bool { left.rawValue != right.rawValue }

    public static let serviceReady = Self(220)
    public static let closing = Self(221)
    public static let authenticated = Self(235)
    public static let ok = Self(250)
    public static let authContinue = Self(334)
    public static let startMailInput = Self(354)
    public static let unavailable = Self(421)
    public static let tlsNotAvailable = Self(454)
    public static let syntaxError = Self(500)
    public static let notImplemented = Self(502)
    /// RFC 3207 §4, RFC 4954 §6.
    public static let encryptionNeeded = Self(530)
    public static let noService = Self(554)

    public var isPositive: Bool { rawValue >= 200 && rawValue < 300 }
    public var isIntermediate: Bool { rawValue >= 300 && rawValue < 400 }
    public var isTransientFailure: Bool { rawValue >= 400 && rawValue < 500 }
    public var isPermanentFailure: Bool { rawValue >= 500 && rawValue < 600 }
    public var isFailure: Bool { rawValue >= 400 }
    /// The server does not know the command (RFC 5321 §4.2.4).
    public var isUnknownCommand: Bool { self == .syntaxError || self == .notImplemented }

    public var description: String { String(rawValue) }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

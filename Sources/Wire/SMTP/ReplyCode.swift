/// A three-digit SMTP reply code (RFC 5321 §4.2).
package struct ReplyCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let rawValue: UInt16

    package init(_ rawValue: UInt16) { self.rawValue = rawValue }

    package static let serviceReady = Self(220)
    package static let closing = Self(221)
    package static let authenticated = Self(235)
    package static let ok = Self(250)
    package static let authContinue = Self(334)
    package static let startMailInput = Self(354)
    package static let unavailable = Self(421)
    package static let tlsNotAvailable = Self(454)
    package static let syntaxError = Self(500)
    package static let notImplemented = Self(502)
    /// RFC 3207 §4, RFC 4954 §6.
    package static let encryptionNeeded = Self(530)
    package static let noService = Self(554)

    package var isPositive: Bool { rawValue >= 200 && rawValue < 300 }
    package var isIntermediate: Bool { rawValue >= 300 && rawValue < 400 }
    package var isTransientFailure: Bool { rawValue >= 400 && rawValue < 500 }
    package var isPermanentFailure: Bool { rawValue >= 500 && rawValue < 600 }
    package var isFailure: Bool { rawValue >= 400 }

    package var description: String { String(rawValue) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

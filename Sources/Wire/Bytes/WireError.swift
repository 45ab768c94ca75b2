/// Why a wire structure could not be read, and exactly where.
public struct WireError: Error, Equatable, Sendable {
    public enum Cause: Equatable, Sendable {
        /// The structure may still arrive: at least this many more octets are needed.
        case incomplete(needed: Int)
        /// No further octet can make the structure valid.
        case malformed(StaticText)
    }

    public var cause: Cause
    public var layer: Layer
    /// Offset of the offending octet from the start of `layer`.
    public var offset: Int

    public init(_ cause: Cause, layer: Layer, offset: Int) {
        self.cause = cause
        self.layer = layer
        self.offset = offset
    }

    /// Whether more octets could still make the structure valid.
    public var isIncomplete: Bool {
        if case .incomplete = cause { true } else { false }
    }
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch cause {
        case .incomplete(let needed): "\(layer): cut short at octet \(offset), \(needed) more needed"
        case .malformed(let why): "\(layer): \(why.text) at octet \(offset)"
        }
    }
}

/// The protocol layer that an error or an offset belongs to.
public enum Layer: String, Sendable, CaseIterable, CustomStringConvertible {
    case link, tunnel, ipv4, ipv6, tcp, smtp, tlsRecord, tlsHandshake, tlsAlert, x509

    /// The layer's name as a person reads it.
    public var description: String {
        switch self {
        case .link: "link layer"
        case .tunnel: "tunnel"
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        case .tcp: "TCP"
        case .smtp: "SMTP"
        case .tlsRecord: "TLS record"
        case .tlsHandshake: "TLS handshake"
        case .tlsAlert: "TLS alert"
        case .x509: "X.509"
        }
    }
}

/// Text that is part of the program, never of the wire: safe to print, free to copy.
public struct StaticText: Sendable, ExpressibleByStringLiteral, Equatable {
    private let literal: StaticString

    public init(stringLiteral value: StaticString) { literal = value }

    public var text: String { "\(literal)" }

    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

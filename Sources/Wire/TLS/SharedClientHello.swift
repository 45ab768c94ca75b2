/// What a ClientHello says, shared by all sessions whose clients say just that.
public final class SharedClientHello: Sendable {
    public let facts: ClientHelloFacts

    public init(_ facts: ClientHelloFacts) { self.facts = facts }

    /// A number that tells it from others while it lives.
    public var identity: UInt64 { UInt64(UInt(bitPattern: ObjectIdentifier(self)) >> 4) }
}

extension SharedClientHello: Equatable {
    public static func == (left: SharedClientHello, right: SharedClientHello) -> Bool { left === right }
}

extension SharedClientHello: CustomStringConvertible {
    public var description: String { "\(facts)" }
}

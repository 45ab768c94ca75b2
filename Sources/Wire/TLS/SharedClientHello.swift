/// What a ClientHello says, shared by all sessions whose clients say just that.
public final class SharedClientHello: Sendable {
    public let facts: ClientHelloFacts

    public init(_ facts: ClientHelloFacts) { self.facts = facts }
}

extension SharedClientHello: CustomStringConvertible {
    public var description: String { "\(facts)" }
}

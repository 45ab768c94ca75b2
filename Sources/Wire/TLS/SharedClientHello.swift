/// What a ClientHello says, shared by all sessions whose clients say just that.
package final class SharedClientHello: Sendable {
    package let facts: ClientHelloFacts

    package init(_ facts: ClientHelloFacts) { self.facts = facts }
}

extension SharedClientHello: CustomStringConvertible {
    package var description: String { "\(facts)" }
}

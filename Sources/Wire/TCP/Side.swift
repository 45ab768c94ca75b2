/// One of the two ends, told apart by who opened the connection.
package enum Side: String, Sendable, Hashable, CaseIterable {
    case client, server

    package var other: Side { self == .client ? .server : .client }
}

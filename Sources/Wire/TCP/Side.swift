/// One of the two ends, told apart by who opened the connection.
public enum Side: String, Sendable, Hashable, CaseIterable {
    case client, server

    /// Written out, so that other modules compare two octets instead of asking the protocol's witness.
    @inlinable
    @inline(__always)
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.client, .client), (.server, .server): true
        default: false
        }
    }

    public var other: Side { self == .client ? .server : .client }
}

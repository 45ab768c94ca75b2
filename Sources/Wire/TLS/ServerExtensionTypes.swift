/// Types of a ServerHello's extensions in the order of sending, kept in place: every handshake has some.
public struct ServerExtensionTypes: Sendable {
    private var values = InlineArray<16, UInt16>(repeating: 0)
    /// How many there are, those included that are not kept.
    public private(set) var count: UInt16 = 0

    /// Further ones are only counted.
    public static let maximum = 16

    public init() {}

    public mutating func append(_ type: UInt16) {
        if count < Self.maximum { values[Int(count)] = type }
        if count < .max { count += 1 }
    }

    /// `nil` where there are more than were kept.
    public var whole: [UInt16]? {
        count <= Self.maximum ? (0..<Int(count)).map { values[$0] } : nil
    }
}

extension ServerExtensionTypes: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<min(Int(left.count), maximum) where left.values[index] != right.values[index] { return false }
        return true
    }
}

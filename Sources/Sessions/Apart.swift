/// A value that few have, kept apart from who has it: all others pay for a reference. Copies share it.
struct Apart<Value: Sendable>: Sendable {
    private final class Storage: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var storage: Storage?

    /// Without a look at the value.
    var isHeld: Bool { storage != nil }

    var value: Value? {
        get { storage?.value }
        set { storage = newValue.map(Storage.init) }
    }
}

extension Apart: CustomStringConvertible {
    var description: String { value.map { "\($0)" } ?? "nil" }
}

extension Apart: Equatable where Value: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.storage === right.storage || left.storage?.value == right.storage?.value
    }
}

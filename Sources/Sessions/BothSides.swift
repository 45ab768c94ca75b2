import Wire

/// A value of each side.
struct BothSides<Value: Sendable>: Sendable {
    var client: Value
    var server: Value

    subscript(side: Side) -> Value {
        get {
            switch side {
            case .client: client
            case .server: server
            }
        }
        set {
            switch side {
            case .client: client = newValue
            case .server: server = newValue
            }
        }
    }
}

extension BothSides: Equatable where Value: Equatable {}

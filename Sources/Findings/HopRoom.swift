/// How much room hops have, and which of them found none.
struct HopRoom: Sendable {
    /// Hops, and octets that they take, at most.
    private let limit: Int
    private let budget: Int
    private var without: Set<HopKey> = []

    init(limit: Int, budget: Int) {
        self.limit = limit
        self.budget = budget
    }

    /// Hops that found none, told apart in bounded memory: the limit itself stands for that many or more.
    var hopsWithout: Int { without.count }

    /// There is room for another hop beside `count` that take `cost` octets: a quarter of it is left to those that are known.
    /// `isTold` says that something was found on it, for which a quarter of the rest is left.
    func admits(beside count: Int, _ cost: Int, isTold: Bool = true) -> Bool {
        let part = budget - budget / 4
        return isTold ? count < limit && cost < part : count < limit - limit / 4 && cost < part - part / 4
    }

    /// Hops that are known and take `cost` octets may grow.
    func mayGrow(_ cost: Int) -> Bool { cost < budget }

    mutating func refuse(_ key: HopKey) {
        if without.count < limit { without.insert(key) }
    }

    /// A hop that was refused before has found room.
    mutating func accept(_ key: HopKey) {
        if !without.isEmpty { without.remove(key) }
    }

    /// Adds what was refused elsewhere.
    mutating func merge(_ other: Self) { without.formUnion(other.without) }
}

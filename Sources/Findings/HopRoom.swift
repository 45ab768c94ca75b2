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
    func admits(beside count: Int, _ cost: Int) -> Bool { count < limit && cost < budget - budget / 4 }

    /// Hops that are known and take `cost` octets may grow.
    func mayGrow(_ cost: Int) -> Bool { cost < budget }

    mutating func refuse(_ key: HopKey) {
        if without.count < limit { without.insert(key) }
    }

    /// Adds what was refused elsewhere.
    mutating func merge(_ other: Self) { without.formUnion(other.without) }
}

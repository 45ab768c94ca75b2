import Wire

/// What a hop remembers of its latest failures of TLS and deliveries in clear, to tell which followed which.
///
/// Sessions come in the order of their ends, which need not be that of their beginnings: so both kinds are kept.
package struct RetryMemory: Sendable {
    /// A delivery in clear, and the failure that came before it.
    package struct Fallback: Sendable {
        package let failure: FailedTLS
        package let delivery: ClearDelivery

        /// Nanoseconds from the end of the failed session to the beginning of the other.
        package var interval: Int64 { max(0, delivery.start.since(failure.end)) }

        /// Both gave a name, and not the same: several hosts may share an address.
        package var namesDiffer: Bool {
            guard let one = failure.clientName, let other = delivery.clientName else { return false }
            return one.full.lowercased() != other.full.lowercased()
        }
    }

    private var failures: [FailedTLS] = []
    private var deliveries: [ClearDelivery] = []
    /// The opening ones.
    package private(set) var fallbacks: [Fallback] = []
    package private(set) var count = 0

    /// Failures, and deliveries without a failure before them, that are kept: the latest.
    package static let maximumKept = 8
    package static let maximumFallbacks = 3
    /// How long after a failure a delivery in clear is taken to follow it, unless told otherwise: 15 minutes.
    package static let defaultWindow: Int64 = 900_000_000_000
    /// Memory that it takes at most, roughly, in octets.
    static let cost = (2 * maximumKept + 2 * maximumFallbacks) * 512

    package init() {}

    package mutating func add(_ failure: FailedTLS, window: Int64) {
        if failures.count == Self.maximumKept { failures.removeFirst() }
        failures.append(failure)
        for delivery in deliveries where Self.follows(delivery, failure, window) {
            note(Fallback(failure: failure, delivery: delivery))
        }
        deliveries.removeAll { Self.follows($0, failure, window) }
    }

    package mutating func add(_ delivery: ClearDelivery, window: Int64) {
        let before = failures.filter { Self.follows(delivery, $0, window) }.max { $0.end < $1.end }
        if let before { return note(Fallback(failure: before, delivery: delivery)) }
        if deliveries.count == Self.maximumKept { deliveries.removeFirst() }
        deliveries.append(delivery)
    }

    /// Adds what was remembered elsewhere of the same hop.
    package mutating func merge(_ other: Self, window: Int64) {
        count += other.count
        fallbacks += other.fallbacks.prefix(max(0, Self.maximumFallbacks - fallbacks.count))
        for failure in other.failures { add(failure, window: window) }
        for delivery in other.deliveries { add(delivery, window: window) }
    }

    private static func follows(_ delivery: ClearDelivery, _ failure: FailedTLS, _ window: Int64) -> Bool {
        delivery.start >= failure.start && delivery.start.since(failure.end) <= window
            && delivery.session.id != failure.session.id
    }

    private mutating func note(_ fallback: Fallback) {
        count += 1
        if fallbacks.count < Self.maximumFallbacks { fallbacks.append(fallback) }
    }
}

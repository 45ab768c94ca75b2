import Wire

/// What a hop remembers of its latest failures of TLS and deliveries in clear, to tell which followed which, and which
/// sessions offered less behind a failure.
///
/// Sessions come in the order of their ends, which need not be that of their beginnings: so both kinds are kept.
public struct RetryMemory: Sendable {
    /// A delivery in clear, and the failure that came before it.
    public struct Fallback: Sendable {
        public let failure: FailedTLS
        public let delivery: ClearDelivery

        /// Nanoseconds from the end of the failed session to the beginning of the other.
        public var interval: Int64 { max(0, delivery.start.since(failure.end)) }

        /// Both gave a name, and not the same: several hosts may share an address.
        public var namesDiffer: Bool { RetryMemory.isSameName(failure.clientName, delivery.clientName) == false }
    }

    /// TLS with less than the client had offered before a failure.
    public struct Retry: Sendable {
        public let failure: FailedTLS
        public let offer: LowerOffer

        /// Nanoseconds from the end of the failed session to the beginning of the other.
        public var interval: Int64 { max(0, offer.start.since(failure.end)) }

        /// Both gave the same name; hosts that share an address have their own.
        public var isSameName: Bool { RetryMemory.isSameName(failure.clientName, offer.clientName) == true }
    }

    private var failures: [FailedTLS] = []
    private var deliveries: [ClearDelivery] = []
    /// The opening ones.
    public private(set) var fallbacks: [Fallback] = []
    public private(set) var count = 0
    /// The opening ones.
    public private(set) var retries: [Retry] = []
    public private(set) var retryCount = 0

    /// Failures, and deliveries without a failure before them, that are kept: the latest.
    public static let maximumKept = 8
    public static let maximumFallbacks = 3
    /// How long after a failure a delivery in clear is taken to follow it, unless told otherwise: 15 minutes.
    public static let defaultWindow: Int64 = 900_000_000_000
    /// Memory that it takes besides itself, roughly, in octets.
    var cost: Int {
        var cost =
            Self.cost(of: failures) + Self.cost(of: deliveries) + Self.cost(of: fallbacks) + Self.cost(of: retries)
        for failure in failures { cost += failure.cost }
        for delivery in deliveries { cost += delivery.cost }
        for fallback in fallbacks { cost += fallback.failure.cost + fallback.delivery.cost }
        for retry in retries { cost += retry.failure.cost + retry.offer.cost }
        return cost
    }

    private static func cost<Element>(of list: [Element]) -> Int {
        // As many places as arrays double to, whatever this one has.
        list.isEmpty ? 0 : 48 + MemoryLayout<Element>.stride << (Int.bitWidth - (list.count - 1).leadingZeroBitCount)
    }

    public init() {}

    /// How often something followed a failure of TLS.
    public var followers: Int { count + retryCount }

    /// Adds a session of any of the three kinds. Answers whether all is kept that should be: without `mayGrow` a new one
    /// takes the place of an older one of its kind, and where there is none, what it means for those that are known is counted.
    @discardableResult
    public mutating func add(_ attempt: consuming RetryAttempt, window: Int64, mayGrow: Bool = true) -> Bool {
        switch consume attempt {
        case .failed(let failure): add(failure, window, mayGrow)
        case .delivered(let delivery): add(delivery, window, mayGrow)
        case .offeredLess(let offer): add(offer, window, mayGrow)
        }
    }

    private mutating func add(_ failure: FailedTLS, _ window: Int64, _ mayGrow: Bool) -> Bool {
        var isKept = Self.append(failure, to: &failures, mayGrow)
        for delivery in deliveries where Self.follows(delivery, failure, window) {
            isKept = note(Fallback(failure: failure, delivery: delivery), mayGrow) && isKept
        }
        deliveries.removeAll { Self.follows($0, failure, window) }
        return isKept
    }

    private mutating func add(_ delivery: ClearDelivery, _ window: Int64, _ mayGrow: Bool) -> Bool {
        let before = failures.filter { Self.follows(delivery, $0, window) }.max { $0.end < $1.end }
        if let before { return note(Fallback(failure: before, delivery: delivery), mayGrow) }
        return Self.append(delivery, to: &deliveries, mayGrow)
    }

    /// Keeps the latest ones.
    private static func append<Attempt>(_ attempt: Attempt, to list: inout [Attempt], _ mayGrow: Bool) -> Bool {
        if list.count == maximumKept || !mayGrow && !list.isEmpty {
            list.removeFirst()
        } else if !mayGrow {
            return false
        }
        list.append(attempt)
        return true
    }

    /// Adds a session with a lower offer, where it follows a failure with a higher one.
    private mutating func add(_ offer: LowerOffer, _ window: Int64, _ mayGrow: Bool) -> Bool {
        let before = failures.filter { failure in
            guard let offered = failure.offered, offered.isKnown, offered > offer.offered.value else { return false }
            return Self.follows(offer.start, offer.firstFrame, offer.session, failure, window)
        }
        guard let failure = before.max(by: { $0.end < $1.end }) else { return true }
        retryCount += 1
        guard mayGrow else { return !retries.isEmpty }
        if retries.count < Self.maximumFallbacks { retries.append(Retry(failure: failure, offer: offer)) }
        return true
    }

    /// The time of the latest failure or delivery that is kept.
    var latest: Timestamp? {
        var latest: Timestamp?
        for failure in failures { latest = max(latest ?? failure.end, failure.end) }
        for delivery in deliveries { latest = max(latest ?? delivery.start, delivery.start) }
        return latest
    }

    /// How many maximum versions failed: more than two are tried by who wants to know which of them a server has.
    public var versionsThatFailed: Int { Set(failures.compactMap(\.offered)).count }

    /// `nil` where one of them is not known.
    private static func isSameName(_ one: QuotedText?, _ other: QuotedText?) -> Bool? {
        guard let one, let other else { return nil }
        return one.full.lowercased() == other.full.lowercased()
    }

    /// Adds what was remembered elsewhere of the same hop.
    public mutating func merge(_ other: Self, window: Int64) {
        count += other.count
        retryCount += other.retryCount
        retries += other.retries.prefix(max(0, Self.maximumFallbacks - retries.count))
        fallbacks += other.fallbacks.prefix(max(0, Self.maximumFallbacks - fallbacks.count))
        for failure in other.failures { add(.failed(failure), window: window) }
        for delivery in other.deliveries { add(.delivered(delivery), window: window) }
    }

    private static func follows(_ delivery: ClearDelivery, _ failure: FailedTLS, _ window: Int64) -> Bool {
        follows(delivery.start, delivery.firstFrame, delivery.session, failure, window)
    }

    private static func follows(
        _ start: Timestamp, _ frame: FrameNumber, _ session: SessionReference, _ failure: FailedTLS, _ window: Int64
    ) -> Bool {
        session.id != failure.session.id && start.since(failure.end) <= window
            && isBehind(start, frame, failure)
    }

    /// A connection that was open when the other one failed is no answer to it.
    private static func isBehind(_ start: Timestamp, _ frame: FrameNumber, _ failure: FailedTLS) -> Bool {
        start >= failure.start && frame > failure.evidence.frame
    }

    /// Answers whether there is one at least to tell of.
    private mutating func note(_ fallback: Fallback, _ mayGrow: Bool) -> Bool {
        count += 1
        guard mayGrow else { return !fallbacks.isEmpty }
        if fallbacks.count < Self.maximumFallbacks { fallbacks.append(fallback) }
        return true
    }
}

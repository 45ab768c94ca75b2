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
        Self.cost(of: failures) + Self.cost(of: deliveries) + Self.cost(of: fallbacks) + Self.cost(of: retries)
    }

    private static func cost<Element>(of list: [Element]) -> Int {
        // As many places as arrays double to, whatever this one has.
        list.isEmpty ? 0 : 48 + MemoryLayout<Element>.stride << (Int.bitWidth - (list.count - 1).leadingZeroBitCount)
    }

    public init() {}

    /// How often something followed a failure of TLS.
    public var followers: Int { count + retryCount }

    /// Adds a session of any of the three kinds.
    public mutating func add(_ attempt: consuming RetryAttempt, window: Int64) {
        switch consume attempt {
        case .failed(let failure): add(failure, window: window)
        case .delivered(let delivery): add(delivery, window: window)
        case .offeredLess(let offer): add(offer, window: window)
        }
    }

    public mutating func add(_ failure: FailedTLS, window: Int64) {
        if failures.count == Self.maximumKept { failures.removeFirst() }
        failures.append(failure)
        for delivery in deliveries where Self.follows(delivery, failure, window) {
            note(Fallback(failure: failure, delivery: delivery))
        }
        deliveries.removeAll { Self.follows($0, failure, window) }
    }

    public mutating func add(_ delivery: ClearDelivery, window: Int64) {
        let before = failures.filter { Self.follows(delivery, $0, window) }.max { $0.end < $1.end }
        if let before { return note(Fallback(failure: before, delivery: delivery)) }
        if deliveries.count == Self.maximumKept { deliveries.removeFirst() }
        deliveries.append(delivery)
    }

    /// Adds a session with a lower offer, where it follows a failure with a higher one.
    public mutating func add(_ offer: LowerOffer, window: Int64) {
        let before = failures.filter { failure in
            guard let offered = failure.offered, offered.isKnown, offered > offer.offered.value else { return false }
            return Self.follows(offer.start, offer.firstFrame, offer.session, failure, window)
        }
        guard let failure = before.max(by: { $0.end < $1.end }) else { return }
        retryCount += 1
        if retries.count < Self.maximumFallbacks { retries.append(Retry(failure: failure, offer: offer)) }
    }

    /// The time of the latest failure or delivery that is kept.
    var latest: Timestamp? { (failures.map(\.end) + deliveries.map(\.start)).max() }

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
        for failure in other.failures { add(failure, window: window) }
        for delivery in other.deliveries { add(delivery, window: window) }
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

    /// A connection that was open when the other one failed is no answer to it. Numbers of several files, which may have
    /// been captured at the same time, tell no order.
    private static func isBehind(_ start: Timestamp, _ frame: FrameNumber, _ failure: FailedTLS) -> Bool {
        guard frame.file == failure.evidence.frame.file else { return start >= failure.end }
        return start >= failure.start && frame > failure.evidence.frame
    }

    private mutating func note(_ fallback: Fallback) {
        count += 1
        if fallbacks.count < Self.maximumFallbacks { fallbacks.append(fallback) }
    }
}

import Wire

/// The capture's time as far as it can be believed: what connections expire by.
///
/// One frame stamped decades ahead must neither expire what is alive nor stop time for what follows, so a leap is
/// believed when the frames after it agree.
struct CaptureClock: Sendable {
    private(set) var now: Timestamp?
    private var doubters = 0

    /// The last frames leapt, and it is not known yet whether time did.
    var isInDoubt: Bool { doubters > 0 }

    /// A leap over this, in nanoseconds, needs confirmation: one hour.
    private static let leap: Int64 = 3_600_000_000_000
    private static let needed = 8

    /// Answers whether a leap has just been believed.
    mutating func observe(_ time: Timestamp) -> Bool {
        guard let now else {
            self.now = time
            return false
        }
        let step = time.since(now)
        if step > Self.leap || step < -Self.leap {
            doubters += 1
            guard doubters >= Self.needed else { return false }
            self.now = time
            doubters = 0
            return true
        }
        doubters = 0
        if step > 0 { self.now = time }
        return false
    }
}

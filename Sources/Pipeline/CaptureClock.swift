import Wire

/// The capture's time as far as it can be believed: what connections expire by.
///
/// One frame stamped decades ahead must neither expire what is alive nor stop time for what follows, so a leap is
/// believed when the frames after it agree.
struct CaptureClock: Sendable {
    private(set) var now: Timestamp?
    private var doubters = 0

    /// A leap over this, in nanoseconds, needs confirmation: one hour.
    private static let leap: Int64 = 3_600_000_000_000
    private static let needed = 8

    mutating func observe(_ time: Timestamp) {
        guard let now else {
            self.now = time
            return
        }
        let step = time.since(now)
        if step > Self.leap || step < -Self.leap {
            doubters += 1
            if doubters >= Self.needed {
                self.now = time
                doubters = 0
            }
        } else {
            doubters = 0
            if step > 0 { self.now = time }
        }
    }
}

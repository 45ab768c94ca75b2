import Glibc

/// The system's clocks, for who listens; captures have a clock of their own.
public enum SystemClock {
    /// Nanoseconds since 1970, by the clock that stamps packets.
    public static var now: Int64 { read(CLOCK_REALTIME) }

    /// Nanoseconds since some moment, by a clock that nobody sets.
    static var steady: Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

import Capture
import Wire

/// The time that has passed in a capture as far as its stamps can be believed, counted on from the leading one: what
/// connections expire by. It never goes back.
///
/// One frame stamped decades ahead must neither expire what is alive nor stop time for what follows, so a leap is
/// believed when the frames after it agree. Even then it tells little of how long a host was silent: clocks are set,
/// files of different days follow each other. So it counts as a pause, and what is alive has time to show it.
struct CaptureClock: Sendable {
    private(set) var now: Timestamp?
    /// What of it is pauses, in nanoseconds: nothing that is waited for was late by them.
    private(set) var pauses: Int64 = 0
    /// The stamp that `now` stands for.
    private(set) var believed = Timestamp(nanoseconds: 0)
    /// The stamp of the last frame that leapt.
    private var doubted = Timestamp(nanoseconds: 0)
    private var doubters = 0
    private var period = CapturePeriod()

    /// From when to when the capture is by all stamps that others do not contradict; `nil` before any frame.
    var span: CapturePeriod.Span? { period.span(upTo: believed) }

    /// Stamps that leapt, and that the frames behind them contradict.
    var contradicted: UInt64 { period.contradicted }

    /// A leap over this, in nanoseconds, needs confirmation: one hour.
    static let leap = StampVote.leap
    /// Frames in a row that confirm it.
    static let needed = 8
    /// What a believed leap ahead counts as at most, in nanoseconds: five minutes less than what connections may be
    /// silent.
    static let pause: Int64 = TrackerOptions.idleTimeout - 300_000_000_000

    /// Whether the clock runs, and `time` comes after what it believes.
    func isBehind(_ time: Timestamp) -> Bool { now != nil && time.since(believed) > 0 }

    /// Answers whether a leap has just been believed.
    @inline(__always)
    mutating func observe(_ time: Timestamp) -> Bool {
        // Nearly every frame comes a little later than the one before it, or at the same time.
        let step = time.since(believed)
        guard let now, step >= 0, step <= Self.leap else { return observeUnusual(time) }
        if doubters > 0 { period.contradict() }
        doubters = 0
        period.noteBeliever()
        self.now = now.advanced(by: step)
        believed = time
        return false
    }

    @inline(never)
    private mutating func observeUnusual(_ time: Timestamp) -> Bool {
        guard let now else {
            self.now = time
            believed = time
            period.begin(time)
            return false
        }
        let step = time.since(believed)
        if step > Self.leap || step < -Self.leap { return doubt(time, step, now) }
        if doubters > 0 { period.contradict() }
        doubters = 0
        period.noteBeliever()
        period.add(time)
        return false
    }

    /// Another file begins: what its frames say of the time contradicts none of those before them.
    mutating func noteFile() { if now != nil { period.noteFile(behind: believed) } }

    private mutating func doubt(_ time: Timestamp, _ step: Int64, _ now: Timestamp) -> Bool {
        // Frames agree that follow each other in time, however far apart they are in a quiet capture.
        if doubters > 0, time.since(doubted) < -Self.leap {
            period.contradict()
            doubters = 0
        }
        doubters += 1
        doubted = time
        period.doubt(time)
        guard doubters >= Self.needed else { return false }
        period.believe(step, behind: believed, believers: doubters)
        doubters = 0
        believed = time
        let pause = min(max(0, step), Self.pause)
        self.now = now.advanced(by: pause)
        pauses = Timestamp(nanoseconds: pauses).advanced(by: pause).nanoseconds
        return true
    }
}

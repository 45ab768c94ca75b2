import Capture
import Wire

/// From when to when a capture is, by its stamps: those that leapt are a part of it when the clock believes them, or nobody
/// contradicts them to the end.
struct CapturePeriod: Sendable {
    /// Of stamps that were believed before the last leap, and the earliest since.
    private var believed: Span?
    /// Of stamps that leapt and are neither believed nor contradicted yet, and how many there are.
    private var doubted: Span?
    private var doubters = 0
    /// Frames that were believed since the clock began, or its last leap, as far as `CaptureClock.needed`.
    private var believers = 0
    /// Stamps that leapt, and that the frames behind them contradict.
    private(set) var contradicted: UInt64 = 0

    /// The earliest and the latest of some stamps.
    struct Span: Sendable {
        private(set) var earliest: Timestamp
        private(set) var latest: Timestamp

        init(_ time: Timestamp) { (earliest, latest) = (time, time) }

        mutating func add(_ time: Timestamp) {
            earliest = min(earliest, time)
            latest = max(latest, time)
        }

        mutating func add(_ other: Self?) {
            guard let other else { return }
            add(other.earliest)
            add(other.latest)
        }
    }

    /// `latest` is what the clock believes; `nil` before any frame.
    func span(upTo latest: Timestamp) -> Span? {
        guard var span = believed else { return nil }
        span.add(latest)
        span.add(doubted)
        return span
    }

    /// Takes the leading frame of all.
    mutating func begin(_ time: Timestamp) {
        believed = Span(time)
        believers = 1
    }

    /// Another frame is believed.
    @inline(__always)
    mutating func noteBeliever() { if believers < CaptureClock.needed { believers += 1 } }

    /// Takes a believed stamp that is earlier than another one was.
    mutating func add(_ time: Timestamp) { believed?.add(time) }

    /// Takes a stamp that leapt.
    mutating func doubt(_ time: Timestamp) {
        doubters += 1
        if doubted == nil { doubted = Span(time) } else { doubted?.add(time) }
    }

    /// Frames go on as before those that leapt.
    mutating func contradict() {
        contradicted += UInt64(doubters)
        forgetDoubted()
    }

    /// Another file begins: what its frames say of the time contradicts none of those before them, the last of which was at
    /// `latest`.
    mutating func noteFile(behind latest: Timestamp) {
        believers = CaptureClock.needed
        settle(upTo: latest)
    }

    /// So many frames agree on a leap of `step` from `latest`: it is their time from now on. Few that stood before them, from a time
    /// that is still to come or years ago, were the ones that leapt.
    mutating func believe(_ step: Int64, behind latest: Timestamp, believers count: Int) {
        if believers < CaptureClock.needed, step < 0 || step > StampVote.year {
            contradicted += UInt64(believers)
            believed = doubted
            forgetDoubted()
        } else {
            settle(upTo: latest)
        }
        believers = count
    }

    private mutating func settle(upTo latest: Timestamp) {
        believed?.add(latest)
        believed?.add(doubted)
        forgetDoubted()
    }

    private mutating func forgetDoubted() {
        doubted = nil
        doubters = 0
    }
}

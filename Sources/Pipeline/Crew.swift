import Capture
import Findings
import Wire

/// The workers of a run, on as many threads as there are workers, the caller's among them: what is asked of all workers is
/// answered in the order of asking.
///
/// With one worker everything happens on the caller's thread. With more, no worker has a thread of its own: whoever has
/// nothing else to do takes the worker that is furthest behind. So there are never more threads at work than were asked for,
/// and the caller, who reads, helps whenever nothing more may wait.
struct Crew: ~Copyable {
    private let roster: Roster
    private var asked = 0

    /// Tasks of each worker that may wait or be worked on at the same time: enough that no thread waits for another.
    static let depth = 4

    init(_ options: RunOptions) {
        roster = Roster(options, workers: max(1, min(options.threads, Shard.count)))
    }

    deinit { roster.close() }

    /// Lets all workers do something. Answers what is complete by then: what was asked `depth` times ago, or nothing
    /// yet.
    mutating func ask(_ task: @escaping WorkerTask) -> [Outcome]? {
        if roster.workers == 1 { return [roster.perform(task)] }
        roster.enqueue(task)
        asked += 1
        return asked > Self.depth ? take() : nil
    }

    /// The oldest answer that was not taken yet; `nil` where none is owed.
    mutating func take() -> [Outcome]? {
        guard asked > 0 else { return nil }
        asked -= 1
        return roster.take()
    }

    /// Connections that are ended before what was collected of them is written, when the capture has ended.
    private static let sessionsAtATime = 256

    /// The capture has ended: ends what is open, in the order of its beginning, and reports on the whole.
    mutating func finish(into collector: inout Collector) {
        while let outcomes = take() { collector.take(outcomes) }
        let frames = map { worker, _ in worker.openFrames }.flatMap { $0 }.sorted()
        let ends = stride(from: Self.sessionsAtATime, to: frames.count, by: Self.sessionsAtATime).map { frames[$0] }
        for end in ends + [.last] {
            if let outcomes = ask({ $0.finish(upTo: end) }) { collector.take(outcomes) }
        }
        if let outcomes = ask({ $0.tellLast() }) { collector.take(outcomes) }
        while let outcomes = take() { collector.take(outcomes) }
        let told = map { worker, _ in worker.toldOfHops }.reduce(into: [:]) { $0.merge($1) { $1 } }
        let hops = map { worker, _ in worker.hops }.flatMap { $0 }
        let retries = map { worker, _ in worker.retries }.flatMap { $0 }
        collector.conclude(figures, hops, retries, told: told)
    }

    /// What the workers have counted so far; of packets, which all of them see, once.
    var figures: [CaptureSummary] { map { worker, index in worker.figures(countsPackets: index == 0) } }

    /// What goes on, and was not counted yet.
    var goingOn: CaptureSummary.GoingOn {
        map { worker, _ in worker.goingOn }.reduce(into: CaptureSummary.GoingOn()) { $0.add($1) }
    }

    /// Asks every worker by itself, when nothing else is being done.
    func map<Result: Sendable>(_ body: (borrowing BlockWorker, Int) -> Result) -> [Result] {
        (0..<roster.workers).map { index in roster.read(index) { body($0, index) } }
    }
}

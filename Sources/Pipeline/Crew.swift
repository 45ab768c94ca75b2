import Capture
import Dispatch
import Findings
import Synchronization
import Wire

/// The workers of a run, on as many threads: what is asked of all of them is answered in the order of asking.
///
/// With one worker everything happens on the caller's thread.
struct Crew: ~Copyable {
    private let members: [CrewMember]
    private var asked = 0

    /// Blocks that may wait or be worked on at the same time: enough that no worker waits for the other.
    static let depth = 4

    init(_ options: RunOptions) {
        let count = max(1, min(options.threads, Shard.count))
        members = (0..<count).map { CrewMember(options, index: $0, of: count) }
    }

    private var isAlone: Bool { members.count == 1 }

    /// Lets all workers do something. Answers what is complete by then: what was asked `depth` times ago, or nothing
    /// yet.
    mutating func ask(_ task: @escaping @Sendable (inout BlockWorker) -> Outcome) -> [Outcome]? {
        if isAlone { return [members[0].perform(task)] }
        for member in members { member.enqueue(task) }
        asked += 1
        return asked > Self.depth ? take() : nil
    }

    /// The oldest answer that was not taken yet; `nil` where none is owed.
    mutating func take() -> [Outcome]? {
        guard asked > 0 else { return nil }
        asked -= 1
        return members.map { $0.take() }
    }

    /// Connections that are ended before what was collected of them is written, when the capture has ended.
    private static let sessionsAtATime = 2048

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
        collector.conclude(figures, map { worker, _ in worker.hops }.flatMap { $0 }, told: told)
    }

    /// What the workers have counted so far; of packets, which all of them see, once.
    var figures: [CaptureSummary] { map { worker, index in worker.figures(countsPackets: index == 0) } }

    /// Asks every worker by itself, when nothing else is being done.
    func map<Result: Sendable>(_ body: (borrowing BlockWorker, Int) -> Result) -> [Result] {
        members.enumerated().map { index, member in member.read { body($0, index) } }
    }
}

/// One worker and its thread.
private final class CrewMember: Sendable {
    private let worker: Mutex<BlockWorker>
    private let outcomes = Mutex<[Outcome]>([])
    private let isDone = DispatchSemaphore(value: 0)
    private let queue: DispatchQueue

    init(_ options: RunOptions, index: Int, of count: Int) {
        worker = Mutex(BlockWorker(options, index: index, of: count))
        queue = DispatchQueue(label: "earshot.worker.\(index)")
    }

    func perform(_ task: @Sendable (inout BlockWorker) -> Outcome) -> Outcome {
        worker.withLock { task(&$0) }
    }

    func enqueue(_ task: @escaping @Sendable (inout BlockWorker) -> Outcome) {
        queue.async {
            let outcome = self.perform(task)
            self.outcomes.withLock { $0.append(outcome) }
            self.isDone.signal()
        }
    }

    func take() -> Outcome {
        isDone.wait()
        return outcomes.withLock { $0.removeFirst() }
    }

    func read<Result: Sendable>(_ body: (borrowing BlockWorker) -> Result) -> Result {
        worker.withLock { body($0) }
    }
}

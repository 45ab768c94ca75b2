import Dispatch
import Synchronization

/// What a worker is asked to do.
typealias WorkerTask = @Sendable (inout BlockWorker) -> Outcome

/// Which worker has what to do, and who is at it: one thread at a time for each worker, which does its tasks in order.
///
/// Threads besides the caller's, one less than there are workers, take what they find until `close()`.
final class Roster: Sendable {
    private let members: [Member]
    private let state: Mutex<State>
    /// Signalled for a helper that is idle: there is something to do, or it is to end.
    private let hasWork = DispatchSemaphore(value: 0)
    /// Signalled when a task is done, and the caller waits for that.
    private let isDone = DispatchSemaphore(value: 0)

    /// A worker; only who has claimed it does something with it while there are tasks.
    private final class Member: Sendable {
        let worker: Mutex<BlockWorker>

        init(_ worker: consuming sending BlockWorker) { self.worker = Mutex(worker) }

        func perform(_ task: WorkerTask) -> Outcome { worker.withLock { task(&$0) } }
    }

    private struct State {
        /// One for each worker.
        var posts: [Post]
        var idleHelpers = 0
        var callerWaits = false
        var isStarted = false
        var isClosed = false

        /// Claims a worker that has something to do and that nobody is at: `worker`, as what it knows is near, or else the
        /// one that has the most to do.
        mutating func claim(preferring worker: Int? = nil) -> Claim? {
            if let worker, posts[worker].isFree { return claim(worker) }
            let free = posts.indices.filter { posts[$0].isFree }
            return free.max { posts[$0].tasks.count < posts[$1].tasks.count }.map { claim($0) }
        }

        private mutating func claim(_ worker: Int) -> Claim {
            posts[worker].isClaimed = true
            return Claim(worker: worker, task: posts[worker].tasks.removeFirst())
        }

        mutating func nextForHelper(preferring worker: Int) -> HelpersStep {
            if let claim = claim(preferring: worker) { return .work(claim) }
            if isClosed { return .end }
            idleHelpers += 1
            return .wait
        }

        /// The outcome of `worker` that the caller wants, or what to do meanwhile.
        mutating func nextForCaller(_ worker: Int) -> CallersStep {
            if !posts[worker].outcomes.isEmpty { return .taken(posts[worker].outcomes.removeFirst()) }
            if let claim = claim(preferring: worker) { return .work(claim) }
            callerWaits = true
            return .wait
        }

        /// Notes what a worker has come to. Answers whom to wake: the caller, and a helper.
        mutating func note(_ outcome: Outcome, of worker: Int) -> (caller: Bool, helper: Bool) {
            posts[worker].outcomes.append(outcome)
            posts[worker].isClaimed = false
            let caller = callerWaits
            callerWaits = false
            let helper = idleHelpers > 0 && posts[worker].isFree
            if helper { idleHelpers -= 1 }
            return (caller, helper)
        }
    }

    /// What one worker has to do, and has done.
    private struct Post {
        var tasks: [WorkerTask] = []
        var outcomes: [Outcome] = []
        var isClaimed = false

        var isFree: Bool { !isClaimed && !tasks.isEmpty }
    }

    /// A worker's next task, for who does it.
    private struct Claim {
        let worker: Int
        let task: WorkerTask
    }

    private enum CallersStep {
        case taken(Outcome)
        case work(Claim)
        case wait
    }

    private enum HelpersStep {
        case work(Claim)
        case wait
        case end
    }

    init(_ options: RunOptions, workers count: Int) {
        members = (0..<count).map { Member(BlockWorker(options, index: $0, of: count)) }
        state = Mutex(State(posts: (0..<count).map { _ in Post() }))
    }

    /// Begins to help. With the leading task and not before: a process that listens has given up its rights by then, which a
    /// thread that was there before would keep.
    private func startHelpers() {
        for index in 1..<members.count {
            DispatchQueue(label: "earshot.helper.\(index)").async { self.help(startingWith: index) }
        }
    }

    var workers: Int { members.count }

    /// Ends the helpers' threads, when nothing is left to do.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            return state.idleHelpers
        }
        for _ in 0..<idle { hasWork.signal() }
    }

    // MARK: The caller

    /// Does something on the caller's thread with the one worker that there is.
    func perform(_ task: WorkerTask) -> Outcome { members[0].perform(task) }

    /// Has something done by every worker.
    func enqueue(_ task: @escaping WorkerTask) {
        let (isFirst, woken) = state.withLock { state in
            let isFirst = !state.isStarted
            state.isStarted = true
            for index in state.posts.indices { state.posts[index].tasks.append(task) }
            let woken = min(state.idleHelpers, state.posts.count)
            state.idleHelpers -= woken
            return (isFirst, woken)
        }
        if isFirst { startHelpers() }
        for _ in 0..<woken { hasWork.signal() }
    }

    /// The oldest outcome of every worker. The caller works, too, while there is something that nobody else is at.
    func take() -> [Outcome] {
        members.indices.map { index in
            while true {
                switch state.withLock({ $0.nextForCaller(index) }) {
                case .taken(let outcome): return outcome
                case .work(let claim): finish(claim)
                case .wait: isDone.wait()
                }
            }
        }
    }

    /// Asks a worker while nobody else is at it.
    func read<Result: Sendable>(_ index: Int, _ body: (borrowing BlockWorker) -> Result) -> Result {
        members[index].worker.withLock { body($0) }
    }

    // MARK: Who works

    private func help(startingWith worker: Int) {
        var last = worker
        while true {
            switch state.withLock({ $0.nextForHelper(preferring: last) }) {
            case .work(let claim):
                finish(claim)
                last = claim.worker
            case .wait: hasWork.wait()
            case .end: return
            }
        }
    }

    private func finish(_ claim: Claim) {
        let outcome = members[claim.worker].perform(claim.task)
        let woken = state.withLock { $0.note(outcome, of: claim.worker) }
        if woken.caller { isDone.signal() }
        if woken.helper { hasWork.signal() }
    }
}

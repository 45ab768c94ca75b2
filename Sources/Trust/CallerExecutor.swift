import Dispatch
import Synchronization

/// Runs asynchronous work to its end on the thread that asks for it.
///
/// The library's verifier is asynchronous, and the threads that want its verdict are not. None of them may wait for the
/// pool that Swift's tasks share, since it may itself be of that pool; so each does the work itself.
final class CallerExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let isReady = DispatchSemaphore(value: 0)

    /// Does `work`, and answers what it answers.
    static func run<Answer: Sendable>(_ work: @escaping @Sendable () async -> Answer) -> Answer {
        let executor = CallerExecutor()
        let place = AnswerPlace<Answer>()
        Task(executorPreference: executor) {
            let answer = await work()
            place.answer.withLock { $0 = answer }
        }
        while true {
            if let answer = place.answer.withLock({ $0 }) { return answer }
            executor.runNext()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        isReady.signal()
    }

    /// Runs the job that has waited longest; waits for one where there is none.
    private func runNext() {
        isReady.wait()
        let job = jobs.withLock { $0.removeFirst() }
        // An unowned reference: whoever calls this holds the executor until the job has run.
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}

private final class AnswerPlace<Answer: Sendable>: Sendable {
    let answer = Mutex<Answer?>(nil)
}

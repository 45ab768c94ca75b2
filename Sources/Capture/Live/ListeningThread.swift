import Dispatch
import Synchronization

/// A thread that begins behind `Sandbox.split`.
///
/// A forked process knows its leading thread by the parent's number in the language runtime's locks. What that thread holds
/// or initializes while another one waits for it, the other one would wait for without end; so it only waits, itself.
public enum ListeningThread {
    /// Does `body` on a thread of its own, and waits for it. The thread has the rights that are left by then.
    public static func run<Answer: Sendable>(_ body: sending @escaping () -> Answer) -> Answer {
        let errand = Errand(body)
        DispatchQueue(label: "earshot.listener").async { errand.run() }
        return errand.await()
    }
}

/// Something that one thread hands over to another and waits for.
private final class Errand<Answer: Sendable>: Sendable {
    private let body: Mutex<() -> Answer>
    private let answer = Mutex<Answer?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ body: sending @escaping () -> Answer) { self.body = Mutex(body) }

    func run() {
        let answer = body.withLock { $0() }
        self.answer.withLock { $0 = answer }
        isDone.signal()
    }

    /// Takes no lock before the other thread is done with it.
    func await() -> Answer {
        while true {
            isDone.wait()
            if let answer = answer.withLock({ $0 }) { return answer }
        }
    }
}

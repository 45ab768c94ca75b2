import CSystem
import Glibc

/// Signals as something to read, so that they are acted on between packets and never in the middle of one.
public final class Signals {
    public enum Signal: Sendable {
        /// SIGINT, SIGTERM: end, and report.
        case end
        /// SIGHUP: open the output anew.
        case reopen
        /// SIGUSR1: say how it stands.
        case report
    }

    /// Readable when a signal came in.
    public let descriptor: Int32

    /// Takes the signals over, for all threads that begin after this.
    public init() throws(CaptureError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1] { unsafe sigaddset(&set, number) }
        descriptor = unsafe earshot_signal_descriptor(&set)
        guard descriptor >= 0 else {
            throw CaptureError(input: "signals", problem: Advice.onSystemError(errno))
        }
    }

    deinit { close(descriptor) }

    /// The next one that came in.
    public func next() -> Signal? {
        switch earshot_next_signal(descriptor) {
        case SIGINT, SIGTERM: .end
        case SIGHUP: .reopen
        case SIGUSR1: .report
        default: nil
        }
    }
}

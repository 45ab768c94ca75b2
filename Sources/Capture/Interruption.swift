import CSystem
import Glibc

/// SIGINT and SIGTERM while files and pipes are read: what was read by then is reported.
///
/// A pipe is read to its end after the opening SIGINT: who presses Ctrl-C ends the program that writes into it as well, and what
/// that still writes belongs to the capture.
public enum Interruption {
    /// Takes the signals over.
    public static func note() throws(CaptureError) {
        guard earshot_note_interruptions() == 0 else {
            throw CaptureError(input: "signals", problem: Advice.onSystemError(errno))
        }
    }

    /// Before anything is waited for, so that no signal comes in between.
    static func prepareToWait() { _ = earshot_interruption_descriptor() }

    /// Nothing more is to be read, of pipes where `isPipe`.
    static func shallStop(isPipe: Bool) -> Bool {
        earshot_terminations() > 0 || earshot_interruptions() > (isPipe ? 1 : 0)
    }

    /// No input is to be opened any more.
    public static var shallStop: Bool { earshot_terminations() > 0 || earshot_interruptions() > 0 }

    /// Waits for something to read, or for such a signal; answers whether there is something, or an end.
    static func wait(for descriptor: Int32) -> Bool {
        var waiting = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            // Where there is none to be had, a third signal ends the process.
            pollfd(fd: earshot_interruption_descriptor(), events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&waiting, 2, -1) > 0 else { return errno != EINTR }
        if waiting[1].revents != 0 {
            // So that it wakes nobody twice.
            var count: UInt64 = 0
            _ = unsafe read(waiting[1].fd, &count, MemoryLayout<UInt64>.size)
        }
        return waiting[0].revents != 0
    }
}

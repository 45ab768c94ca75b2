import CSystem
import Glibc

/// What the listening process gives up before it sees its first packet, for good.
public struct Sandbox: Sendable {
    /// The user that it becomes, where it is root; `nil` leaves it who it is.
    public let user: String?

    public init(user: String?) { self.user = user }

    /// Splits off the process that listens; comes back in it alone. Before any thread begins.
    ///
    /// - Parameters:
    ///   - output: the file that the other process opens anew when asked.
    ///   - evidence: the files that it makes when asked.
    public static func split(output: String?, evidence: EvidenceFiles? = nil) throws(CaptureError) -> Broker {
        let ring = unsafe evidence?.ring
        let descriptor = unsafe output.map { unsafe earshot_split($0, ring) } ?? earshot_split(nil, ring)
        guard descriptor >= 0 else { throw failure("the process that listens cannot be split off", errno) }
        return Broker(descriptor: descriptor)
    }

    /// Gives up what is not needed any more: interfaces, files and signals are open. Answers in a few words what holds.
    public func enter() throws(CaptureError) -> String {
        var holds: [String] = []
        guard earshot_empty_bounding_set() >= 0 else { throw Self.failure("capabilities cannot be given up", errno) }
        if let user { holds.append(try Self.become(user)) }
        guard earshot_drop_capabilities(0) >= 0 else { throw Self.failure("capabilities cannot be given up", errno) }
        holds.append("no capabilities")
        let landlock = earshot_restrict_files()
        guard landlock >= 0 else { throw Self.failure("files cannot be given up (Landlock)", errno) }
        holds.append(
            landlock > 0 ? "no files (Landlock \(landlock))" : "files as the user may (there is no Landlock here)")
        guard earshot_restrict_calls() >= 0 else {
            throw Self.failure("system calls cannot be given up (seccomp)", errno)
        }
        holds.append("no programs, no sockets (seccomp)")
        return holds.joined(separator: ", ")
    }

    private static func become(_ name: String) throws(CaptureError) -> String {
        guard let entry = unsafe getpwnam(name) else {
            throw CaptureError(input: "-Z", problem: "there is no user called \(name)")
        }
        let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        guard earshot_become(user, group) == 0 else { throw failure("the user \(name) cannot be taken on", errno) }
        return "user \(name)"
    }

    fileprivate static func failure(_ what: String, _ code: Int32) -> CaptureError {
        CaptureError(
            input: "sandbox",
            problem: "\(what): \(unsafe String(cString: strerror(code))); --no-sandbox does without, at your own risk")
    }
}

/// The process that keeps the way to the output file and to interfaces that come back: it never reads a packet.
public final class Broker: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The next file for evidence; −1 with `errno` where there is none.
    func openEvidence() -> Int32 { earshot_ask_for_evidence(descriptor) }

    /// The output file, opened anew.
    public func openFile(_ path: String) throws(CaptureError) -> Int32 {
        let file = earshot_ask_for_file(descriptor)
        guard file >= 0 else {
            throw CaptureError(input: path, problem: "it cannot be opened: \(unsafe String(cString: strerror(errno)))")
        }
        return file
    }

    /// Gives it the socket of an interface, to be bound again when that is gone and back.
    func keep(_ interface: LiveInterface, at place: Int, isPromiscuous: Bool) throws(CaptureError) {
        let code = unsafe earshot_keep_interface(
            descriptor, Int32(place), interface.descriptor, interface.name, isPromiscuous ? 1 : 0)
        guard code == 0 else {
            throw CaptureError(
                input: interface.name, problem: "it cannot be kept: \(unsafe String(cString: strerror(errno)))")
        }
    }

    /// It takes nothing more from now on, and gives up the system calls that it does not need.
    func seal() throws(CaptureError) {
        guard earshot_seal(descriptor) == 0 else {
            throw Sandbox.failure(
                "system calls cannot be given up (seccomp) by the process that keeps the files", errno)
        }
    }

    /// Lets it bind to an interface that is back; answers errno.
    func bindAgain(_ place: Int) -> Int32 { earshot_ask_for_interface(descriptor, Int32(place)) == 0 ? 0 : errno }
}

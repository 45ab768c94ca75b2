import Glibc

/// A file that results go to.
public enum OutputFile {
    /// Opens it for appending, readable by its owner alone; the caller closes it.
    public static func open(_ path: String) throws(CaptureError) -> Int32 {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CaptureError(input: path, problem: "it cannot be written: \(unsafe String(cString: strerror(errno)))")
        }
        return descriptor
    }
}

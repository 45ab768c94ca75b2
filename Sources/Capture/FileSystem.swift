import Glibc

/// What the system says of files before they are opened.
public enum FileSystem {
    /// Whether `path` is a regular file: one that can be looked into and then read from its start.
    public static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// How many files this process may have open; `nil` where the system does not say.
    public static var openFiles: Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}

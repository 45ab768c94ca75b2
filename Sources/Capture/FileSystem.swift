import Glibc

/// What the system says of files before they are opened.
public enum FileSystem {
    /// What a path leads to.
    public enum Kind: Sendable {
        /// One that can be looked into and then read from its start.
        case regularFile
        case directory, other
    }

    /// What `path` leads to, links followed; `nil` where it leads nowhere or the system does not say.
    public static func kind(of path: String) -> Kind? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .regularFile
        case S_IFDIR: .directory
        default: .other
        }
    }

    /// Whether `path` is a regular file.
    public static func isRegularFile(_ path: String) -> Bool { kind(of: path) == .regularFile }

    /// How many files this process may have open; `nil` where the system does not say.
    public static var openFiles: Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}

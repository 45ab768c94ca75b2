import Glibc

/// The captures in a directory: its own files, not those of directories in it, told by what they begin with.
public struct CaptureFolder {
    /// Paths, in the order of the times at which they begin (`BlockSource.leadingTime`), and of their names where those are
    /// equal. What could not be read is among them, so that reading it says why; it and what holds no packet stand at the end.
    public let captures: [String]
    /// Files that are no captures, and what is no file (pipes, links that lead nowhere).
    public let others: Int
    /// Directories in it.
    public let folders: Int
    /// Entries that cannot be opened, since their names are not UTF-8.
    public let nameless: Int

    /// Octets that are read of each file to find its leading packet.
    private static let glance = 64 << 10

    /// `nil` where `path` is no directory, or one that cannot be listed.
    public init?(_ path: String) {
        guard path != "-", let (entries, nameless) = Self.entries(in: path) else { return nil }
        var found: [(time: Int64, path: String)] = []
        let pool = BlockPool(blockSize: Self.glance)
        var others = 0
        var folders = 0
        for name in entries {
            let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            switch FileSystem.kind(of: file) {
            case .regularFile: break
            case .directory:
                folders += 1
                continue
            case .other, nil:
                // Opening a pipe would wait for who writes to it.
                others += 1
                continue
            }
            do throws(CaptureError) {
                guard try BlockSource.isCapture(file) else {
                    others += 1
                    continue
                }
            } catch {
                // It is opened once more when its turn comes, and its failure said then.
            }
            found.append((BlockSource.leadingTime(of: file, pool) ?? .max, file))
        }
        captures = found.sorted { ($0.time, $0.path) < ($1.time, $1.path) }.map(\.path)
        self.others = others
        self.folders = folders
        self.nameless = nameless
    }

    /// Their names, and how many have none that can be told.
    private static func entries(in path: String) -> ([String], nameless: Int)? {
        guard let folder = unsafe opendir(path) else { return nil }
        defer { unsafe _ = closedir(folder) }
        var names: [String] = []
        var nameless = 0
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
            }
            switch name {
            case ".", "..": break
            case let name?: names.append(name)
            case nil: nameless += 1
            }
        }
        return (names, nameless)
    }
}

extension BlockSource {
    /// Whether a file begins like a pcap or pcapng file, as it is or decompressed.
    static func isCapture(_ path: String) throws(CaptureError) -> Bool {
        let magic = try InputStream(path).peek(4)
        return ClassicFormat.isMagic(magic) || NextGenerationFormat.isMagic(magic)
    }

    /// Time stamp of a file's leading packet, or of the first one that those behind it bear out, in nanoseconds since 1970;
    /// `nil` where it has none or cannot be read.
    public static func leadingTime(of path: String, _ pool: BlockPool) -> Int64? {
        do throws(CaptureError) {
            var source = try BlockSource(path, pool: pool)
            return try source.next().flatMap { StampVote.beginning(of: $0.leadingStamps) }
        } catch {
            return nil
        }
    }
}

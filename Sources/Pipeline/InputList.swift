import Capture

/// What is read, in order: the inputs as they were named, and the captures of a directory in its place.
struct InputList {
    /// The index of a name is `FrameNumber.file`.
    let names: [String]
    /// One sentence for each directory in which there is what cannot be opened.
    let failures: [String]
    /// One sentence for each directory in which there are directories, whose captures nobody reads.
    let warnings: [String]
    /// One sentence for each directory that holds what is no capture, too.
    let notes: [String]

    init(_ named: [String]) {
        var names: [String] = []
        var failures: [String] = []
        var warnings: [String] = []
        var notes: [String] = []
        for name in named {
            guard let folder = CaptureFolder(name) else {
                names.append(name)
                continue
            }
            // Opening a directory fails, and says so.
            names += folder.captures.isEmpty ? [name] : folder.captures
            if folder.nameless > 0 {
                failures.append(
                    "\(name): \(folder.nameless) of what is in it cannot be opened: names that are not UTF-8; give other ones"
                )
            }
            if folder.folders > 0 {
                let many = folder.folders > 1
                warnings.append(
                    "\(name): passed over \(folder.folders) \(many ? "directories" : "directory") in it; name "
                        + "\(many ? "them" : "it") as well to read the captures there")
            }
            if folder.others > 0 {
                notes.append(
                    "\(name): passed over \(folder.others) \(folder.others == 1 ? "file that is" : "files that are") no "
                        + "capture")
            }
        }
        self.names = names
        self.failures = failures
        self.warnings = warnings
        self.notes = notes
    }
}

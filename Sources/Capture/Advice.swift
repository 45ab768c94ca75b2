import Glibc

/// Says in one sentence what was wrong with an input and what can be done about it.
enum Advice {
    static func onSystemError(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file; check the name"
        case EACCES, EPERM: "no permission to read it; run as a user who may, or change its mode"
        case EISDIR: "this is a directory, and there is no capture in it"
        case EMFILE, ENFILE: "too many open files; raise the limit with ulimit -n"
        default: "it cannot be opened: \(words(code))"
        }
    }

    static let onNoName = "the name is empty; give that of a capture or a directory, or - for standard input"

    static let onNoText = "it cannot be opened: its name is not UTF-8; give it another name"

    static let onInterruption = "interrupted: what follows was not read"

    /// The system would not hand out any more of an open input.
    static func onReadError(_ code: Int32) -> String { "the rest of the file cannot be read: \(words(code))" }

    private static func words(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

    static let onEmptyFile = "the file is empty; nothing was captured, or it was not written out yet"
    static let onUnknownFormat = "this is neither pcap nor pcapng; record one with: tcpdump -w FILE port 25"
    static let onCutHeader = "the file ends within its header, so it holds no packet"

    /// What begins like a capture is none that can be read.
    static func onOpening(_ reason: String) -> String {
        "it cannot be read as a capture: \(reason); copy or capture it anew, or see whether editcap can convert it"
    }

    /// What was compressed in a way that is not read.
    static func onOtherCompression(_ name: String, _ command: String) -> String {
        "this is \(name) data, which is not read as it is; decompress it first with: \(command) FILE"
    }

    /// The input ended inside a record of `needed` octets, or of at least so many, of which `there` are there.
    static func onCutRecord(there: Int, needed: Int) -> String {
        "the file ends in the middle of a record (\(there) of at least \(needed) octets); it was cut, or is still being "
            + "written"
    }

    /// A file whose end came nearer between records while it was read.
    static func onShorterFile(from before: Int64, to after: Int64) -> String {
        "the file was cut from \(before) to \(after) octets while it was read"
    }

    /// A record that cannot be.
    static func onDamage(_ reason: String) -> String {
        "the rest of the file cannot be read (\(reason)); it is damaged here: copy or capture it anew"
    }

    static func onDecompressing(_ compression: Compression, _ reason: String) -> String {
        // The library's words where a window is larger than it may be.
        if compression == .zstd, reason.contains("too much memory") { return onLargeWindow }
        return "the rest of the file cannot be decompressed (\(compression.rawValue): \(reason)); it is damaged here: "
            + "copy or capture it anew"
    }

    /// It is whole, and takes more memory than anyone may claim.
    private static let onLargeWindow =
        "the rest of the file cannot be decompressed (zstd: its window is over 128 MiB); decompress it first with: "
        + "zstd -d --long=31 FILE"

    static func onCutCompression(_ compression: Compression) -> String {
        "the \(compression.rawValue) data ends in the middle; it was cut, or is still being written"
    }

    /// libpcap would not take the input for a capture.
    static func onLibpcapOpening(_ reason: String) -> String {
        reason.contains("unknown file format") ? onUnknownFormat : onOpening(reason)
    }

    /// libpcap met something that it does not read on behind.
    static func onLibpcapReading(_ reason: String) -> String {
        guard reason.contains("truncated dump file") || reason.contains("truncated pcapng dump file") else {
            return onDamage(reason)
        }
        return "the file ends in the middle of a record (\(reason)); it was cut, or is still being written"
    }
}
